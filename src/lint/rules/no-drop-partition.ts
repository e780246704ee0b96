// A partition is detached before it is dropped.
import { rule, shown } from "../rule.ts";
import { fullName, runs } from "../shapes.ts";

export default rule({
  id: "no-drop-partition",
  family: "data",
  aliases: ["rx012", "rg16"],
  severity: "warning",
  presets: ["recommended", "flyway"],
  summary: "A partition is detached before it is dropped",
  lock: "ACCESS EXCLUSIVE",
  why: "DROP TABLE of an attached partition locks the parent, so all queries on all its partitions wait; and the rows are gone.",
  instead:
    "ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY in a file of its own, and DROP TABLE in a later one, when the rows are kept elsewhere.",
  bad: [
    {
      before:
        "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2);",
      sql: "DROP TABLE app.q;",
    },
  ],
  good: [
    {
      before:
        "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2); ALTER TABLE app.p DETACH PARTITION app.q;",
      sql: "DROP TABLE app.q;",
    },
    "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2); DROP TABLE app.q;",
  ],
  on: {
    drop: (action, { report, catalog, isBusy }) => {
      if (action.objectKind !== "table" || !runs(action) || !isBusy(action.object)) return;
      const parent = catalog.tables.get(catalog.table(action.object)?.partitionOf ?? "");
      if (parent !== undefined)
        report(
          { start: action.object.start },
          `${shown(action.object)} is a partition: DROP TABLE locks ${fullName(parent)} in ACCESS EXCLUSIVE mode too.`,
        );
    },
  },
});
