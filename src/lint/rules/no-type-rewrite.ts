// A column's type changes only where the rows need not change.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";
import { isHarmlessTypeChange, typeText } from "../types.ts";

export default rule({
  id: "no-type-rewrite",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "A type change does not rewrite the table",
  lock: "ACCESS EXCLUSIVE",
  rows: true,
  why: "Most changes of type write every row and every index of the table anew while they hold ACCESS EXCLUSIVE. Widening a varchar, varchar to text, and more digits for numeric do not.",
  instead:
    "Add a column of the new type, keep both filled by a trigger, move the rows in batches, then swap the names.",
  bad: [
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ALTER COLUMN b TYPE bigint;" },
    {
      before: "CREATE TABLE app.a (b varchar(20));",
      sql: "ALTER TABLE app.a ALTER COLUMN b TYPE varchar(10);",
    },
    "ALTER TABLE app.unknown ALTER COLUMN b TYPE int USING b::int;",
    {
      before: "CREATE TABLE app.a (b varchar(10));",
      sql: "ALTER TABLE app.a ALTER b TYPE varchar(20) USING lower(b);",
    },
    {
      before: "CREATE TABLE app.a (b varchar(20));",
      sql: "ALTER TABLE app.a ALTER b TYPE text USING b::varchar(5);",
    },
    {
      before: "CREATE TABLE app.a (b interval(6));",
      sql: "ALTER TABLE app.a ALTER b TYPE interval(3);",
    },
    {
      before: "CREATE TABLE app.a (b interval);",
      sql: "ALTER TABLE app.a ALTER b TYPE interval year;",
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b varchar(20));",
      sql: "ALTER TABLE app.a ALTER COLUMN b TYPE varchar(40);",
    },
    { before: "CREATE TABLE app.a (b varchar(20));", sql: "ALTER TABLE app.a ALTER COLUMN b TYPE text;" },
    {
      before: "CREATE TABLE app.a (b varchar(20));",
      sql: "ALTER TABLE app.a ALTER COLUMN b TYPE character varying(40) USING b::character varying(40);",
    },
    {
      before: 'CREATE TABLE app.a ("B" varchar(20));',
      sql: 'ALTER TABLE app.a ALTER COLUMN "B" TYPE text USING (CAST("B" AS text));',
    },
    {
      before: "CREATE TABLE app.a (b timestamptz, c timestamp(3));",
      sql: "ALTER TABLE app.a ALTER b TYPE timestamptz(6), ALTER c TYPE timestamp;",
    },
    {
      before: "CREATE TABLE app.a (b numeric(10,2));",
      sql: "ALTER TABLE app.a ALTER COLUMN b TYPE numeric(12,2);",
    },
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ALTER COLUMN b TYPE bigint;",
  ],
  on: {
    "alter-type": (action, { isBusy, report, sized, catalog }) => {
      if (!runs(action) || !isBusy(action.table)) return;
      const before = catalog.column(action.table, action.column)?.type;
      if (before !== undefined && action.using === undefined && isHarmlessTypeChange(before, action.type))
        return;
      const from = before === undefined ? "" : ` from ${typeText(before)}`;
      report(
        action,
        `Changing ${action.column}${from} to ${typeText(action.type)} rewrites or reads all of ${sized(action.table)} under ACCESS EXCLUSIVE: all reads and writes wait.`,
      );
    },
  },
});
