// A new partition beside a default partition makes it be read.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-default-partition-scan",
  family: "lock",
  severity: "warning",
  presets: ["recommended"],
  summary: "A new partition does not scan the default one",
  lock: "ACCESS EXCLUSIVE",
  rows: true,
  why: "Every new partition makes the server read the default partition under ACCESS EXCLUSIVE, to see that no row there belongs to the new one.",
  instead:
    "Give the default partition a CHECK that excludes the new bounds, or do without a default partition.",
  bad: [
    {
      before:
        "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.d PARTITION OF app.p DEFAULT;",
      sql: "CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2);",
    },
    "ALTER TABLE app.unknown ATTACH PARTITION app.q FOR VALUES FROM (1) TO (2);",
  ],
  good: [
    {
      before: "CREATE TABLE app.p (a int) PARTITION BY RANGE (a);",
      sql: "CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2);",
    },
    "CREATE TABLE app.q PARTITION OF app.unknown DEFAULT;",
    "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.d PARTITION OF app.p DEFAULT; CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2);",
    "ALTER TABLE app.unknown ATTACH PARTITION app.q DEFAULT;",
  ],
  kinds: ["create-table", "attach-partition"],
  each: (action, { report, sized, catalog, isBusy }) => {
    const parent =
      action.kind === "create-table"
        ? action.partitionOf
        : action.kind === "attach-partition"
          ? action.table
          : undefined;
    const isDefault =
      (action.kind === "create-table" && action.isDefaultPartition) ||
      (action.kind === "attach-partition" && action.isDefault);
    if (parent === undefined || isDefault || !runs(action)) return;
    const table = catalog.table(parent);
    if (!isBusy(parent) || (table !== undefined && table.defaultPartition === undefined)) return;
    report(
      action,
      table === undefined
        ? `If ${sized(parent)} has a default partition, that is read under ACCESS EXCLUSIVE.`
        : `The default partition ${table.defaultPartition} of ${sized(parent)} is read under ACCESS EXCLUSIVE.`,
    );
  },
});
