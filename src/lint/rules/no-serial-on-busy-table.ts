// A serial or identity column is not added to a table in use.
import { rule } from "../rule.ts";
import { isColumnThere, runs } from "../shapes.ts";
import { isSerial } from "../types.ts";

export default rule({
  id: "no-serial-on-busy-table",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "No serial or identity column is added to a table in use",
  lock: "ACCESS EXCLUSIVE",
  rows: true,
  why: "Each row gets its own number: ADD COLUMN rewrites the table under ACCESS EXCLUSIVE.",
  instead:
    "Add a plain bigint, let a sequence be its default, fill the old rows in batches, then make it NOT NULL.",
  bad: [
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ADD COLUMN c serial;" },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c bigint GENERATED ALWAYS AS IDENTITY;",
    },
  ],
  good: [
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD COLUMN c serial;",
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ADD COLUMN c int;" },
    {
      before: "CREATE TABLE app.a (b int, c serial);",
      sql: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS c serial;",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE DOMAIN app.serial_number AS text;",
      sql: "ALTER TABLE app.a ADD COLUMN c app.serial_number;",
    },
  ],
  on: {
    "add-column": (action, { report, sized, isBusy, catalog }) => {
      const { column } = action;
      if (isColumnThere(action, catalog)) return;
      if ((column.identity || isSerial(column.type)) && runs(action) && isBusy(action.table))
        report(
          action,
          `Numbering the rows for ${column.name} rewrites all of ${sized(action.table)} under ACCESS EXCLUSIVE: all reads and writes wait.`,
        );
    },
  },
});
