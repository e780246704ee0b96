// Tables are not dropped.
import { rule, shown } from "../rule.ts";
import { fullName, isTidying, runs, undoes } from "../shapes.ts";

export default rule({
  id: "no-drop-table",
  family: "guide",
  aliases: ["rx001", "rg01", "drop-table"],
  severity: "error",
  presets: ["guide", "flyway", "recommended"],
  summary: "Tables are not dropped without a decision",
  clause: "Don't use DROP TABLE without careful consideration",
  lock: "ACCESS EXCLUSIVE",
  why: "The rows are gone, and no later file brings them back. Whatever still reads the table fails at once.",
  instead:
    "Rename the table first and drop it in a later release, or say with `-- godwit-ignore no-drop-table: reason` that it was considered.",
  bad: [
    { before: "CREATE TABLE app.a (id uuid);", sql: "DROP TABLE app.a;" },
    {
      before: "CREATE TABLE app.a (id uuid);",
      sql: "DO $$ BEGIN EXECUTE 'DROP TABLE IF EXISTS app.a CASCADE'; END $$;",
    },
    {
      before: "CREATE TABLE app.a (id uuid);",
      sql: "DROP TABLE IF EXISTS app.a; CREATE TABLE app.a (id uuid);",
    },
  ],
  good: [
    "CREATE TABLE app.a (id uuid); DROP TABLE app.a;",
    "CREATE TEMPORARY TABLE a (id uuid); DROP TABLE a;",
    "DROP TABLE IF EXISTS app.a; CREATE TABLE app.a (id uuid);",
    {
      before: "CREATE TABLE app.a (id uuid);",
      sql: "-- godwit-ignore no-drop-table: empty since V1\nDROP TABLE app.a;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "DROP INDEX IF EXISTS app.a_b; DROP VIEW IF EXISTS app.v;",
    },
  ],
  on: {
    drop: (action, { report, isBusy, catalog, file, project, sized }) => {
      if (action.objectKind !== "table" || !runs(action) || !isBusy(action.object)) return;
      if (isTidying(action, file.actions, catalog)) return;
      const table = catalog.table(action.object);
      if (table !== undefined && undoes(file, table.origin, project)) return;
      const pointing = catalog
        .referencing(catalog.tableKey(action.object))
        .map(({ table }) => fullName(table));
      const also =
        action.cascade && pointing.length > 0
          ? ` CASCADE also drops the foreign keys of ${[...new Set(pointing)].join(", ")}.`
          : "";
      const at = { start: action.object.start };
      if (catalog.isEmpty(action.object))
        report(at, `DROP TABLE removes ${shown(action.object)}, which has no rows now.${also}`, {
          severity: "warning",
        });
      else report(at, `DROP TABLE removes ${sized(action.object)} with all its rows.${also}`);
    },
  },
});
