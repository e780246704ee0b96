// A file that takes strong locks on tables in use gives up in time.

import { fixInFile } from "../edits.ts";
import { isAtLeast } from "../locks.ts";
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";
import { isSetByCallback, setFirst } from "../timeouts.ts";

export default rule({
  id: "lock-timeout-set",
  family: "lock",
  severity: "warning",
  presets: ["recommended"],
  summary: "lock_timeout is set before strong locks",
  why: "A statement that waits for a strong lock makes everything behind it wait too: one long query stops the whole application. lock_timeout lets the migration give up instead.",
  instead:
    "Set godwit's lockTimeout (with lockTimeoutRetries) for all files, or SET LOCAL lock_timeout = '3s' first in this one.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "-- Migration V2: c\nALTER TABLE app.a ADD COLUMN c int;",
      line: 2,
      fixed: "-- Migration V2: c\nSET LOCAL lock_timeout = '3s';\nALTER TABLE app.a ADD COLUMN c int;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int;\nSET lock_timeout = '3s';",
      fixed: "SET LOCAL lock_timeout = '3s';\nALTER TABLE app.a ADD COLUMN c int;\nSET lock_timeout = '3s';",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "-- godwit-ignore no-drop-column: an older one\n-- SET lock_timeout = '3s';\nALTER TABLE app.a ADD COLUMN c int;",
      line: 3,
      fixed:
        "SET LOCAL lock_timeout = '3s';\n-- godwit-ignore no-drop-column: an older one\n-- SET lock_timeout = '3s';\nALTER TABLE app.a ADD COLUMN c int;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "SET LOCAL lock_timeout = '3s'; COMMIT;\nALTER TABLE app.a ADD COLUMN c int;",
      line: 2,
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int;\nALTER TABLE app.a ADD COLUMN d int;",
      fixed:
        "SET LOCAL lock_timeout = '3s';\nALTER TABLE app.a ADD COLUMN c int;\nALTER TABLE app.a ADD COLUMN d int;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "CREATE TABLE app.n (x int); ALTER TABLE app.n ADD COLUMN y int;\nALTER TABLE app.a ADD COLUMN c int;",
      line: 2,
      fixed:
        "SET LOCAL lock_timeout = '3s';\nCREATE TABLE app.n (x int); ALTER TABLE app.n ADD COLUMN y int;\nALTER TABLE app.a ADD COLUMN c int;",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE TABLE app.z (b int);",
      sql: "CREATE INDEX i ON app.z (b);\nALTER TABLE app.a ADD COLUMN c int;",
      line: 2,
      fixed:
        "SET LOCAL lock_timeout = '3s';\nCREATE INDEX i ON app.z (b);\nALTER TABLE app.a ADD COLUMN c int;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "SET LOCAL lock_timeout = '3s';\nALTER TABLE app.a ADD COLUMN c int;",
      line: 2,
      outside: true,
      fixed: "SET lock_timeout = '3s';\nSET LOCAL lock_timeout = '3s';\nALTER TABLE app.a ADD COLUMN c int;",
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b int);",
      files: {
        "beforeEachMigrate.sql": "SET lock_timeout = '3s';",
        "V2__b.sql": "ALTER TABLE app.a ADD COLUMN c int;",
      },
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "SET lock_timeout = '3s'; ALTER TABLE app.a ADD COLUMN c int;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "SELECT set_config('lock_timeout', '3s', true); ALTER TABLE app.a ADD COLUMN c int;",
    },
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD COLUMN c int;",
    { before: "CREATE TABLE app.a (b int);", sql: "CREATE INDEX CONCURRENTLY i ON app.a (b);" },
  ],
  fix: {
    gives: "same",
    note: "The file gives up after three seconds of waiting. Where it steers its transactions itself, say it by hand.",
  },
  each: (action, context) => {
    const { locks } = context;
    if (locks.length === 0) return;
    const { project, transaction, isBusy, report, file } = context;
    if (project.hasLockTimeout || transaction.lockTimeout !== undefined || !runs(action)) return;
    if (isSetByCallback(project, "lock_timeout")) return;
    const strong = locks.find((l) => isAtLeast(l.mode, "SHARE ROW EXCLUSIVE") && isBusy(l.table));
    if (
      strong === undefined ||
      [...transaction.held.values()].some((h) => h.busy && isAtLeast(h.mode, "SHARE ROW EXCLUSIVE"))
    )
      return;
    const later = file
      .actionsOf("set-variable")
      .find((a) => a.name === "lock_timeout" && a.start > action.start);
    const but = later === undefined ? "" : " The lock_timeout further down comes too late.";
    report(
      action,
      `This waits for ${strong.mode} on ${shown(strong.table)} for ever, and all queries on it wait behind.${but}`,
      fixInFile(setFirst(context, "lock_timeout", "3s")),
    );
  },
});
