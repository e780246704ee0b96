// REINDEX without stopping the table's writers.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "reindex-concurrently",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "REINDEX is written with CONCURRENTLY",
  why: "REINDEX holds SHARE on the table and ACCESS EXCLUSIVE on the index while it builds: writes wait, and reads that would use the index too.",
  instead: "REINDEX (CONCURRENTLY) or REINDEX TABLE CONCURRENTLY, in a file of its own.",
  bad: ["REINDEX TABLE app.a;", "REINDEX INDEX app.i;", "REINDEX DATABASE d;"],
  good: ["REINDEX TABLE CONCURRENTLY app.a;", "REINDEX (CONCURRENTLY) INDEX app.i;"],
  on: {
    reindex: (action, { report }) => {
      if (action.concurrent || !runs(action)) return;
      report(
        action,
        `REINDEX ${action.object === undefined ? action.target.toUpperCase() : shown(action.object)} stops all writes while it builds.`,
      );
    },
  },
});
