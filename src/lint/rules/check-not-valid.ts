// A CHECK on a table in use is added without reading the table, and validated later.
import { rule } from "../rule.ts";
import { isColumnThere, runs } from "../shapes.ts";

export default rule({
  id: "check-not-valid",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "A CHECK is added NOT VALID and validated later",
  lock: "ACCESS EXCLUSIVE",
  rows: true,
  why: "ADD CHECK reads all rows while it holds ACCESS EXCLUSIVE: all reads and writes wait. So does ADD COLUMN with a CHECK, though all rows have NULL there.",
  instead: "ADD CONSTRAINT ... CHECK (...) NOT VALID now, VALIDATE CONSTRAINT in the next file.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT c CHECK (b > 0);",
      fixed: "ALTER TABLE app.a ADD CONSTRAINT c CHECK (b > 0) NOT VALID;",
      differs: [
        "- constraint app.a.c CHECK ((b > 0))",
        "+ constraint app.a.c CHECK ((b > 0)) NOT VALID invalid",
      ],
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN b2 int,\n  ADD COLUMN c int CONSTRAINT k CHECK (c > 0);",
      line: 2,
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS c int CHECK (c > 0);",
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT c CHECK (b > 0) NOT VALID;",
    },
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD CONSTRAINT c CHECK (b > 0);",
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD COLUMN c int CHECK (c > 0);",
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS b int CHECK (b > 0);",
    },
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ADD COLUMN c int;" },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT c CHECK (b > 0) NOT ENFORCED;",
      pg: 18,
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE UNIQUE INDEX i ON app.a (b);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT c UNIQUE USING INDEX i;",
    },
  ],
  fix: {
    gives: "other",
    note: "The constraint keeps out new rows at once; it stays NOT VALID until a later file validates it.",
  },
  on: {
    "add-column": (action, { catalog, isBusy, report, sized }) => {
      const { column, table } = action;
      const check = column.constraints.find((c) => c.type === "check" && !c.notValid && !c.notEnforced);
      if (check === undefined || !runs(action) || !isBusy(table)) return;
      if (isColumnThere(action, catalog)) return;
      report(
        action,
        `The CHECK of the new column ${column.name} makes ADD COLUMN read all of ${sized(table)} under ACCESS EXCLUSIVE: all reads and writes wait.`,
        { help: "Add the column alone, then the CHECK NOT VALID, and validate it in the next file." },
      );
    },
    "add-constraint": (action, { isBusy, report, sized }) => {
      const { constraint, table } = action;
      if (
        constraint.type !== "check" ||
        constraint.notValid ||
        constraint.notEnforced ||
        !runs(action) ||
        !isBusy(table)
      )
        return;
      report(
        action,
        `ADD CHECK reads all of ${sized(table)} while it holds ACCESS EXCLUSIVE: all reads and writes wait.`,
        {
          ...(action.inside.dynamic
            ? {}
            : { fix: [{ start: action.end, end: action.end, text: " NOT VALID" }] }),
        },
      );
    },
  },
});
