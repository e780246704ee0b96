// Columns of foreign keys have an index; judged behind all files, since the index may come later.
import { rule } from "../rule.ts";
import { foreignKeys, fullName, isIndexed } from "../shapes.ts";

export default rule({
  id: "fk-columns-indexed",
  family: "guide",
  severity: "warning",
  presets: ["guide"],
  summary: "The columns of every foreign key are indexed",
  clause: "Include indexes for foreign keys and frequently queried columns",
  why: "Every DELETE or UPDATE of the other table looks for rows that point at it. Without an index each of them reads this whole table, holding its locks meanwhile.",
  instead: "CREATE INDEX on the foreign key's columns. A partial index does not do.",
  bad: [
    "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (id uuid PRIMARY KEY, p_id uuid REFERENCES app.p);",
    "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid REFERENCES app.p); CREATE INDEX i ON app.c (p_id) WHERE p_id IS NOT NULL;",
    {
      before: "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid);",
      sql: "ALTER TABLE app.c ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES app.p (id);",
    },
    // One finding for two keys on the same columns.
    "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid REFERENCES app.p, CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES app.p);",
  ],
  good: [
    "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid REFERENCES app.p); CREATE INDEX i ON app.c (p_id, id);",
    "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid PRIMARY KEY REFERENCES app.p);",
    {
      before: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p);",
      sql: "SELECT 1;",
    },
  ],
  end: ({ catalog, isJudged, report }) => {
    for (const table of catalog.tables.values()) {
      const told = new Set<string>();
      for (const key of foreignKeys(table)) {
        if (
          told.has(key.columns.join()) ||
          !isJudged(key.origin) ||
          isIndexed(table, key.columns) ||
          key.columns.length === 0
        )
          continue;
        told.add(key.columns.join());
        report(
          key.origin.file,
          key.origin,
          `The foreign key on ${fullName(table)} (${key.columns.join(", ")}) has no index.`,
        );
      }
    }
  },
});
