// REFRESH ... CONCURRENTLY finds a unique index.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "refresh-has-unique-index",
  family: "tx",
  severity: "error",
  presets: ["recommended"],
  summary: "REFRESH ... CONCURRENTLY finds a unique index",
  why: "The server refuses it: cannot refresh materialized view concurrently. It needs a unique index without WHERE on plain columns.",
  instead: "CREATE UNIQUE INDEX on the view first.",
  bad: [
    {
      before: "CREATE MATERIALIZED VIEW app.v AS SELECT 1 AS a; CREATE INDEX i ON app.v (a);",
      sql: "REFRESH MATERIALIZED VIEW CONCURRENTLY app.v;",
    },
    {
      before:
        "CREATE MATERIALIZED VIEW app.v AS SELECT 1 AS a; CREATE UNIQUE INDEX i ON app.v (a) WHERE a > 0; CREATE UNIQUE INDEX j ON app.v ((a + 1));",
      sql: "REFRESH MATERIALIZED VIEW CONCURRENTLY app.v;",
    },
  ],
  good: [
    {
      before: "CREATE MATERIALIZED VIEW app.v AS SELECT 1 AS a; CREATE UNIQUE INDEX i ON app.v (a);",
      sql: "REFRESH MATERIALIZED VIEW CONCURRENTLY app.v;",
    },
    {
      before: "CREATE MATERIALIZED VIEW app.v AS SELECT 1 AS a;",
      sql: "REFRESH MATERIALIZED VIEW app.v;",
    },
    "REFRESH MATERIALIZED VIEW CONCURRENTLY app.unknown;",
    {
      before:
        "CREATE MATERIALIZED VIEW app.v AS SELECT 1 AS a; DO $$ DECLARE t text := 'v'; BEGIN EXECUTE format('CREATE UNIQUE INDEX i ON app.%I (a)', t); END $$;",
      sql: "REFRESH MATERIALIZED VIEW CONCURRENTLY app.v;",
    },
  ],
  on: {
    "refresh-view": (action, { report, catalog }) => {
      const view = action.concurrent && runs(action) ? catalog.table(action.view) : undefined;
      if (view === undefined || catalog.isPartial || catalog.opaque.has("create-index")) return;
      const fits = [...view.indexes.values()].some(
        (i) => i.unique && !i.partial && i.parts.every((p) => p.column !== undefined),
      );
      if (!fits)
        report(
          action,
          `${shown(action.view)} has no unique index at this point, so the server refuses this.`,
        );
    },
  },
});
