// DROP does not reach other objects.
import { fixOf, withoutLast } from "../edits.ts";
import { rule, shown } from "../rule.ts";
import { isTidying, runs } from "../shapes.ts";

export default rule({
  id: "no-drop-cascade",
  family: "break",
  severity: "error",
  presets: ["recommended"],
  summary: "DROP has no CASCADE",
  why: "CASCADE drops whatever depends on the object, also what nobody thought of: views, foreign keys, functions.",
  instead: "Drop what depends on it by name first; then the file says what happens.",
  bad: [
    {
      before: "CREATE VIEW app.v AS SELECT 1 AS a;",
      sql: "DROP VIEW app.v CASCADE;",
      fixed: "DROP VIEW app.v;",
    },
    {
      sql: "DROP TYPE IF EXISTS app.t CASCADE;",
      fixed: "DROP TYPE IF EXISTS app.t;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a DROP COLUMN b CASCADE;",
      fixed: "ALTER TABLE app.a DROP COLUMN b;",
    },
    {
      before: "CREATE TYPE app.t AS ENUM ('a');",
      sql: "DROP TYPE app.t CASCADE;",
      fixed: "DROP TYPE app.t;",
    },
    { before: "CREATE TABLE app.a (b int);", sql: "DROP TABLE app.a CASCADE;", fixed: "DROP TABLE app.a;" },
  ],
  good: [
    "DROP VIEW app.v;",
    "CREATE TABLE app.a (b int); DROP TABLE app.a CASCADE;",
    "DROP TABLE IF EXISTS app.a CASCADE; CREATE TABLE app.a (b int);",
    { before: "CREATE TABLE app.a (b int);", sql: "TRUNCATE app.a CASCADE;" },
    "DROP SCHEMA app CASCADE;",
  ],
  fix: {
    gives: "other",
    note: "The same catalog where nothing depends on the object. Where something does, the statement now fails and names it, instead of dropping it too.",
  },
  kinds: ["drop", "drop-column", "drop-constraint"],
  each: (action, { report, catalog, isFresh, isBusy, file }) => {
    if (!("cascade" in action) || !action.cascade || action.kind === "truncate" || !runs(action)) return;
    if (action.kind !== "drop") {
      if (isBusy(action.table))
        report(
          action,
          `CASCADE drops everything that depends on this part of ${shown(action.table)}.`,
          fixOf(action, withoutLast(file.script, action, "CASCADE")),
        );
      return;
    }
    const table = catalog.table(action.object);
    if ((table !== undefined && isFresh(table.origin)) || action.objectKind === "schema") return;
    if (isTidying(action, file.actions, catalog)) return;
    report(
      { start: action.object.start },
      `DROP ${action.objectKind.toUpperCase().replaceAll("-", " ")} ${shown(action.object)} CASCADE drops everything that depends on it.`,
      fixOf(action, withoutLast(file.script, action, "CASCADE")),
    );
  },
});
