// A new column's default is the same for all rows, so that the table is not rewritten.
import type { ActionNamed } from "../../tree/action.ts";
import { type Edits, fixOf, replacement, wordIn, written } from "../edits.ts";
import { rule } from "../rule.ts";
import { isColumnThere, runs } from "../shapes.ts";
import { volatileFunction } from "../volatile.ts";

/** ADD COLUMN without the default, and SET DEFAULT beside it. */
function defaultApart(action: ActionNamed<"add-column">, script: string): Edits {
  const { column } = action;
  if (column.notNull || column.constraints.length > 0) return undefined;
  const word = wordIn(script, { start: column.type.start, end: action.end }, "DEFAULT");
  if (word === undefined) return undefined;
  const start = script.slice(0, word.start).trimEnd().length;
  return replacement({ start, end: word.end }, `, ALTER COLUMN ${written(column.name)} SET DEFAULT`);
}

export default rule({
  id: "no-volatile-default",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "A new column has no volatile default",
  lock: "ACCESS EXCLUSIVE",
  rows: true,
  why: "A volatile default (random(), gen_random_uuid(), nextval()) must be worked out for each row, so ADD COLUMN rewrites the table and its indexes under ACCESS EXCLUSIVE. A constant, or now(), is stored once.",
  instead: "Add the column without the default, SET DEFAULT, and fill the old rows in batches.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c uuid DEFAULT gen_random_uuid();",
      fixed: "ALTER TABLE app.a ADD COLUMN c uuid, ALTER COLUMN c SET DEFAULT gen_random_uuid();",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c uuid NOT NULL DEFAULT gen_random_uuid();",
    },
    {
      before:
        "CREATE TABLE app.a (b int); CREATE FUNCTION app.f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';",
      sql: "ALTER TABLE app.a ADD COLUMN c int DEFAULT app.f();",
      fixed: "ALTER TABLE app.a ADD COLUMN c int, ALTER COLUMN c SET DEFAULT app.f();",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS c uuid DEFAULT gen_random_uuid();",
      fixed:
        "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS c uuid, ALTER COLUMN c SET DEFAULT gen_random_uuid();",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c uuid DEFAULT gen_random_uuid() UNIQUE;",
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c timestamptz DEFAULT now();",
    },
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ADD COLUMN c int DEFAULT 5 NOT NULL;" },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c bigint DEFAULT txid_current();",
    },
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD COLUMN c uuid DEFAULT gen_random_uuid();",
    {
      before: "CREATE TABLE app.a (b uuid);",
      sql: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS b uuid DEFAULT gen_random_uuid();",
    },
  ],
  fix: {
    gives: "other",
    note: "The catalog is the same, the rows are not: old ones have NULL, to be filled in batches by a later file.",
  },
  on: {
    "add-column": (action, { isBusy, report, sized, catalog, file }) => {
      const { column, table } = action;
      if (column.default === undefined || !runs(action) || !isBusy(table)) return;
      if (isColumnThere(action, catalog)) return;
      const name = volatileFunction(column.default, catalog);
      if (name !== undefined)
        report(
          action,
          `The default ${name}() of ${column.name} rewrites all of ${sized(table)} under ACCESS EXCLUSIVE: all reads and writes wait.`,
          catalog.table(table) === undefined ? undefined : fixOf(action, defaultApart(action, file.script)),
        );
    },
  },
});
