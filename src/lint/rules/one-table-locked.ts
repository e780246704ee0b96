// A transaction does not hold strong locks on several tables in use.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "one-table-locked",
  family: "tx",
  severity: "warning",
  presets: ["recommended"],
  summary: "A transaction locks one table in use",
  why: "The first lock is held while the second one is waited for: the application stands still on both, and it may deadlock with a query that takes them the other way round.",
  instead: "Make one file for each table.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int); CREATE TABLE app.c (b int); CREATE TABLE app.d (b int);",
      sql: "ALTER TABLE app.a ADD x int;\nALTER TABLE app.c ADD x int;\nALTER TABLE app.d ADD x int;",
      line: 2,
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE TABLE app.d (b int);",
      sql: "ALTER TABLE app.a RENAME TO c;\nALTER TABLE app.d ADD x int;",
      line: 2,
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a RENAME TO c; ALTER TABLE app.c RENAME b TO d; ALTER TABLE app.c SET SCHEMA other; ALTER TABLE other.c ADD COLUMN e int;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD x int; DROP TABLE IF EXISTS app.c; CREATE TABLE app.c (b int);",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD x int; ALTER TABLE app.a ADD y int;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "CREATE TABLE app.c (b int); ALTER TABLE app.a ADD x int; ALTER TABLE app.c ADD x int;",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE TABLE app.c (b int);",
      sql: "ALTER TABLE app.a ADD x int; COMMIT; ALTER TABLE app.c ADD x int;",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE TABLE app.c (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN x int; ALTER TABLE app.c ADD COLUMN x int;",
      outside: true,
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE TABLE app.c (b int);",
      sql: "CREATE INDEX i ON app.a (b); ALTER TABLE app.c ADD COLUMN x int;",
    },
  ],
  each: (action, { transaction, catalog, locks, isBusy, report }) => {
    if (!transaction.isOpen || !runs(action)) return;
    for (const lock of locks) {
      if (lock.mode !== "ACCESS EXCLUSIVE" || !isBusy(lock.table)) continue;
      const key = catalog.tableKey(lock.table);
      const others = [...transaction.held.values()].filter((h) => h.busy && h.mode === "ACCESS EXCLUSIVE");
      const [first, ...more] = others;
      // The second table is told, and not every one behind it.
      if (first === undefined || first.table === key || more.length > 0) continue;
      report(
        action,
        `This transaction holds ACCESS EXCLUSIVE on ${first.table} while it waits for ${shown(lock.table)}.`,
      );
      return;
    }
  },
});
