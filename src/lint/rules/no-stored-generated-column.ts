// A stored generated column is not added to a table in use.
import { rule } from "../rule.ts";
import { isColumnThere, runs } from "../shapes.ts";

export default rule({
  id: "no-stored-generated-column",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "No stored generated column is added to a table in use",
  lock: "ACCESS EXCLUSIVE",
  rows: true,
  why: "Its value is worked out and written for every row: ADD COLUMN rewrites the table under ACCESS EXCLUSIVE.",
  instead: "A plain column that a trigger fills, or a virtual generated column (PostgreSQL 18).",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int GENERATED ALWAYS AS (b * 2) STORED;",
    },
  ],
  good: [
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD COLUMN c int GENERATED ALWAYS AS (b * 2) STORED;",
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ADD COLUMN c int;" },
    {
      before: "CREATE TABLE app.a (b int, c int);",
      sql: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS c int GENERATED ALWAYS AS (b * 2) STORED;",
    },
  ],
  on: {
    "add-column": (action, { report, sized, isBusy, catalog }) => {
      if (isColumnThere(action, catalog)) return;
      if (action.column.generated === "stored" && runs(action) && isBusy(action.table))
        report(
          action,
          `The stored generated column ${action.column.name} rewrites all of ${sized(action.table)} under ACCESS EXCLUSIVE: all reads and writes wait.`,
        );
    },
  },
});
