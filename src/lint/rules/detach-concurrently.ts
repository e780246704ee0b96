// A partition is detached without stopping the table.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "detach-concurrently",
  family: "lock",
  severity: "warning",
  presets: ["recommended"],
  summary: "DETACH PARTITION is written with CONCURRENTLY",
  lock: "ACCESS EXCLUSIVE",
  why: "DETACH PARTITION takes ACCESS EXCLUSIVE on the whole partitioned table.",
  instead: "DETACH PARTITION ... CONCURRENTLY (PostgreSQL 14 and later), in a file of its own.",
  bad: [
    {
      before:
        "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2);",
      sql: "ALTER TABLE app.p DETACH PARTITION app.q;",
    },
  ],
  good: [
    { sql: "ALTER TABLE app.p DETACH PARTITION app.q CONCURRENTLY;" },
    {
      before:
        "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2);",
      sql: "ALTER TABLE app.p DETACH PARTITION app.q;",
      pg: 13,
    },
    "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2); ALTER TABLE app.p DETACH PARTITION app.q;",
  ],
  on: {
    "detach-partition": (action, { report, isBusy, pg }) => {
      if (!action.concurrent && pg >= 14 && runs(action) && isBusy(action.table))
        report(
          action,
          `DETACH PARTITION locks ${shown(action.table)} with all its partitions in ACCESS EXCLUSIVE mode.`,
        );
    },
  },
});
