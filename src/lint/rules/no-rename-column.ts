// Columns in use keep their names.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-rename-column",
  family: "break",
  severity: "error",
  presets: ["recommended"],
  summary: "A column in use is not renamed",
  lock: "ACCESS EXCLUSIVE",
  why: "Between the migration and the new release of the application one of the two is wrong: every query with the other name fails.",
  instead: "Add the new column, fill both, move the readers, then drop the old one.",
  bad: [{ before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a RENAME COLUMN b TO c;" }],
  good: [
    "CREATE TABLE app.a (b int); ALTER TABLE app.a RENAME COLUMN b TO c;",
    {
      before: "CREATE TABLE app.a (b int CONSTRAINT c CHECK (b > 0));",
      sql: "ALTER TABLE app.a RENAME CONSTRAINT c TO d;",
    },
  ],
  on: {
    rename: (action, { report, isBusy }) => {
      if (action.objectKind !== "column" || !runs(action) || !isBusy(action.object)) return;
      report(
        action,
        `Renaming ${action.part ?? "a column"} of ${shown(action.object)} breaks every running query that names it.`,
      );
    },
  },
});
