// A file changes the schema or writes data, not both.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

const SCHEMA = new Set([
  "create-table",
  "add-column",
  "drop-column",
  "create-index",
  "alter-type",
  "set-not-null",
  "add-constraint",
  "drop-constraint",
  "rename",
  "create-enum",
  "create-view",
  "create-function",
  "create-trigger",
  "create-policy",
]);
const DATA = new Set(["insert", "update", "delete", "merge", "copy", "truncate"]);

export default rule({
  id: "one-purpose-file",
  family: "guide",
  severity: "info",
  presets: ["guide"],
  summary: "A file changes the schema or writes data, not both",
  clause: "Keep migrations small and focused",
  why: "Locks of the schema change are held while the data is written, and the data cannot be left out where it does not belong.",
  instead: "Put the data in a file of its own.",
  bad: [
    "CREATE TABLE app.a (id int); INSERT INTO app.a VALUES (1);",
    {
      sql: "ALTER TABLE app.a ADD CONSTRAINT c CHECK (id > 0) NOT VALID;\nUPDATE app.a SET id = 1;",
      line: 2,
    },
  ],
  good: [
    "CREATE TABLE app.a (id int);",
    "INSERT INTO app.a VALUES (1);",
    "CREATE FUNCTION app.f() RETURNS void LANGUAGE sql AS $$ INSERT INTO app.a VALUES (1) $$;",
    { files: { "afterMigrate.sql": "CREATE TABLE app.a (id int); INSERT INTO app.a VALUES (1);" } },
  ],
  file: ({ file, report }) => {
    if (!file.actions.some((a) => SCHEMA.has(a.kind) && runs(a))) return;
    const data = file.actions.find((a) => DATA.has(a.kind) && runs(a));
    if (data !== undefined && file.source.kind !== "callback")
      report(data, "This file changes the schema and writes data.");
  },
});
