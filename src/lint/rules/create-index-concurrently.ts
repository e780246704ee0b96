// An index on a table in use is built without stopping its writers.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "create-index-concurrently",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "An index on a table in use is built concurrently",
  lock: "SHARE",
  why: "CREATE INDEX holds SHARE on the table until the index is built, which stops all writes for as long as it takes to read and sort the table.",
  instead:
    "CREATE INDEX CONCURRENTLY, in a file of its own: it cannot run in a transaction, and godwit then runs the file without one.",
  bad: [
    { before: "CREATE TABLE app.a (id int, b int);", sql: "CREATE INDEX i ON app.a (b);" },
    { sql: "CREATE UNIQUE INDEX i ON app.unknown (b);" },
    {
      before: "CREATE TABLE app.a (id int, b int);",
      sql: "DO $$ BEGIN EXECUTE 'CREATE INDEX i ON app.a (b)'; END $$;",
    },
    { before: "CREATE TABLE app.a (b int);", sql: "CREATE INDEX i ON ONLY app.a (b);" },
    { before: "CREATE TABLE app.p (a int) PARTITION BY RANGE (a);", sql: "CREATE INDEX i ON app.p (a);" },
    { before: "CREATE TABLE app.a (b int);", sql: "CREATE INDEX IF NOT EXISTS i ON app.a (b);" },
  ],
  good: [
    { before: "CREATE TABLE app.a (id int, b int);", sql: "CREATE INDEX CONCURRENTLY i ON app.a (b);" },
    "CREATE TABLE app.a (id int); CREATE INDEX i ON app.a (id);",
    "CREATE TEMPORARY TABLE a (id int); CREATE INDEX i ON a (id);",
    {
      before: "CREATE TABLE app.a (id int) PARTITION BY RANGE (id);",
      sql: "CREATE INDEX i ON ONLY app.a (id);",
    },
    {
      before: "CREATE TABLE app.a (id int); CREATE INDEX i ON app.a (id);",
      sql: "CREATE INDEX IF NOT EXISTS i ON app.a (id);",
    },
    {
      before: "CREATE TABLE app.p (a int) PARTITION BY RANGE (a);",
      sql: "CREATE INDEX i ON ONLY app.p (a);",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE INDEX i ON app.a (b);",
      sql: "CREATE INDEX IF NOT EXISTS i ON app.a (b);",
    },
  ],
  on: {
    "create-index": (action, { isBusy, report, catalog }) => {
      if (action.concurrent || !runs(action) || !isBusy(action.table)) return;
      const table = catalog.table(action.table);
      // The parent alone has no rows; its partitions' indexes are built one by one.
      if (action.only && table?.partitionBy !== undefined) return;
      if (action.ifNotExists && action.name !== undefined && table?.indexes.has(action.name) === true) return;
      report(
        action,
        `CREATE INDEX locks ${shown(action.table)} in SHARE mode: all writes wait until the index is built.`,
      );
    },
  },
});
