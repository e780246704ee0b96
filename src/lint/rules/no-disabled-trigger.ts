// Triggers are not switched off.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-disabled-trigger",
  family: "security",
  severity: "warning",
  presets: ["recommended"],
  summary: "Triggers are not disabled",
  lock: "SHARE ROW EXCLUSIVE",
  why: "Audit, replication and foreign keys are triggers too; what is written meanwhile passes them by, and a failure in between leaves them off.",
  instead: "Leave them on, or enable them again in the same transaction.",
  bad: [{ before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a DISABLE TRIGGER ALL;" }],
  good: [
    {
      before:
        "CREATE TABLE app.a (b int); CREATE TRIGGER t BEFORE DELETE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop();",
      sql: "ALTER TABLE app.a DISABLE TRIGGER t; UPDATE app.a SET b = 1 WHERE b = 2; ALTER TABLE app.a ENABLE TRIGGER t;",
    },
  ],
  on: {
    "alter-trigger-state": (action, { report, file }) => {
      if (action.enable || !runs(action)) return;
      const again = file.actions.some(
        (a) =>
          a.kind === "alter-trigger-state" &&
          a.enable &&
          a.table.name === action.table.name &&
          a.start > action.start,
      );
      if (!again) report(action, `The triggers of ${shown(action.table)} stay off behind this file.`);
    },
  },
});
