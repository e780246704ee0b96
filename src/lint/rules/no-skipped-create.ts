// IF NOT EXISTS does not hide that the table is there in another shape.
import { rule, shown } from "../rule.ts";
import { olderTable, runs } from "../shapes.ts";
import { typeText } from "../types.ts";

export default rule({
  id: "no-skipped-create",
  family: "history",
  severity: "error",
  presets: ["recommended"],
  summary: "IF NOT EXISTS does not skip a table of another shape",
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
  ],
  good: [
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
