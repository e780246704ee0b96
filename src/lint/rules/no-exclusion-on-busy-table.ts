// An exclusion constraint on a table in use has no way without waiting.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-exclusion-on-busy-table",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "No exclusion constraint is added to a table in use",
  lock: "ACCESS EXCLUSIVE",
  rows: true,
  why: "It builds its index and checks all rows under ACCESS EXCLUSIVE, and it knows neither NOT VALID nor USING INDEX.",
  instead: "Add it when the table is made; else plan a pause, or keep the rule by a trigger.",
  bad: [
    {
      before: "CREATE TABLE app.a (t tsrange);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT e EXCLUDE USING gist (t WITH &&);",
    },
  ],
  good: [
    "CREATE TABLE app.a (t tsrange); ALTER TABLE app.a ADD CONSTRAINT e EXCLUDE USING gist (t WITH &&);",
    {
      before: "CREATE TABLE app.a (b int); CREATE UNIQUE INDEX i ON app.a (b);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT c UNIQUE USING INDEX i;",
    },
  ],
  on: {
    "add-constraint": (action, { report, sized, isBusy }) => {
      if (action.constraint.type === "exclude" && runs(action) && isBusy(action.table))
        report(
          action,
          `EXCLUDE on ${sized(action.table)} builds its index under ACCESS EXCLUSIVE: all reads and writes wait.`,
        );
    },
  },
});
