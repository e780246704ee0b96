// A new column's default is the same for all rows, so that the table is not rewritten.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";
import { volatileFunction } from "../volatile.ts";

export default rule({
  id: "no-volatile-default",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "A new column has no volatile default",
  lock: "ACCESS EXCLUSIVE",
  why: "A volatile default (random(), gen_random_uuid(), nextval()) must be worked out for each row, so ADD COLUMN rewrites the table and its indexes under ACCESS EXCLUSIVE. A constant, or now(), is stored once.",
  instead: "Add the column without the default, SET DEFAULT, and fill the old rows in batches.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c uuid DEFAULT gen_random_uuid();",
    },
    {
      before:
        "CREATE TABLE app.a (b int); CREATE FUNCTION app.f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';",
      sql: "ALTER TABLE app.a ADD COLUMN c int DEFAULT app.f();",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS c uuid DEFAULT gen_random_uuid();",
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c timestamptz DEFAULT now();",
    },
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ADD COLUMN c int DEFAULT 5 NOT NULL;" },
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD COLUMN c uuid DEFAULT gen_random_uuid();",
    {
      before: "CREATE TABLE app.a (b uuid);",
      sql: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS b uuid DEFAULT gen_random_uuid();",
    },
  ],
  on: {
    "add-column": (action, { isBusy, report, catalog }) => {
      const { column, table } = action;
      if (column.default === undefined || !runs(action) || !isBusy(table)) return;
      if (action.ifNotExists && catalog.column(table, column.name) !== undefined) return;
      const name = volatileFunction(column.default, catalog);
      if (name !== undefined)
        report(
          action,
          `The default ${name}() of ${column.name} rewrites all of ${shown(table)} under ACCESS EXCLUSIVE: all reads and writes wait.`,
        );
    },
  },
});
