// A materialized view in use is refreshed without stopping its readers.
import { type Edits, fixOf, insertion } from "../edits.ts";
import type { ModelTable } from "../model.ts";
import { rule, shown } from "../rule.ts";
import { behind, runs, words } from "../shapes.ts";

function concurrentRefresh(start: number, view: ModelTable | undefined, script: string): Edits {
  const isUnique = [...(view?.indexes.values() ?? [])].some(
    (i) => i.unique && !i.partial && i.parts.every((p) => p.column !== undefined),
  );
  if (!isUnique) return undefined;
  const at = behind(script, start, words("refresh", "materialized", "view"));
  return at === undefined ? undefined : insertion(at, "CONCURRENTLY ");
}

export default rule({
  id: "refresh-concurrently",
  family: "lock",
  severity: "warning",
  presets: ["recommended"],
  summary: "REFRESH MATERIALIZED VIEW is written with CONCURRENTLY",
  lock: "ACCESS EXCLUSIVE",
  why: "REFRESH holds ACCESS EXCLUSIVE on the view while its query runs: readers wait.",
  instead: "REFRESH MATERIALIZED VIEW CONCURRENTLY, for which the view needs a unique index.",
  bad: [
    { before: "CREATE MATERIALIZED VIEW app.m AS SELECT 1;", sql: "REFRESH MATERIALIZED VIEW app.m;" },
    {
      before: "CREATE MATERIALIZED VIEW app.m AS SELECT 1 AS a; CREATE UNIQUE INDEX i ON app.m (a);",
      sql: "REFRESH MATERIALIZED VIEW app.m;",
      fixed: "REFRESH MATERIALIZED VIEW CONCURRENTLY app.m;",
    },
    {
      before: "CREATE MATERIALIZED VIEW app.m AS SELECT 1 AS a; CREATE INDEX i ON app.m (a);",
      sql: "REFRESH MATERIALIZED VIEW app.m;",
    },
    {
      before:
        "CREATE MATERIALIZED VIEW app.m AS SELECT 1 AS a; CREATE UNIQUE INDEX i ON app.m (a) WHERE a > 0;",
      sql: "REFRESH MATERIALIZED VIEW app.m;",
    },
    {
      before: "CREATE MATERIALIZED VIEW app.m AS SELECT 1 AS a; CREATE UNIQUE INDEX i ON app.m ((a + 1));",
      sql: "REFRESH MATERIALIZED VIEW app.m;",
    },
  ],
  good: [
    {
      before:
        "CREATE MATERIALIZED VIEW app.m AS SELECT 1 AS a WITH NO DATA; CREATE UNIQUE INDEX i ON app.m (a);",
      sql: "REFRESH MATERIALIZED VIEW app.m;",
    },
    {
      before: "CREATE MATERIALIZED VIEW app.m AS SELECT 1 AS a; CREATE UNIQUE INDEX i ON app.m (a);",
      sql: "REFRESH MATERIALIZED VIEW CONCURRENTLY app.m;",
    },
    "CREATE MATERIALIZED VIEW app.m AS SELECT 1; REFRESH MATERIALIZED VIEW app.m;",
    {
      before: "CREATE MATERIALIZED VIEW app.m AS SELECT 1;",
      sql: "REFRESH MATERIALIZED VIEW app.m WITH NO DATA;",
    },
  ],
  fix: {
    gives: "same",
    note: "Only for a view that has its data and a unique index.",
  },
  on: {
    "refresh-view": (action, { report, isBusy, catalog, file }) => {
      // Nobody can read what has no data yet.
      if (catalog.table(action.view)?.filled === false) return;
      if (!action.concurrent && action.withData && runs(action) && isBusy(action.view))
        report(
          action,
          `REFRESH locks ${shown(action.view)} in ACCESS EXCLUSIVE mode: readers wait until its query is through.`,
          fixOf(action, concurrentRefresh(action.start, catalog.table(action.view), file.script)),
        );
    },
  },
});
