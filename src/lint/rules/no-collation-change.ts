// The collation of an indexed column in use stays.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-collation-change",
  family: "lock",
  severity: "warning",
  presets: ["recommended"],
  summary: "The collation of an indexed column is not changed",
  lock: "ACCESS EXCLUSIVE",
  why: "Every index on the column is built anew under ACCESS EXCLUSIVE, and the order of results changes.",
  instead: "Build a new index with COLLATE concurrently, and write COLLATE in the queries that need it.",
  bad: [
    {
      before: "CREATE TABLE app.a (b text); CREATE INDEX i ON app.a (b);",
      sql: 'ALTER TABLE app.a ALTER b TYPE text COLLATE "C";',
    },
  ],
  good: [
    { before: "CREATE TABLE app.a (b text);", sql: 'ALTER TABLE app.a ALTER b TYPE text COLLATE "C";' },
    'CREATE TABLE app.a (b text); CREATE INDEX i ON app.a (b); ALTER TABLE app.a ALTER b TYPE text COLLATE "C";',
  ],
  on: {
    "alter-type": (action, { report, isBusy, catalog }) => {
      if (!action.collation || !runs(action) || !isBusy(action.table)) return;
      const indexes = [...(catalog.table(action.table)?.indexes.values() ?? [])].filter((i) =>
        i.parts.some((p) => p.column === action.column),
      );
      if (indexes.length > 0)
        report(
          action,
          `The new collation of ${action.column} builds ${indexes.map((i) => i.name).join(", ")} on ${shown(action.table)} anew under ACCESS EXCLUSIVE.`,
        );
    },
  },
});
