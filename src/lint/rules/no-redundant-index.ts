// An index that another one begins with is not needed.
import { rule } from "../rule.ts";
import { fullName } from "../shapes.ts";

export default rule({
  id: "no-redundant-index",
  family: "shape",
  severity: "info",
  presets: [],
  summary: "No index is the beginning of another one",
  why: "An index on (a, b) also serves queries for a.",
  instead: "Leave the shorter one out, unless it is much smaller and read often.",
  bad: ["CREATE TABLE app.a (b int, c int); CREATE INDEX i ON app.a (b); CREATE INDEX j ON app.a (b, c);"],
  good: [
    "CREATE TABLE app.a (b int, c int); CREATE INDEX i ON app.a (c); CREATE INDEX j ON app.a (b, c);",
    "CREATE TABLE app.a (b text, c int); CREATE INDEX i ON app.a (b text_pattern_ops); CREATE INDEX j ON app.a (b, c);",
    "CREATE TABLE app.a (b int, c int); CREATE UNIQUE INDEX i ON app.a (b); CREATE INDEX j ON app.a (b, c);",
    "CREATE TABLE app.a (b int, c int); CREATE INDEX i ON app.a (b) WHERE c > 0; CREATE INDEX j ON app.a (b, c);",
    "CREATE TABLE app.a (b int, c int); CREATE INDEX i ON app.a USING gin (b); CREATE INDEX j ON app.a (b, c);",
    "CREATE TABLE app.a (b int, c int); CREATE INDEX i ON app.a (lower(b)); CREATE INDEX j ON app.a (upper(b), c);",
    {
      before:
        "CREATE TABLE app.a (b int, c int); CREATE INDEX i ON app.a (b); CREATE INDEX j ON app.a (b, c);",
      sql: "SELECT 1;",
    },
    {
      before:
        "CREATE TABLE app.a (b int, c int); CREATE INDEX i ON app.a (b); CREATE INDEX j ON app.a (b, c);",
      sql: "CREATE INDEX k ON app.a (c);",
    },
  ],
  end: ({ tables, isJudged, report }) => {
    for (const table of tables) {
      const plain = [...table.indexes.values()].filter(
        (i) => !i.partial && i.method === "btree" && i.parts.every((p) => p.column !== undefined),
      );
      for (const index of plain) {
        if (index.unique || !isJudged(index.origin)) continue;
        const longer = plain.find(
          (o) =>
            o.parts.length > index.parts.length &&
            index.parts.every((p, i) => o.parts[i]?.column === p.column && o.parts[i]?.manner === p.manner),
        );
        if (longer !== undefined)
          report(
            index.origin.file,
            index.origin,
            `The index ${index.name} on ${fullName(table)} is the beginning of ${longer.name}.`,
          );
      }
    }
  },
});
