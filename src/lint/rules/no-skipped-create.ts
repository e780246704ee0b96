// IF NOT EXISTS does not hide that the table is there in another shape.
import type { ActionNamed, IndexPart } from "../../tree/action.ts";
import { type Catalog, keyOf } from "../model.ts";
import { rule, shown } from "../rule.ts";
import { fullName, olderIndex, olderTable, runs } from "../shapes.ts";
import { typeText } from "../types.ts";

type OlderIndex = NonNullable<ReturnType<typeof olderIndex>>;

function isSameIndex(
  { table, parts, unique, partial }: ActionNamed<"create-index">,
  { table: its, index }: OlderIndex,
  catalog: Catalog,
): boolean {
  const shape = (all: readonly IndexPart[]): string => all.map((p) => `${p.column} ${p.manner}`).join();
  return (
    catalog.tableKey(table) === keyOf(its.schema, its.name) &&
    shape(parts) === shape(index.parts) &&
    index.partial === partial &&
    (index.unique || !unique)
  );
}

export default rule({
  id: "no-skipped-create",
  family: "history",
  severity: "error",
  presets: ["recommended"],
  summary: "IF NOT EXISTS does not skip a table or an index of another shape",
  why: "The older table stays as it is, the statement only gives a notice, and whatever is new in this definition never comes to be.",
  instead: "ALTER TABLE ... ADD COLUMN what is missing.",
  bad: [
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "CREATE TABLE IF NOT EXISTS app.a (id int, b int NOT NULL);",
    },
    { before: "CREATE TABLE app.a (id int);", sql: "CREATE TABLE IF NOT EXISTS app.a (id bigint);" },
    { before: "CREATE TABLE app.a (id int);", sql: "CREATE TABLE IF NOT EXISTS app.a (id int NOT NULL);" },
    { before: "CREATE TABLE app.a (id int, b int);", sql: "CREATE TABLE IF NOT EXISTS app.a (id int);" },
    {
      before: "CREATE TABLE app.a (b int); CREATE TABLE app.c (b int); CREATE INDEX i ON app.c (b);",
      sql: "CREATE INDEX IF NOT EXISTS i ON app.a (b);",
    },
    {
      before: "CREATE TABLE app.a (b int, c int); CREATE INDEX i ON app.a (b);",
      sql: "CREATE INDEX IF NOT EXISTS i ON app.a (b, c);",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE INDEX i ON app.a (b);",
      sql: "CREATE UNIQUE INDEX IF NOT EXISTS i ON app.a (b);",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE INDEX i ON app.a (b) WHERE b > 0;",
      sql: "CREATE INDEX IF NOT EXISTS i ON app.a (b);",
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b int); CREATE UNIQUE INDEX i ON app.a (b);",
      sql: "CREATE INDEX IF NOT EXISTS i ON app.a (b);",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE TABLE app.c (b int); CREATE INDEX i ON app.c (b);",
      sql: "DROP INDEX app.i; CREATE INDEX IF NOT EXISTS i ON app.a (b);",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE TABLE other.c (b int); CREATE INDEX i ON other.c (b);",
      sql: "CREATE INDEX IF NOT EXISTS i ON app.a (b);",
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "CREATE TEMPORARY TABLE IF NOT EXISTS a (id int, b int);",
    },
    "CREATE TABLE IF NOT EXISTS app.a (id int);",
    { before: "CREATE TABLE app.a (id int);", sql: "CREATE TABLE IF NOT EXISTS app.a (id int);" },
    {
      before: "CREATE TABLE app.a (id int NOT NULL);",
      sql: "CREATE TABLE IF NOT EXISTS app.a (id int NOT NULL);",
    },
    { before: "CREATE TABLE app.a (id int NOT NULL);", sql: "CREATE TABLE IF NOT EXISTS app.a (id int);" },
    { before: "CREATE TABLE app.a (id int);", sql: "CREATE TABLE IF NOT EXISTS app.a (LIKE app.z);" },
  ],
  on: {
    "create-index": (action, { report, catalog }) => {
      const older = action.ifNotExists && runs(action) ? olderIndex(action, catalog) : undefined;
      if (older === undefined || isSameIndex(action, older, catalog)) return;
      const { table, index } = older;
      const of = index.parts.map((part) => part.column ?? "an expression").join(", ");
      const since = index.origin.file === "" ? "in the database" : `since ${index.origin.file}`;
      report(
        action,
        `The index ${index.name} exists ${since}, on ${fullName(table)} (${of}), so this is skipped.`,
        { help: "Give the new index a name of its own, or drop the older one first." },
      );
    },
    "create-table": (action, { report, catalog }) => {
      const before = action.ifNotExists && runs(action) ? olderTable(action, catalog) : undefined;
      if (before === undefined) return;
      const missing = action.columns.filter((c) => !before.columns.has(c.name)).map((c) => c.name);
      const gone = before.columnsKnown
        ? [...before.columns.keys()].filter((name) => !action.columns.some((c) => c.name === name))
        : [];
      const other = action.columns.filter((c) => {
        const old = before.columns.get(c.name);
        return old !== undefined && (typeText(old.type) !== typeText(c.type) || (c.notNull && !old.notNull));
      });
      if (missing.length + other.length === 0 && (gone.length === 0 || action.columns.length === 0)) return;
      const parts = [
        ...(missing.length > 0 ? [`${missing.join(", ")} will be missing`] : []),
        ...(other.length > 0 ? [`${other.map((c) => c.name).join(", ")} will stay as before`] : []),
        ...(gone.length > 0 ? [`${gone.join(", ")} will still be there`] : []),
      ];
      report(
        { start: action.name.start },
        `${shown(action.name)} exists ${before.origin.file === "" ? "in the database" : `since ${before.origin.file}`}, so this is skipped: ${parts.join("; ")}.`,
      );
    },
  },
});
