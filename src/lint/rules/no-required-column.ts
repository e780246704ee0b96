// A new column of a table in use may be NULL or has a default.
import { rule, shown } from "../rule.ts";
import { isColumnThere, runs } from "../shapes.ts";
import { isSerial } from "../types.ts";

export default rule({
  id: "no-required-column",
  family: "break",
  severity: "error",
  presets: ["recommended"],
  summary: "A new NOT NULL column has a default",
  why: "ADD COLUMN ... NOT NULL without a default fails on a table with rows, and on an empty one it breaks every INSERT of the running application.",
  instead: "Give it a constant default, or add it nullable, fill it and SET NOT NULL later.",
  bad: [
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ADD COLUMN c int NOT NULL;" },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int NOT NULL DEFAULT NULL;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS c int NOT NULL;",
    },
  ],
  good: [
    {
      before: "CREATE FOREIGN TABLE app.a (b int) SERVER s;",
      sql: "ALTER FOREIGN TABLE app.a ADD COLUMN c int NOT NULL;",
    },
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ADD COLUMN c int NOT NULL DEFAULT 0;" },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c bigint GENERATED ALWAYS AS IDENTITY;",
    },
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD COLUMN c int NOT NULL;",
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int NOT NULL GENERATED ALWAYS AS IDENTITY;",
    },
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ADD COLUMN c serial NOT NULL;" },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int NOT NULL GENERATED ALWAYS AS (b + 1) STORED;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS b int NOT NULL;",
    },
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ADD COLUMN c int;" },
  ],
  on: {
    "add-column": (action, { report, isBusy, catalog }) => {
      const { column, table } = action;
      if (!column.notNull || column.identity || column.generated !== undefined || isSerial(column.type))
        return;
      if ((column.default !== undefined && !column.default.isNull) || !runs(action) || !isBusy(table)) return;
      if (isColumnThere(action, catalog) || catalog.table(table)?.kind === "foreign-table") return;
      report(
        action,
        `${column.name} is NOT NULL without a default: ADD COLUMN fails when ${shown(table)} has rows.`,
      );
    },
  },
});
