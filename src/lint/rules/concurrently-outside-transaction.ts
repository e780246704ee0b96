// CONCURRENTLY cannot run inside a transaction.

import { needsNoTransaction, withoutTransaction } from "../alone.ts";
import { fixOf } from "../edits.ts";
import { rule } from "../rule.ts";

export default rule({
  id: "concurrently-outside-transaction",
  family: "tx",
  severity: "error",
  presets: ["recommended"],
  summary: "CONCURRENTLY runs outside a transaction",
  why: "The server refuses it: CREATE INDEX CONCURRENTLY cannot run inside a transaction block. The same goes for DO blocks and functions.",
  instead:
    "Take out BEGIN and COMMIT, or executeInTransaction=true from the file's .conf; godwit runs such a file without a transaction by itself.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "BEGIN;\nCREATE INDEX CONCURRENTLY i ON app.a (b);\nCOMMIT;\n",
      line: 2,
      fixed: "CREATE INDEX CONCURRENTLY i ON app.a (b);\n",
      differs: ["+ index CREATE INDEX i ON app.a USING btree (b)"],
    },
    "BEGIN; SELECT 1; CREATE INDEX CONCURRENTLY i ON app.a (b); COMMIT;",
    { sql: "DO $$ BEGIN CREATE INDEX CONCURRENTLY i ON app.a (b); END $$;" },
    {
      before: "CREATE TABLE app.a (b int); CREATE INDEX i ON app.a (b);",
      sql: "BEGIN; DROP INDEX CONCURRENTLY app.i; COMMIT;",
      fixed: "DROP INDEX CONCURRENTLY app.i;",
      differs: ["- index CREATE INDEX i ON app.a USING btree (b)"],
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE INDEX i ON app.a (b);",
      sql: "BEGIN; REINDEX TABLE CONCURRENTLY app.a; COMMIT;",
      fixed: "REINDEX TABLE CONCURRENTLY app.a;",
    },
    {
      before:
        "CREATE TABLE app.p (a int) PARTITION BY RANGE (a); CREATE TABLE app.q PARTITION OF app.p FOR VALUES FROM (1) TO (2);",
      sql: "BEGIN; ALTER TABLE app.p DETACH PARTITION app.q CONCURRENTLY; COMMIT;",
      fixed: "ALTER TABLE app.p DETACH PARTITION app.q CONCURRENTLY;",
      differs: ["+ constraint app.q.q_a_check CHECK (((a IS NOT NULL) AND (a >= 1) AND (a < 2)))"],
    },
  ],
  good: [
    "CREATE INDEX CONCURRENTLY i ON app.a (b);",
    "BEGIN; SELECT 1; COMMIT; DROP INDEX CONCURRENTLY app.i;",
    "BEGIN; CREATE INDEX i ON app.a (b); DROP INDEX app.j; COMMIT;",
    "BEGIN; DROP TABLE app.a; COMMIT;",
  ],
  fix: {
    gives: "other",
    note: "The file as it was fails. Only where BEGIN and COMMIT are round the whole file and nothing else is in it.",
  },
  kinds: ["create-index", "detach-partition", "reindex", "drop"],
  each: (action, { transaction, report, file, pg }) => {
    const concurrent =
      ((action.kind === "create-index" || action.kind === "detach-partition" || action.kind === "reindex") &&
        action.concurrent) ||
      (action.kind === "drop" && action.concurrent);
    if (!concurrent || (action.inside.body === "none" && !transaction.isOpen)) return;
    const where =
      action.inside.body === "none"
        ? "between BEGIN and COMMIT"
        : "in a block of PL/pgSQL, which always is in a transaction";
    report(
      action,
      `This runs CONCURRENTLY ${where}, and the server refuses it.`,
      file.source.executeInTransaction === true
        ? undefined
        : fixOf(
            action,
            withoutTransaction(file, (read) => needsNoTransaction(read, pg)),
          ),
    );
  },
});
