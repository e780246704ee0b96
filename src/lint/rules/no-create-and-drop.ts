// A file does not make a table and drop it.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-create-and-drop",
  family: "shape",
  aliases: ["rg22"],
  severity: "warning",
  presets: ["recommended", "flyway"],
  summary: "A file does not make a table and drop it again",
  why: "What is made and dropped in one file is a temporary table that others can see, and that stays behind when the file is stopped half-way outside of a transaction.",
  instead: "CREATE TEMPORARY TABLE ... ON COMMIT DROP, or leave both out.",
  bad: [{ sql: "CREATE TABLE app.a (b int);\nDROP TABLE app.a;", line: 2 }],
  good: [
    "CREATE TEMPORARY TABLE a (b int); DROP TABLE a;",
    "DROP TABLE IF EXISTS app.a; CREATE TABLE app.a (b int);",
    { before: "CREATE TABLE app.a (b int);", sql: "DROP TABLE app.a;" },
    "CREATE TABLE app.a (b int); CREATE INDEX a_b ON app.a (b); DROP INDEX app.a_b;",
    "CREATE VIEW app.v AS SELECT 1 AS b; DROP VIEW app.v;",
    "CREATE TABLE app.a (b int); CREATE FUNCTION app.f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE app.a; END $$;",
  ],
  on: {
    drop: (action, { report, catalog, file }) => {
      if (action.objectKind !== "table" || !runs(action)) return;
      const table = catalog.table(action.object);
      if (table === undefined || table.temporary || table.origin.file !== file.source.path) return;
      report({ start: action.object.start }, `${shown(action.object)} was made further up in this file.`);
    },
  },
});
