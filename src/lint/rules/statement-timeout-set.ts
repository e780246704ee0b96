// A file that works long under a strong lock is stopped in time.

import { fixInFile } from "../edits.ts";
import { isAtLeast } from "../locks.ts";
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";
import { isSetByCallback, setFirst } from "../timeouts.ts";

export default rule({
  id: "statement-timeout-set",
  family: "lock",
  severity: "info",
  presets: [],
  summary: "statement_timeout is set before long work",
  rows: true,
  why: "A statement that rewrites or reads a table under a strong lock runs as long as the table is large; nothing stops it but statement_timeout.",
  instead: "SET LOCAL statement_timeout = '1min', or godwit's statementTimeout.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ALTER b TYPE bigint;",
      fixed: "SET LOCAL statement_timeout = '1min';\nALTER TABLE app.a ALTER b TYPE bigint;",
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b int);",
      files: {
        "beforeMigrate__x.sql": "SET SESSION statement_timeout TO '1min';",
        "V2__b.sql": "ALTER TABLE app.a ALTER b TYPE bigint;",
      },
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "SET statement_timeout = '1min'; ALTER TABLE app.a ALTER b TYPE bigint;",
    },
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ALTER b TYPE bigint;",
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ADD COLUMN c int;" },
    {
      before: "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD CONSTRAINT c CHECK (b > 0) NOT VALID;",
      sql: "ALTER TABLE app.a VALIDATE CONSTRAINT c;",
    },
  ],
  fix: {
    gives: "same",
    note: "A statement that takes longer than a minute then fails, and the file with it.",
  },
  each: (action, context) => {
    const { locks } = context;
    if (locks.length === 0) return;
    const { project, transaction, isBusy, report, sized } = context;
    if (project.hasStatementTimeout || transaction.statementTimeout !== undefined || !runs(action)) return;
    if (isSetByCallback(project, "statement_timeout")) return;
    const long = locks.find((l) => l.work !== "brief" && isAtLeast(l.mode, "SHARE") && isBusy(l.table));
    if (long !== undefined)
      report(
        action,
        `This holds ${long.mode} on ${sized(long.table)} for as long as it takes.`,
        fixInFile(setFirst(context, "statement_timeout", "1min")),
      );
  },
});
