// Tables in use are not emptied.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-truncate",
  family: "data",
  aliases: ["rx003", "rg13"],
  severity: "error",
  presets: ["recommended", "flyway"],
  summary: "A table in use is not truncated",
  lock: "ACCESS EXCLUSIVE",
  rows: true,
  why: "All rows are gone, triggers do not see it, and the table is locked against everything until the transaction ends.",
  instead: "DELETE what is not wanted, in batches, with a WHERE.",
  bad: [{ before: "CREATE TABLE app.a (b int);", sql: "TRUNCATE app.a;" }],
  good: ["CREATE TABLE app.a (b int); TRUNCATE app.a;", "CREATE TEMPORARY TABLE a (b int); TRUNCATE a;"],
  on: {
    truncate: (action, { report, sized, isBusy }) => {
      if (runs(action) && isBusy(action.table))
        report({ start: action.table.start }, `TRUNCATE removes all rows of ${sized(action.table)}.`);
    },
  },
});
