// Two indexes do not do the same work.
import { type Edits, fixInFile, isReadable, mentions, statementAt, without } from "../edits.ts";
import type { ModelIndex } from "../model.ts";
import { rule, type Script } from "../rule.ts";
import { fullName } from "../shapes.ts";

function withoutIndex(script: Script | undefined, { name, origin }: ModelIndex): Edits {
  const { text, statements } = script ?? { text: "", statements: [] };
  const span = statementAt(statements, origin.start);
  if (span === undefined || statements.length === 1 || !isReadable(text) || mentions(text, name) !== 1)
    return undefined;
  return /^create\s+index\s/i.test(text.slice(span.start, span.end)) ? without(text, span) : undefined;
}

export default rule({
  id: "no-duplicate-index",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "No index repeats another one",
  why: "Each write pays for both, and the second one answers no query the first does not.",
  instead: "Leave it out. A unique constraint has its index already.",
  bad: [
    {
      sql: "CREATE TABLE app.a (id int PRIMARY KEY, b int UNIQUE);\nCREATE INDEX i ON app.a (b);\nSELECT 1;",
      line: 2,
      fixed: "CREATE TABLE app.a (id int PRIMARY KEY, b int UNIQUE);\nSELECT 1;",
      differs: ["- index CREATE INDEX i ON app.a USING btree (b)"],
    },
    {
      sql: "CREATE TABLE app.a (b int, c int); CREATE INDEX i ON app.a (b); CREATE INDEX j ON app.a (b);",
      fixed: "CREATE TABLE app.a (b int, c int); CREATE INDEX i ON app.a (b);",
      differs: ["- index CREATE INDEX j ON app.a USING btree (b)"],
    },
    "CREATE TABLE app.a (b int); CREATE INDEX i ON app.a (b); CREATE INDEX j ON app.a (b); COMMENT ON INDEX app.j IS 'why';",
    {
      sql: "CREATE TABLE app.a (id int PRIMARY KEY, b int UNIQUE); CREATE INDEX i ON app.a (b);",
      fixed: "CREATE TABLE app.a (id int PRIMARY KEY, b int UNIQUE);",
      differs: ["- index CREATE INDEX i ON app.a USING btree (b)"],
    },
    {
      sql: "CREATE TABLE app.a (b int); CREATE INDEX i ON app.a (b); CREATE UNIQUE INDEX u ON app.a (b);",
      fixed: "CREATE TABLE app.a (b int); CREATE UNIQUE INDEX u ON app.a (b);",
      differs: ["- index CREATE INDEX i ON app.a USING btree (b)"],
    },
  ],
  good: [
    "CREATE TABLE app.a (b int, c int); CREATE INDEX i ON app.a (b); CREATE INDEX j ON app.a (c);",
    "CREATE TABLE app.a (b int); CREATE INDEX i ON app.a (b); CREATE INDEX j ON app.a (b) WHERE b > 0;",
    "CREATE TABLE app.a (b int); CREATE INDEX i ON app.a (lower(b)); CREATE INDEX j ON app.a (upper(b));",
    "CREATE TABLE app.a (b text); CREATE INDEX i ON app.a (b); CREATE INDEX j ON app.a USING gin (b);",
    "CREATE TABLE app.a (b int, c int, UNIQUE (b, c)); CREATE INDEX i ON app.a (b, c DESC);",
    "CREATE TABLE app.a (b text); CREATE INDEX i ON app.a (b); CREATE INDEX j ON app.a (b text_pattern_ops);",
    { before: "CREATE TABLE app.a (b int UNIQUE); CREATE INDEX i ON app.a (b);", sql: "SELECT 1;" },
    "CREATE TABLE app.a (b int UNIQUE); CREATE UNIQUE INDEX i ON app.a (b);",
    {
      before: "CREATE TABLE app.a (b int, c int); CREATE INDEX i ON app.a (b); CREATE INDEX j ON app.a (b);",
      sql: "CREATE INDEX k ON app.a (c);",
    },
  ],
  fix: { gives: "other", note: "The second index is left out, unless the file names it elsewhere too." },
  end: ({ tables, isJudged, report, scriptOf }) => {
    const shape = (index: ModelIndex): string =>
      `${index.method} ${index.parts.map((p) => `${p.column} ${p.manner}`).join()} ${index.include.join()}`;
    for (const table of tables) {
      const plain = [...table.indexes.values()].filter(
        (i) => !i.partial && i.parts.every((p) => p.column !== undefined),
      );
      for (const index of plain) {
        if (index.unique || index.constraint !== undefined || !isJudged(index.origin)) continue;
        const twin = plain.find(
          (o) =>
            o !== index && shape(o) === shape(index) && (o.unique || plain.indexOf(o) < plain.indexOf(index)),
        );
        if (twin !== undefined)
          report(
            index.origin.file,
            index.origin,
            `The index ${index.name} on ${fullName(table)} repeats ${twin.name}.`,
            fixInFile(withoutIndex(scriptOf(index.origin.file), index)),
          );
      }
    }
  },
});
