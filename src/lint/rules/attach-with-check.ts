// A partition is attached with a CHECK that spares the scan.
import { isProvenPartition } from "../locks.ts";
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "attach-with-check",
  family: "lock",
  severity: "warning",
  presets: ["recommended"],
  summary: "ATTACH PARTITION finds a CHECK for its bounds",
  lock: "ACCESS EXCLUSIVE",
  rows: true,
  why: "ATTACH PARTITION reads the whole new partition, and the default partition too, under ACCESS EXCLUSIVE, unless a valid CHECK already says what the bounds say. A CHECK lets nulls pass, so that the columns have to be NOT NULL as well.",
  instead:
    "Add a CHECK (day IS NOT NULL AND day >= ... AND day < ...) NOT VALID and validate it before; drop it afterwards.",
  bad: [
    {
      before: "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q (a int);",
      sql: "ALTER TABLE app.p ATTACH PARTITION app.q FOR VALUES FROM (1) TO (2);",
    },
    {
      before:
        "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q (a int); ALTER TABLE app.q ADD CONSTRAINT c CHECK (a >= 1 AND a < 2) NOT VALID;",
      sql: "ALTER TABLE app.p ATTACH PARTITION app.q FOR VALUES FROM (1) TO (2);",
    },
    {
      before:
        "CREATE TABLE app.p (a int, z int) PARTITION BY RANGE (a); CREATE TABLE app.q (a int UNIQUE, z int CHECK (z > 0));",
      sql: "ALTER TABLE app.p ATTACH PARTITION app.q FOR VALUES FROM (1) TO (2);",
    },
    {
      before:
        "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q (a int, CHECK (a >= 1 AND a < 2));",
      sql: "ALTER TABLE app.p ATTACH PARTITION app.q FOR VALUES FROM (1) TO (2);",
    },
  ],
  good: [
    {
      before:
        "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q (a int NOT NULL, CHECK (a >= 1 AND a < 2));",
      sql: "ALTER TABLE app.p ATTACH PARTITION app.q FOR VALUES FROM (1) TO (2);",
    },
    "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q (a int); ALTER TABLE app.p ATTACH PARTITION app.q FOR VALUES FROM (1) TO (2);",
  ],
  on: {
    "attach-partition": (action, { report, sized, isBusy, catalog }) => {
      if (!runs(action) || action.isDefault || !isBusy(action.partition)) return;
      if (isProvenPartition(catalog, action.table, action.partition)) return;
      report(action, `ATTACH PARTITION reads all of ${sized(action.partition)} under ACCESS EXCLUSIVE.`);
    },
  },
});
