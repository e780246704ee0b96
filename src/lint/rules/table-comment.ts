// Tables are described in the database; judged behind all files, since the comment may come later.
import { quoteLiteral } from "../../base/quote.ts";
import { after, type Edits, fixInFile, isReadable, statementAt, writtenName } from "../edits.ts";
import type { ModelTable } from "../model.ts";
import { rule, type Script } from "../rule.ts";
import { fullName, isOwnTable } from "../shapes.ts";

/** The name of the file, written out in its header, says nothing of the table. */
function described(script: Script | undefined, table: ModelTable, fileName: string | undefined): Edits {
  const { text, statements } = script ?? { text: "", statements: [] };
  const head = /^(?:\s*--[^\n]*\n?)+/.exec(text)?.[0] ?? "";
  const sentence = /^\s*--\s*description\s*:\s*(\S.*?)\s*$/im.exec(head)?.[1];
  const span = statementAt(statements, table.origin.start);
  if (sentence === undefined || sentence.toLowerCase() === fileName) return undefined;
  if (span?.start !== table.origin.start || !isReadable(text)) return undefined;
  if (/\bcomment\s+on\s+table\b/i.test(text)) return undefined;
  return after(text, span, `COMMENT ON TABLE ${writtenName(table)} IS ${quoteLiteral(sentence).trim()};`);
}

export default rule({
  id: "table-comment",
  family: "guide",
  aliases: ["rx014", "rg17"],
  severity: "info",
  presets: ["guide", "flyway"],
  summary: "Every table has a comment",
  clause: "Add comments for documentation",
  why: "The description is then where people look for it: in psql, in every client, in generated diagrams.",
  instead: "COMMENT ON TABLE ... IS '...'.",
  bad: [
    "CREATE TABLE app.a (id uuid);",
    "CREATE TABLE app.a (id uuid); COMMENT ON TABLE app.a IS '';",
    {
      sql: "-- Migration V2: a\n-- Description: What a customer's order holds\nCREATE TABLE app.a (id uuid);\n",
      line: 3,
      fixed:
        "-- Migration V2: a\n-- Description: What a customer's order holds\nCREATE TABLE app.a (id uuid);\nCOMMENT ON TABLE app.a IS 'What a customer''s order holds';\n",
      differs: ["+ comment table app.a: What a customer's order holds"],
    },
    { sql: "-- Description: Example\nCREATE TABLE app.a (id uuid);", line: 2 },
    { sql: "-- Description: What it holds\nDO $$ BEGIN CREATE TABLE app.a (id uuid); END $$;", line: 2 },
    {
      sql: "-- Description: What it holds\nCREATE TABLE app.a (id uuid); COMMENT ON TABLE app.a IS '';",
      line: 2,
    },
  ],
  good: [
    "CREATE TABLE app.a (id uuid); COMMENT ON TABLE app.a IS 'What it holds';",
    "CREATE VIEW app.v AS SELECT 1 AS b;",
  ],
  fix: {
    gives: "other",
    note: "Where the file makes one table and its header has a Description:, which is taken for the comment.",
  },
  end: ({ files, madeTables, report, scriptOf }) => {
    const named = new Map(files.map((f) => [f.path, f.description.toLowerCase()]));
    const made = new Map<string, number>();
    for (const { origin } of madeTables()) made.set(origin.file, (made.get(origin.file) ?? 0) + 1);
    for (const table of madeTables()) {
      if (!isOwnTable(table) || table.comment) continue;
      report(
        table.origin.file,
        table.origin,
        `The table ${fullName(table)} has no comment.`,
        made.get(table.origin.file) === 1
          ? fixInFile(described(scriptOf(table.origin.file), table, named.get(table.origin.file)))
          : undefined,
      );
    }
  },
});
