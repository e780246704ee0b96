// An index is not built while the transaction holds a strong lock.
import { isAtLeast } from "../locks.ts";
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-index-under-lock",
  family: "tx",
  severity: "warning",
  presets: ["recommended"],
  summary: "An index is not built behind a strong lock",
  rows: true,
  why: "CREATE INDEX alone lets reads go on; behind an ALTER TABLE of the same transaction they wait too.",
  instead: "Build it concurrently in a file of its own.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int;\nCREATE INDEX i ON app.a (c);",
      line: 2,
    },
  ],
  good: [
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD COLUMN c int; CREATE INDEX i ON app.a (c);",
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int; CREATE INDEX i ON app.a (c);",
      outside: true,
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "CREATE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop(); CREATE INDEX i ON app.a (b);",
    },
  ],
  on: {
    "create-index": (action, { transaction, catalog, isBusy, report, sized }) => {
      if (action.concurrent || !runs(action) || !isBusy(action.table) || !transaction.isOpen) return;
      const held = transaction.held.get(catalog.tableKey(action.table));
      if (held !== undefined && isAtLeast(held.mode, "EXCLUSIVE"))
        report(
          action,
          `The index is built while this transaction holds ${held.mode} on ${sized(action.table)}: reads wait too.`,
        );
    },
  },
});
