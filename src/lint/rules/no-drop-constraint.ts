// A constraint in use is dropped knowingly.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-drop-constraint",
  family: "data",
  severity: "info",
  presets: [],
  summary: "A constraint is dropped knowingly",
  lock: "ACCESS EXCLUSIVE",
  why: "From then on rows can come in that the constraint kept out; putting it back means cleaning them up first.",
  instead: "Say why in a comment.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int, CONSTRAINT c CHECK (b > 0));",
      sql: "ALTER TABLE app.a DROP CONSTRAINT c;",
    },
    {
      before: "CREATE TABLE app.a (b int, CONSTRAINT c CHECK (b > 0));",
      sql: "ALTER TABLE app.a DROP CONSTRAINT c, ADD CONSTRAINT d CHECK (b > 1) NOT VALID;",
    },
    {
      before: "CREATE TABLE app.a (b int, CONSTRAINT c CHECK (b > 0), CONSTRAINT d CHECK (b > 0));",
      sql: "ALTER TABLE app.a RENAME CONSTRAINT c TO e; ALTER TABLE app.a ADD CONSTRAINT c CHECK (b > 1) NOT VALID; ALTER TABLE app.a DROP CONSTRAINT c;",
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b int, CONSTRAINT c CHECK (b > 0));",
      sql: "ALTER TABLE app.a DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (b > 1) NOT VALID;",
    },
    "CREATE TABLE app.a (b int, CONSTRAINT c CHECK (b > 0)); ALTER TABLE app.a DROP CONSTRAINT c;",
  ],
  on: {
    "drop-constraint": (action, { report, isBusy, file }) => {
      if (!runs(action) || !isBusy(action.table)) return;
      const again = file
        .actionsOf("add-constraint")
        .some((a) => a.constraint.name === action.name && a.start > action.start);
      if (!again)
        report(action, `The constraint ${action.name} of ${shown(action.table)} is gone from here on.`);
    },
  },
});
