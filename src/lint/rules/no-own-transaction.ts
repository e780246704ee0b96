// A file does not steer the transaction that godwit opens.

import { needsNoTransaction, withoutTransaction } from "../alone.ts";
import { fixOf } from "../edits.ts";
import { rule } from "../rule.ts";

export default rule({
  id: "no-own-transaction",
  family: "tx",
  severity: "warning",
  presets: ["recommended"],
  summary: "A file has no BEGIN or COMMIT",
  why: "The file then runs in pieces: what was committed stays when a later piece fails, and the history row is no longer in the same transaction.",
  instead: "Take them out, or put executeInTransaction=false in the file's .conf when it must run in pieces.",
  bad: [
    {
      sql: "BEGIN;\nCREATE TABLE app.a (b int);\nCOMMIT;\n",
      fixed: "CREATE TABLE app.a (b int);\n",
    },
    {
      sql: "SET lock_timeout = '3s';\nSTART TRANSACTION; CREATE TABLE app.a (b int); END;",
      line: 2,
      fixed: "SET lock_timeout = '3s';\nCREATE TABLE app.a (b int);",
    },
    "BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;",
    "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT;",
  ],
  good: [
    "SELECT 1;",
    "SAVEPOINT a; SELECT 1; RELEASE a;",
    { sql: "BEGIN; SELECT 1; COMMIT;", outside: true },
    { sql: "BEGIN; SELECT 1; COMMIT;", autocommit: true },
    "CREATE PROCEDURE app.p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;",
  ],
  fix: {
    gives: "same",
    note: "Only where BEGIN and COMMIT are round the whole file.",
  },
  file: ({ file, report, project, pg }) => {
    const first = file.actions.find(
      (a) =>
        a.kind === "transaction" &&
        a.inside.body === "none" &&
        /^(begin|start|commit|rollback)$/.test(a.verb),
    );
    if (first !== undefined && (file.source.executeInTransaction ?? project.executeInTransaction))
      report(
        first,
        "This file controls the transaction itself.",
        project.executeInTransaction && file.source.kind !== "callback"
          ? fixOf(
              first,
              withoutTransaction(file, (read) => !needsNoTransaction(read, pg)),
            )
          : undefined,
      );
  },
});
