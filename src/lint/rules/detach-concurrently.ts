// A partition is detached without stopping the table.
import type { Action } from "../../tree/action.ts";
import { concurrently } from "../alone.ts";
import { type Edits, fixOf, insertion } from "../edits.ts";
import { type RuleContext, rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

function concurrentDetach(action: Action, { catalog }: RuleContext): Edits {
  if (action.kind !== "detach-partition") return undefined;
  const table = catalog.table(action.table);
  if (table === undefined || table.defaultPartition !== undefined) return undefined;
  return insertion(action.end, " CONCURRENTLY");
}

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
      fixed: "ALTER TABLE app.p DETACH PARTITION app.q CONCURRENTLY;",
      differs: ["+ constraint app.q.q_a_check CHECK (((a IS NOT NULL) AND (a >= 1) AND (a < 2)))"],
    },
    {
      before:
        "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2); CREATE TABLE app.d PARTITION OF app.p DEFAULT;",
      sql: "ALTER TABLE app.p DETACH PARTITION app.q;",
    },
  ],
  good: [
    {
      before:
        "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2);",
      sql: "ALTER TABLE app.p DETACH PARTITION app.q CONCURRENTLY;",
    },
    {
      before:
        "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2);",
      sql: "ALTER TABLE app.p DETACH PARTITION app.q;",
      pg: 13,
    },
    "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2); ALTER TABLE app.p DETACH PARTITION app.q;",
  ],
  fix: {
    gives: "other",
    note: "The detached table keeps a CHECK with the bounds it had. Only where the statement has the file for itself and the table has no default partition, with which the server refuses it.",
    isFirst: true,
  },
  on: {
    "detach-partition": (action, context) => {
      const { report, isBusy, pg, catalog } = context;
      if (!action.concurrent && pg >= 14 && runs(action) && isBusy(action.table))
        report(
          action,
          `DETACH PARTITION locks ${shown(action.table)} with all its partitions in ACCESS EXCLUSIVE mode.`,
          catalog.table(action.table)?.defaultPartition === undefined
            ? fixOf(
                action,
                concurrently(context, (one) => concurrentDetach(one, context)),
              )
            : {
                help: "Beside a default partition the server refuses CONCURRENTLY: set lock_timeout and try again.",
              },
        );
    },
  },
});
