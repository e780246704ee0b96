// Tables in use keep their names.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-rename-table",
  family: "break",
  severity: "error",
  presets: ["recommended"],
  summary: "A table in use is not renamed",
  lock: "ACCESS EXCLUSIVE",
  why: "Every running query that names the table fails until the new release is everywhere.",
  instead: "Rename it and make a view of the old name in the same transaction, then drop the view later.",
  bad: [
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a RENAME TO c;" },
    {
      before: "CREATE TABLE app.a (b int); CREATE VIEW app.v AS SELECT 1;",
      sql: "CREATE VIEW app.w AS SELECT 1; ALTER TABLE app.a RENAME TO c; CREATE VIEW app.x AS SELECT 1;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a RENAME TO c; CREATE TABLE app.a (b int);",
    },
  ],
  good: [
    "CREATE TABLE app.a (b int); ALTER TABLE app.a RENAME TO c;",
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a RENAME TO c; CREATE VIEW app.a AS SELECT * FROM app.c;",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE INDEX i ON app.a (b);",
      sql: "ALTER INDEX app.i RENAME TO j; ALTER TABLE app.a RENAME b TO c;",
    },
  ],
  on: {
    rename: (action, { report, isBusy, file }) => {
      if (action.objectKind !== "table" || !runs(action) || !isBusy(action.object)) return;
      const view = file.actions.some(
        (a) => a.kind === "create-view" && a.name.name === action.object.name && a.start > action.start,
      );
      if (!view)
        report(
          action,
          `Renaming ${shown(action.object)} to ${action.to} breaks every running query that names it.`,
        );
    },
  },
});
