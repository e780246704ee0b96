// A constraint is not validated in the transaction that adds it.
import { isAtLeast, STOPS } from "../locks.ts";
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "validate-in-later-file",
  family: "tx",
  severity: "error",
  presets: ["recommended"],
  summary: "A NOT VALID constraint is validated in a later file",
  rows: true,
  why: "The lock of ADD CONSTRAINT lasts to the end of the transaction, so validating there reads the table under it: NOT VALID has gained nothing.",
  instead: "Move VALIDATE CONSTRAINT to the next file.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT c CHECK (b > 0) NOT VALID;\nALTER TABLE app.a VALIDATE CONSTRAINT c;",
      line: 2,
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD CONSTRAINT c CHECK (b > 0) NOT VALID;",
      sql: "ALTER TABLE app.a VALIDATE CONSTRAINT c;",
    },
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD CONSTRAINT c CHECK (b > 0) NOT VALID; ALTER TABLE app.a VALIDATE CONSTRAINT c;",
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT c CHECK (b > 0) NOT VALID; COMMIT; ALTER TABLE app.a VALIDATE CONSTRAINT c;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT c CHECK (b > 0) NOT VALID; ALTER TABLE app.a VALIDATE CONSTRAINT c;",
      outside: true,
    },
  ],
  on: {
    "validate-constraint": (action, { transaction, catalog, isBusy, report, sized }) => {
      if (!runs(action) || !transaction.isOpen || !isBusy(action.table)) return;
      const held = transaction.held.get(catalog.tableKey(action.table));
      if (held === undefined || !isAtLeast(held.mode, "SHARE ROW EXCLUSIVE")) return;
      report(
        action,
        `VALIDATE CONSTRAINT ${action.name} reads all of ${sized(action.table)} while this transaction holds ${held.mode} on it: ${STOPS[held.mode]} wait.`,
      );
    },
  },
});
