// Tables are described in the database; judged behind all files, since the comment may come later.
import { rule } from "../rule.ts";
import { fullName, isOwnTable } from "../shapes.ts";

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
  bad: ["CREATE TABLE app.a (id uuid);", "CREATE TABLE app.a (id uuid); COMMENT ON TABLE app.a IS '';"],
  good: [
    "CREATE TABLE app.a (id uuid); COMMENT ON TABLE app.a IS 'What it holds';",
    "CREATE VIEW app.v AS SELECT 1 AS b;",
  ],
  end: ({ madeTables, report }) => {
    for (const table of madeTables()) {
      if (!isOwnTable(table) || table.comment) continue;
      report(table.origin.file, table.origin, `The table ${fullName(table)} has no comment.`);
    }
  },
});
