// Tables in use stay in their schema.
import { fixOf, viewBehind } from "../edits.ts";
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-set-schema",
  family: "break",
  severity: "error",
  presets: ["recommended"],
  summary: "A table in use is not moved to another schema",
  lock: "ACCESS EXCLUSIVE",
  why: "Every query with the old schema fails at once.",
  instead: "Leave a view in the old schema in the same transaction.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a SET SCHEMA other;",
      fixed: "ALTER TABLE app.a SET SCHEMA other;\nCREATE VIEW app.a AS SELECT * FROM other.a;",
      differs: [
        "+ column app.a.b integer",
        "+ relation v app.a owner postgres p",
        "+ view app.a SELECT b FROM a;",
      ],
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a SET SCHEMA other; CREATE TABLE app.a (b int);",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a SET SCHEMA other; CREATE VIEW app.z AS SELECT 1 AS x;",
      fixed:
        "ALTER TABLE app.a SET SCHEMA other;\nCREATE VIEW app.a AS SELECT * FROM other.a; CREATE VIEW app.z AS SELECT 1 AS x;",
      differs: [
        "+ column app.a.b integer",
        "+ relation v app.a owner postgres p",
        "+ view app.a SELECT b FROM a;",
      ],
    },
  ],
  good: [
    "CREATE TABLE app.a (b int); ALTER TABLE app.a SET SCHEMA other;",
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a SET SCHEMA other; CREATE VIEW app.a AS SELECT * FROM other.a;",
    },
    { before: "CREATE SEQUENCE app.s;", sql: "ALTER SEQUENCE app.s SET SCHEMA other;" },
  ],
  fix: {
    gives: "other",
    note: "A view stays behind in the old schema, to be dropped later; not where the file goes on with a table of that name. Who may use the table may not yet use the view: grant it.",
  },
  on: {
    "set-schema": (action, { report, isBusy, file, catalog }) => {
      if (action.objectKind !== "table" || !runs(action) || !isBusy(action.object)) return;
      const view = file.actions.some(
        (a) => a.kind === "create-view" && a.name.name === action.object.name && a.start > action.start,
      );
      if (!view)
        report(
          action,
          `Moving ${shown(action.object)} to the schema ${action.to} breaks every running query that names it.`,
          fixOf(action, viewBehind(action, file, catalog.table(action.object), { schema: action.to })),
        );
    },
  },
});
