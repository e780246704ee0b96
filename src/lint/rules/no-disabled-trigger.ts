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
  why: "Audit, replication and foreign keys are triggers too; what is written meanwhile passes them by, and nothing checks it later. A failure in between leaves them off.",
  instead:
    "Leave them on, or disable the one that is in the way and enable it again in the same transaction.",
  bad: [
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a DISABLE TRIGGER USER;" },
    {
      before: "CREATE TABLE app.c (b int PRIMARY KEY); CREATE TABLE app.a (b int REFERENCES app.c (b));",
      sql: "ALTER TABLE app.a DISABLE TRIGGER ALL; INSERT INTO app.a SELECT 1; ALTER TABLE app.a ENABLE TRIGGER ALL;",
    },
    {
      before:
        "CREATE TABLE app.a (b int); CREATE TRIGGER t BEFORE DELETE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop();",
      sql: "ALTER TABLE app.a DISABLE TRIGGER t; DELETE FROM app.a WHERE b = 2; ALTER TABLE app.a ENABLE TRIGGER t;",
      outside: true,
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ENABLE TRIGGER USER;\nALTER TABLE app.a DISABLE TRIGGER USER;",
      line: 2,
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE TABLE app.c (b int);",
      sql: "ALTER TABLE app.a DISABLE TRIGGER USER; ALTER TABLE app.c ENABLE TRIGGER USER;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a DISABLE TRIGGER USER; ALTER TABLE app.a DISABLE TRIGGER USER;",
      findings: 2,
    },
  ],
  good: [
    {
      before:
        "CREATE TABLE app.a (b int); CREATE TRIGGER t BEFORE DELETE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop();",
      sql: "ALTER TABLE app.a DISABLE TRIGGER t; UPDATE app.a SET b = 1 WHERE b = 2; ALTER TABLE app.a ENABLE TRIGGER t;",
    },
  ],
  on: {
    "alter-trigger-state": (action, { report, file, transaction }) => {
      if (action.enable || !runs(action)) return;
      const table = shown(action.table);
      const again = file
        .actionsOf("alter-trigger-state")
        .some((a) => a.enable && a.table.name === action.table.name && a.start > action.start);
      if (!again) report(action, `The triggers of ${table} stay off behind this file.`);
      else if (action.all)
        report(
          action,
          `DISABLE TRIGGER ALL switches off the foreign keys of ${table} too: what is written until they are on again is never checked.`,
        );
      else if (!transaction.isOpen)
        report(action, `Until they are enabled again, the triggers of ${table} are off for all sessions.`);
    },
  },
});
