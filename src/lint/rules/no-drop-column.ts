// Columns in use are not dropped at once.
import { rule, shown } from "../rule.ts";
import { runs, undoes } from "../shapes.ts";

export default rule({
  id: "no-drop-column",
  family: "break",
  aliases: ["rx004", "rg14"],
  severity: "warning",
  presets: ["recommended", "flyway"],
  summary: "A column is dropped only after nobody uses it",
  lock: "ACCESS EXCLUSIVE",
  why: "The values are gone, and queries that still name the column fail. Indexes, checks and keys that hold the column go with it, silently.",
  instead:
    "Release an application that does not use the column first; then drop it in a later file with a reason.",
  bad: [
    { before: "CREATE TABLE app.a (b int, c int);", sql: "ALTER TABLE app.a DROP COLUMN b;" },
    {
      before: "CREATE TABLE app.a (b int, c int);",
      sql: "ALTER TABLE app.a\n  ALTER c SET DEFAULT 1,\n  DROP b;",
      line: 3,
    },
    "ALTER TABLE app.unknown DROP COLUMN IF EXISTS b;",
    { before: "CREATE TABLE app.a AS SELECT 1 AS b, 2 AS c;", sql: "ALTER TABLE app.a DROP COLUMN b;" },
  ],
  good: [
    "CREATE TABLE app.a (b int, c int); ALTER TABLE app.a DROP COLUMN b;",
    { before: "CREATE TABLE app.a (c int);", sql: "ALTER TABLE app.a DROP COLUMN IF EXISTS b;" },
  ],
  on: {
    "drop-column": (action, { report, isBusy, catalog, isFresh, file, project }) => {
      if (!runs(action) || !isBusy(action.table)) return;
      const table = catalog.table(action.table);
      const column = table?.columns.get(action.column);
      if (column === undefined ? action.ifExists && table !== undefined : isFresh(column.origin)) return;
      if (column !== undefined && undoes(file, column.origin, project)) return;
      const lost =
        table === undefined
          ? []
          : [
              ...[...table.indexes.values()]
                .filter((i) => i.constraint === undefined && i.parts.some((p) => p.column === action.column))
                .map((i) => i.name),
              ...[...table.constraints.values()]
                .filter((c) => c.columns.includes(action.column))
                .map((c) => c.name),
            ];
      const also = lost.length === 0 ? "" : ` With it go ${lost.join(", ")}.`;
      report(
        action,
        `DROP COLUMN ${action.column} loses its values in ${shown(action.table)} and breaks queries that name it.${also}`,
      );
    },
  },
});
