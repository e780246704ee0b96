// A materialized view in use is refreshed without stopping its readers.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "refresh-concurrently",
  family: "lock",
  severity: "warning",
  presets: ["recommended"],
  summary: "REFRESH MATERIALIZED VIEW is written with CONCURRENTLY",
  why: "REFRESH holds ACCESS EXCLUSIVE on the view while its query runs: readers wait.",
  instead: "REFRESH MATERIALIZED VIEW CONCURRENTLY, for which the view needs a unique index.",
  bad: [{ before: "CREATE MATERIALIZED VIEW app.m AS SELECT 1;", sql: "REFRESH MATERIALIZED VIEW app.m;" }],
  good: [
    {
      before: "CREATE MATERIALIZED VIEW app.m AS SELECT 1;",
      sql: "REFRESH MATERIALIZED VIEW CONCURRENTLY app.m;",
    },
    "CREATE MATERIALIZED VIEW app.m AS SELECT 1; REFRESH MATERIALIZED VIEW app.m;",
    {
      before: "CREATE MATERIALIZED VIEW app.m AS SELECT 1;",
      sql: "REFRESH MATERIALIZED VIEW app.m WITH NO DATA;",
    },
  ],
  on: {
    "refresh-view": (action, { report, isBusy }) => {
      if (!action.concurrent && action.withData && runs(action) && isBusy(action.view))
        report(
          action,
          `REFRESH locks ${shown(action.view)} in ACCESS EXCLUSIVE mode: readers wait until its query is through.`,
        );
    },
  },
});
