// Rows are not moved while the transaction holds a strong lock.
import { isAtLeast, STOPS } from "../locks.ts";
import { isDynamic } from "../model.ts";
import { rule } from "../rule.ts";
import { onceAFile, runs } from "../shapes.ts";

/** A hundred statements for one table are one thing to mend. */
const isNew = onceAFile();

export default rule({
  id: "no-backfill-under-lock",
  family: "tx",
  severity: "error",
  presets: ["recommended"],
  summary: "A file does not change a table's shape and its rows",
  rows: true,
  why: "The lock of ALTER TABLE lasts to the end of the transaction, so all reads and writes wait until the UPDATE is through.",
  instead: "Put the UPDATE in the next file, and do it in batches.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int;\nUPDATE app.a SET c = b;\nUPDATE app.a SET c = 1 WHERE b = 2;",
      line: 2,
      findings: 1,
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int;\nDO $$ BEGIN UPDATE app.a SET c = b; END $$;",
      line: 2,
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE TABLE app.z (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int;\nUPDATE app.z SET b = 1;",
      line: 2,
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int;\nDELETE FROM app.a WHERE b = 1;",
      line: 2,
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int;\nMERGE INTO app.a USING (SELECT 1 AS x) AS s ON s.x = b WHEN MATCHED THEN UPDATE SET b = 2;",
      line: 2,
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int;\nINSERT INTO app.a (b) SELECT 1;",
      line: 2,
    },
  ],
  good: [
    { before: "CREATE TABLE app.a (b int);", sql: "UPDATE app.a SET b = 1 WHERE b IS NULL;" },
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD COLUMN c int; UPDATE app.a SET c = b;",
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int; INSERT INTO app.a (b, c) VALUES (1, 2);",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int; COMMIT; UPDATE app.a SET c = b;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int; DO $$ DECLARE t text := 'a'; BEGIN EXECUTE format('UPDATE app.%I SET b = 1', t); END $$;",
    },
    { before: "CREATE TABLE app.a (b int);", sql: "CREATE INDEX i ON app.a (b); UPDATE app.a SET b = 1;" },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "CREATE TABLE app.n (x int); ALTER TABLE app.n ADD COLUMN y int; UPDATE app.a SET b = 1;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int; UPDATE app.a SET c = b;",
      outside: true,
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int; CREATE TABLE app.n (x int); UPDATE app.n SET x = 1;",
    },
  ],
  kinds: ["update", "delete", "merge", "insert"],
  each: (action, { transaction, catalog, isBusy, report, sized, file }) => {
    const writes =
      action.kind === "update" ||
      action.kind === "delete" ||
      action.kind === "merge" ||
      (action.kind === "insert" && action.fromSelect);
    if (!writes || !runs(action) || !transaction.isOpen || !("table" in action) || action.table === undefined)
      return;
    if (isDynamic(action.table) || !isBusy(action.table)) return;
    const key = catalog.tableKey(action.table);
    const strong = [...transaction.held.values()].filter(
      (h) => h.busy && isAtLeast(h.mode, "SHARE ROW EXCLUSIVE"),
    );
    const held = strong.find((h) => h.table === key) ?? strong[0];
    if (held !== undefined && isNew(file, key))
      report(
        action,
        `${action.kind.toUpperCase()} ${sized(action.table)} runs while this transaction holds ${held.mode} on ${held.table}: ${STOPS[held.mode]} there wait until it is through.`,
      );
  },
});
