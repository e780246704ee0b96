// A column of a domain with constraints is not added to a table in use.
import { rule } from "../rule.ts";
import { constrainedDomain, isColumnThere, runs } from "../shapes.ts";

export default rule({
  id: "no-constrained-domain-column",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "A new column's type is no domain with constraints",
  lock: "ACCESS EXCLUSIVE",
  rows: true,
  why: "The domain's constraints must be checked for every row, so ADD COLUMN rewrites the table under ACCESS EXCLUSIVE even without a default.",
  instead: "Use the plain type and a CHECK ... NOT VALID.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int); CREATE DOMAIN app.d AS int CHECK (VALUE > 0);",
      sql: "ALTER TABLE app.a ADD COLUMN c app.d;",
    },
    {
      before:
        "CREATE TABLE app.a (b int); CREATE DOMAIN app.d AS int; ALTER DOMAIN app.d ADD CONSTRAINT x CHECK (VALUE > 0);",
      sql: "ALTER TABLE app.a ADD COLUMN c app.d;",
    },
  ],
  good: [
    {
      before: "CREATE DOMAIN app.d AS int CHECK (VALUE > 0); CREATE TABLE app.a (b int, c app.d);",
      sql: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS c app.d;",
    },
    {
      before: "CREATE DOMAIN app.d AS int CHECK (VALUE > 0); CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c app.d[];",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE DOMAIN app.d AS int;",
      sql: "ALTER TABLE app.a ADD COLUMN c app.d;",
    },
    "CREATE DOMAIN app.d AS int CHECK (VALUE > 0); CREATE TABLE app.a (b int); ALTER TABLE app.a ADD COLUMN c app.d;",
  ],
  on: {
    "add-column": (action, { report, sized, isBusy, catalog }) => {
      const domain = constrainedDomain(action.column.type, catalog);
      if (domain === undefined || isColumnThere(action, catalog)) return;
      if (runs(action) && isBusy(action.table))
        report(
          action,
          `The constraints of the domain ${domain.name} make ADD COLUMN rewrite all of ${sized(action.table)} under ACCESS EXCLUSIVE.`,
        );
    },
  },
});
