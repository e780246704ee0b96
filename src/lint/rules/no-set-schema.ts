// Tables in use stay in their schema.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-set-schema",
  family: "break",
  severity: "error",
  presets: ["recommended"],
  summary: "A table in use is not moved to another schema",
  lock: "ACCESS EXCLUSIVE",
  why: "Every query with the old schema fails at once.",
  instead: "Leave a view in the old schema in the same transaction.",
  bad: [{ before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a SET SCHEMA other;" }],
  good: [
    "CREATE TABLE app.a (b int); ALTER TABLE app.a SET SCHEMA other;",
    { before: "CREATE SEQUENCE app.s;", sql: "ALTER SEQUENCE app.s SET SCHEMA other;" },
  ],
  on: {
    "set-schema": (action, { report, isBusy }) => {
      if (action.objectKind === "table" && runs(action) && isBusy(action.object))
        report(
          action,
          `Moving ${shown(action.object)} to the schema ${action.to} breaks every running query that names it.`,
        );
    },
  },
});
