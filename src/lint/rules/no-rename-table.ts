// Tables in use keep their names.
import { fixOf, viewBehind } from "../edits.ts";
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
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a RENAME TO c;",
      fixed: "ALTER TABLE app.a RENAME TO c;\nCREATE VIEW app.a AS SELECT * FROM app.c;",
      differs: [
        "+ column app.a.b integer",
        "+ relation v app.a owner postgres p",
        "+ view app.a SELECT b FROM c;",
      ],
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE VIEW app.v AS SELECT 1;",
      sql: "CREATE VIEW app.w AS SELECT 1; ALTER TABLE app.a RENAME TO c; CREATE VIEW app.x AS SELECT 1;",
      fixed:
        "CREATE VIEW app.w AS SELECT 1; ALTER TABLE app.a RENAME TO c;\nCREATE VIEW app.a AS SELECT * FROM app.c; CREATE VIEW app.x AS SELECT 1;",
      differs: [
        "+ column app.a.b integer",
        "+ relation v app.a owner postgres p",
        "+ view app.a SELECT b FROM c;",
      ],
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a RENAME TO c; CREATE TABLE app.a (b int);",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE TABLE app.n (b int);",
      sql: "ALTER TABLE app.a RENAME TO c; ALTER TABLE app.n RENAME TO a;",
      findings: 2,
      fixed:
        "ALTER TABLE app.a RENAME TO c; ALTER TABLE app.n RENAME TO a;\nCREATE VIEW app.n AS SELECT * FROM app.a;",
      differs: [
        "+ column app.n.b integer",
        "+ relation v app.n owner postgres p",
        "+ view app.n SELECT b FROM a;",
      ],
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
  fix: {
    gives: "other",
    note: "A view of the old name stays behind, to be dropped later; not where the file goes on with the table or its old name. Who may use the table may not yet use the view: grant it.",
  },
  on: {
    rename: (action, { report, isBusy, file, catalog }) => {
      if (action.objectKind !== "table" || !runs(action) || !isBusy(action.object)) return;
      const view = file
        .actionsOf("create-view")
        .some((a) => a.name.name === action.object.name && a.start > action.start);
      if (!view)
        report(
          action,
          `Renaming ${shown(action.object)} to ${action.to} breaks every running query that names it.`,
          fixOf(action, viewBehind(action, file, catalog.table(action.object), { name: action.to })),
        );
    },
  },
});
