// A unique constraint on a table in use takes an index that was built concurrently.
import { readAt } from "../edits.ts";
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

const ONLY = /^alter\s+table\s+(?:if\s+exists\s+)?only\b/i;

const ON_PARTITIONS =
  "A partitioned table takes no USING INDEX: ALTER TABLE ONLY the parent ADD CONSTRAINT, CREATE UNIQUE INDEX CONCURRENTLY and ADD CONSTRAINT ... USING INDEX on each partition, then ALTER INDEX ... ATTACH PARTITION.";

export default rule({
  id: "unique-using-index",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "A unique constraint or primary key takes an existing index",
  lock: "ACCESS EXCLUSIVE",
  rows: true,
  why: "ADD UNIQUE and ADD PRIMARY KEY build their index while they hold ACCESS EXCLUSIVE: all reads and writes wait.",
  instead:
    "CREATE UNIQUE INDEX CONCURRENTLY in a file of its own, then ADD CONSTRAINT ... UNIQUE USING INDEX.",
  bad: [
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ADD CONSTRAINT u UNIQUE (b);" },
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ADD PRIMARY KEY (b);" },
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ADD COLUMN c int UNIQUE;" },
    {
      before:
        "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q PARTITION OF app.p DEFAULT;",
      sql: "ALTER TABLE app.p ADD CONSTRAINT u UNIQUE (a);",
    },
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE ONLY app.a ADD UNIQUE (b);" },
  ],
  good: [
    {
      before: "CREATE TABLE app.p (a int) PARTITION BY RANGE (a);",
      sql: "ALTER TABLE ONLY app.p ADD CONSTRAINT u UNIQUE (a);",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE UNIQUE INDEX u ON app.a (b);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT u UNIQUE USING INDEX u;",
    },
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD CONSTRAINT u UNIQUE (b);",
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS b int UNIQUE;",
    },
  ],
  kinds: ["add-constraint", "add-column"],
  each: (action, { report, sized, isBusy, catalog, file }) => {
    if (action.kind !== "add-constraint" && action.kind !== "add-column") return;
    if (!runs(action) || !isBusy(action.table)) return;
    if (action.kind === "add-column" && catalog.column(action.table, action.column.name) !== undefined)
      return;
    const constraints = action.kind === "add-column" ? action.column.constraints : [action.constraint];
    const found = constraints.find(
      (c) => (c.type === "unique" || c.type === "primary") && c.usingIndex === undefined,
    );
    if (found === undefined) return;
    const isPartitioned = catalog.table(action.table)?.partitionBy !== undefined;
    // The parent alone has no rows.
    if (isPartitioned && ONLY.test(readAt(file, action.start)?.statement.text ?? "")) return;
    const what = found.type === "unique" ? "UNIQUE" : "PRIMARY KEY";
    report(
      action,
      `${what} on ${sized(action.table)} builds its index under ACCESS EXCLUSIVE: all reads and writes wait.`,
      isPartitioned ? { help: ON_PARTITIONS } : undefined,
    );
  },
});
