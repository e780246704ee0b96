// A transaction does not hold strong locks on several tables in use.
import { locksOf } from "../locks.ts";
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "one-table-locked",
  family: "tx",
  severity: "warning",
  presets: [],
  summary: "A transaction locks one table in use",
  why: "The first lock is held while the second one is waited for: the application stands still on both, and it may deadlock with a query that takes them the other way round.",
  instead: "A file a table.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int); CREATE TABLE app.c (b int);",
      sql: "ALTER TABLE app.a ADD x int;\nALTER TABLE app.c ADD x int;",
      line: 2,
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD x int; ALTER TABLE app.a ADD y int;",
    },
  ],
  each: (action, { transaction, catalog, isBusy, report }) => {
    if (!transaction.isOpen || !runs(action)) return;
    for (const lock of locksOf(action, catalog)) {
      if (lock.mode !== "ACCESS EXCLUSIVE" || !isBusy(lock.table)) continue;
      const key = catalog.tableKey(lock.table);
      const others = [...transaction.held.values()].filter((h) => h.busy && h.mode === "ACCESS EXCLUSIVE");
      if (others.length === 0 || others.some((h) => h.table === key)) continue;
      report(
        action,
        `This transaction holds ACCESS EXCLUSIVE on ${others.map((h) => h.table).join(", ")} while it waits for ${shown(lock.table)}.`,
      );
      return;
    }
  },
});
