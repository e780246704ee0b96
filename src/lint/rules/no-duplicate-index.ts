// Two indexes do not do the same work.
import type { ModelIndex } from "../model.ts";
import { rule } from "../rule.ts";
import { fullName } from "../shapes.ts";

export default rule({
  id: "no-duplicate-index",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "No index repeats another one",
  why: "Each write pays for both, and the second one answers no query the first does not.",
  instead: "Leave it out. A unique constraint has its index already.",
  bad: [
    "CREATE TABLE app.a (id int PRIMARY KEY, b int UNIQUE); CREATE INDEX i ON app.a (b);",
    "CREATE TABLE app.a (b int, c int); CREATE INDEX i ON app.a (b); CREATE INDEX j ON app.a (b);",
    "CREATE TABLE app.a (b int); CREATE INDEX i ON app.a (b); CREATE UNIQUE INDEX u ON app.a (b);",
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
  ],
  end: ({ catalog, isJudged, report }) => {
    const shape = (index: ModelIndex): string =>
      `${index.method} ${index.parts.map((p) => `${p.column} ${p.manner}`).join()} ${index.include.join()}`;
    for (const table of catalog.tables.values()) {
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
          );
      }
    }
  },
});
