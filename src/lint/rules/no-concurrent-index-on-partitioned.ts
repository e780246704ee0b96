// CONCURRENTLY does not go with a partitioned table.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-concurrent-index-on-partitioned",
  family: "tx",
  severity: "error",
  presets: ["recommended"],
  summary: "CREATE INDEX CONCURRENTLY names no partitioned table",
  why: "The server refuses it: cannot create index on partitioned table concurrently.",
  instead:
    "CREATE INDEX ON ONLY the parent, CREATE INDEX CONCURRENTLY on each partition, then ALTER INDEX ... ATTACH PARTITION.",
  bad: [
    {
      before: "CREATE TABLE app.p (a int) PARTITION BY RANGE (a);",
      sql: "CREATE INDEX CONCURRENTLY i ON app.p (a);",
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.p (a int) PARTITION BY RANGE (a);",
      sql: "CREATE INDEX i ON ONLY app.p (a);",
    },
    {
      before:
        "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2);",
      sql: "CREATE INDEX CONCURRENTLY i ON app.q (a);",
    },
  ],
  on: {
    "create-index": (action, { report, catalog }) => {
      if (!action.concurrent || !runs(action)) return;
      if (catalog.table(action.table)?.partitionBy !== undefined)
        report(action, `${shown(action.table)} is partitioned, and the server refuses CONCURRENTLY there.`);
    },
  },
});
