// A trigger on a table in use changes every write from then on.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-trigger-on-busy-table",
  family: "lock",
  severity: "info",
  presets: [],
  summary: "A trigger on a table in use is thought over",
  lock: "SHARE ROW EXCLUSIVE",
  why: "CREATE TRIGGER waits for all writers and stops new ones until the transaction ends; a row trigger makes each write slower.",
  instead: "Add it in a file of its own, with lock_timeout.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "CREATE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop();",
    },
  ],
  good: [
    "CREATE TABLE app.a (b int); CREATE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop();",
  ],
  on: {
    "create-trigger": (action, { report, isBusy }) => {
      if (runs(action) && isBusy(action.table))
        report(
          action,
          `CREATE TRIGGER ${action.name} locks ${shown(action.table)} in SHARE ROW EXCLUSIVE mode: all writes wait.`,
        );
    },
  },
});
