// An index on a table in use is built without stopping its writers.
import type { Action } from "../../tree/action.ts";
import { concurrently } from "../alone.ts";
import { type Edits, fixOf, insertion } from "../edits.ts";
import { type RuleContext, rule } from "../rule.ts";
import { behind, olderIndex, runs, words } from "../shapes.ts";

function concurrentIndex(action: Action, { catalog, file, isBusy }: RuleContext): Edits {
  if (action.kind !== "create-index" || !isBusy(action.table)) return undefined;
  const table = catalog.table(action.table);
  if (table === undefined || table.partitionBy !== undefined) return undefined;
  const at = behind(file.script, action.start, words("create(?:\\s+unique)?", "index"));
  return at === undefined ? undefined : insertion(at, "CONCURRENTLY ");
}

const ON_PARTITIONS =
  "A partitioned table takes no CONCURRENTLY: CREATE INDEX ON ONLY the parent, CREATE INDEX CONCURRENTLY on each partition in a file of its own, then ALTER INDEX ... ATTACH PARTITION.";

export default rule({
  id: "create-index-concurrently",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "An index on a table in use is built concurrently",
  lock: "SHARE",
  rows: true,
  why: "CREATE INDEX holds SHARE on the table until the index is built, which stops all writes for as long as it takes to read and sort the table.",
  instead:
    "CREATE INDEX CONCURRENTLY, in a file of its own: it cannot run in a transaction, and godwit then runs the file without one.",
  bad: [
    {
      before: "CREATE TABLE app.a (id int, b int);",
      sql: "CREATE INDEX i ON app.a (b);",
      fixed: "CREATE INDEX CONCURRENTLY i ON app.a (b);",
    },
    {
      before: "CREATE TABLE app.a (id int, b int);",
      sql: "CREATE INDEX i ON app.a (b);\nCREATE UNIQUE INDEX IF NOT EXISTS j ON app.a (id);",
      findings: 2,
      fixed:
        "CREATE INDEX CONCURRENTLY i ON app.a (b);\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS j ON app.a (id);",
    },
    {
      before: "CREATE TABLE app.a (id int, b int);",
      sql: "SELECT 1;\nCREATE INDEX i ON app.a (b);",
      line: 2,
    },
    {
      before: "CREATE TABLE app.a (id int) PARTITION BY RANGE (id);",
      sql: "CREATE INDEX i ON app.a (id);",
    },
    { sql: "CREATE UNIQUE INDEX i ON app.unknown (b);" },
    {
      before: "CREATE TABLE app.a (id int, b int);",
      sql: "DO $$ BEGIN EXECUTE 'CREATE INDEX i ON app.a (b)'; END $$;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "CREATE INDEX i ON ONLY app.a (b);",
      fixed: "CREATE INDEX CONCURRENTLY i ON ONLY app.a (b);",
    },
    { before: "CREATE TABLE app.p (a int) PARTITION BY RANGE (a);", sql: "CREATE INDEX i ON app.p (a);" },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "CREATE INDEX IF NOT EXISTS i ON app.a (b);",
      fixed: "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON app.a (b);",
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (id int); CREATE TABLE app.b (id int); CREATE INDEX i ON app.b (id);",
      sql: "CREATE INDEX IF NOT EXISTS i ON app.a (id);",
    },
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
  fix: {
    gives: "same",
    note: "Only where the file has nothing but indexes, since it then runs without a transaction, and where the table is known and not partitioned.",
    isFirst: true,
  },
  on: {
    "create-index": (action, context) => {
      const { isBusy, report, sized, catalog } = context;
      if (action.concurrent || !runs(action) || !isBusy(action.table)) return;
      const table = catalog.table(action.table);
      // The parent alone has no rows; its partitions' indexes are built one by one.
      if (action.only && table?.partitionBy !== undefined) return;
      if (action.ifNotExists && olderIndex(action, catalog) !== undefined) return;
      report(
        action,
        `CREATE INDEX locks ${sized(action.table)} in SHARE mode: all writes wait until the index is built.`,
        table?.partitionBy === undefined
          ? fixOf(
              action,
              concurrently(context, (one) => concurrentIndex(one, context)),
            )
          : { help: ON_PARTITIONS },
      );
    },
  },
});
