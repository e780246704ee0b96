// SET NOT NULL on a table in use finds a validated CHECK, so that it need not read the table.
import type { ActionNamed, ConstraintFacts } from "../../tree/action.ts";
import { type Edits, fixOf, insertion, isShortName, replacement, written } from "../edits.ts";
import { isProvenNotNull } from "../locks.ts";
import type { ModelTable } from "../model.ts";
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

/** Where a CHECK is there already, what is missing is its validation, in a file before this one. */
function checkFirst(action: ActionNamed<"set-not-null">, table: ModelTable | undefined): Edits {
  if (table === undefined) return undefined;
  const constraints = [...table.constraints.values()];
  const name = `${table.name}_${action.column}_not_null`;
  if (!isShortName(name) || constraints.some((c) => c.name === name)) return undefined;
  if (constraints.some((c) => c.notNullColumns.includes(action.column))) return undefined;
  return replacement(
    action,
    `ADD CONSTRAINT ${written(name)} CHECK (${written(action.column)} IS NOT NULL) NOT VALID`,
  );
}

/** The columns that a constraint makes NOT NULL beside what other rules say of it. */
function impliedNotNull(constraint: ConstraintFacts, table: ModelTable | undefined): readonly string[] {
  const { type, usingIndex = "", columns, notValid } = constraint;
  if (type === "not-null") return notValid ? [] : columns;
  if (type !== "primary") return [];
  return (table?.indexes.get(usingIndex)?.parts ?? []).flatMap(({ column }) => column ?? []);
}

export default rule({
  id: "set-not-null-proven",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "SET NOT NULL comes after a validated CHECK",
  lock: "ACCESS EXCLUSIVE",
  rows: true,
  why: "SET NOT NULL reads all rows while it holds ACCESS EXCLUSIVE: all reads and writes wait. A valid CHECK (column IS NOT NULL) spares the reading.",
  instead:
    "ADD CONSTRAINT ... CHECK (column IS NOT NULL) NOT VALID; in the next file VALIDATE CONSTRAINT; in the next SET NOT NULL and drop the CHECK. From PostgreSQL 18 on: ADD CONSTRAINT ... NOT NULL column NOT VALID, then validate it.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ALTER COLUMN b SET NOT NULL;",
      fixed: "ALTER TABLE app.a ADD CONSTRAINT a_b_not_null CHECK (b IS NOT NULL) NOT VALID;",
      differs: [
        "- column app.a.b integer not null",
        "+ column app.a.b integer",
        "+ constraint app.a.a_b_not_null CHECK ((b IS NOT NULL)) NOT VALID invalid",
      ],
    },
    {
      before:
        "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID;",
      sql: "ALTER TABLE app.a ALTER b SET NOT NULL;",
    },
    {
      before: "ALTER TABLE app.unknown ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID;",
      sql: "ALTER TABLE app.unknown ALTER b SET NOT NULL;",
    },
    {
      before: "CREATE TABLE app.a (b int CONSTRAINT a_b_not_null CHECK (b > 0));",
      sql: "ALTER TABLE app.a ALTER b SET NOT NULL;",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE UNIQUE INDEX u ON app.a (b);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT k PRIMARY KEY USING INDEX u;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT c NOT NULL b;",
      fixed: "ALTER TABLE app.a ADD CONSTRAINT c NOT NULL b NOT VALID;",
      pg: 18,
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b int NOT NULL); CREATE UNIQUE INDEX u ON app.a (b);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT k PRIMARY KEY USING INDEX u;",
    },
    {
      before: "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD CONSTRAINT c NOT NULL b NOT VALID;",
      sql: "ALTER TABLE app.a VALIDATE CONSTRAINT c;",
      pg: 18,
    },
    {
      before:
        "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD CONSTRAINT c NOT NULL b NOT VALID; ALTER TABLE app.a VALIDATE CONSTRAINT c;",
      sql: "ALTER TABLE app.a ALTER b SET NOT NULL;",
      pg: 18,
    },
    {
      before:
        "CREATE TABLE app.a (b int, CONSTRAINT c CHECK (b IS NOT NULL)); ALTER TABLE app.a RENAME COLUMN b TO d;",
      sql: "ALTER TABLE app.a ALTER d SET NOT NULL;",
    },
    {
      before:
        "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID; ALTER TABLE app.a VALIDATE CONSTRAINT c;",
      sql: "ALTER TABLE app.a ALTER b SET NOT NULL;",
    },
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ALTER b SET NOT NULL;",
    {
      before:
        "ALTER TABLE app.unknown ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID; ALTER TABLE app.unknown VALIDATE CONSTRAINT c;",
      sql: "ALTER TABLE app.unknown ALTER b SET NOT NULL;",
    },
    { before: "CREATE TABLE app.a (b int NOT NULL);", sql: "ALTER TABLE app.a ALTER b SET NOT NULL;" },
  ],
  fix: {
    gives: "other",
    note: "It is the first of three steps: the CHECK keeps out new NULLs at once. A later file validates it, and one behind that sets NOT NULL and drops the CHECK.",
  },
  on: {
    "add-constraint": (action, { isBusy, report, sized, catalog }) => {
      const { constraint, table } = action;
      const columns = impliedNotNull(constraint, catalog.table(table));
      if (!runs(action) || !isBusy(table) || columns.every((c) => isProvenNotNull(catalog, table, c))) return;
      const isKey = constraint.type === "primary";
      report(
        action,
        `${isKey ? "PRIMARY KEY makes its columns NOT NULL, which" : "ADD NOT NULL"} reads all of ${sized(table)} while it holds ACCESS EXCLUSIVE: all reads and writes wait.`,
        isKey ? undefined : fixOf(action, insertion(action.end, " NOT VALID")),
      );
    },
    "set-not-null": (action, { isBusy, report, sized, catalog }) => {
      if (!runs(action) || !isBusy(action.table) || isProvenNotNull(catalog, action.table, action.column))
        return;
      report(
        action,
        `SET NOT NULL reads all of ${sized(action.table)} while it holds ACCESS EXCLUSIVE: all reads and writes wait.`,
        fixOf(action, checkFirst(action, catalog.table(action.table))),
      );
    },
  },
});
