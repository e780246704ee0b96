// A table in use is not switched between logged and unlogged.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-set-logged",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "SET LOGGED, SET TABLESPACE and SET ACCESS METHOD do not hit a table in use",
  lock: "ACCESS EXCLUSIVE",
  rows: true,
  why: "Each of them writes the whole table anew under ACCESS EXCLUSIVE.",
  instead: "Make a new table and move the rows in batches, or plan a pause.",
  bad: [
    { before: "CREATE UNLOGGED TABLE app.a (b int);", sql: "ALTER TABLE app.a SET LOGGED;" },
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a SET TABLESPACE pg_default;" },
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a SET ACCESS METHOD heap;", pg: 15 },
  ],
  good: ["CREATE UNLOGGED TABLE app.a (b int); ALTER TABLE app.a SET LOGGED;"],
  kinds: ["set-logged", "set-tablespace", "set-access-method"],
  each: (action, { report, sized, isBusy }) => {
    if (
      action.kind !== "set-logged" &&
      action.kind !== "set-tablespace" &&
      action.kind !== "set-access-method"
    )
      return;
    if (runs(action) && isBusy(action.table))
      report(
        action,
        `This rewrites all of ${sized(action.table)} under ACCESS EXCLUSIVE: all reads and writes wait.`,
      );
  },
});
