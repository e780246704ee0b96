// CREATE INDEX carries IF NOT EXISTS.
import { rule } from "../rule.ts";
import { behind, isDroppedBefore, isGuarded, runs, words } from "../shapes.ts";

export default rule({
  id: "create-index-if-not-exists",
  family: "guide",
  severity: "warning",
  presets: ["guide"],
  summary: "CREATE INDEX is written with IF NOT EXISTS",
  clause: "Creating Index: CREATE INDEX IF NOT EXISTS",
  why: "A file that is run a second time stops at the first index that is there already.",
  instead: "Write CREATE INDEX IF NOT EXISTS and give the index a name.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "CREATE INDEX idx_a_b ON app.a (b);",
      fixed: "CREATE INDEX IF NOT EXISTS idx_a_b ON app.a (b);",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "CREATE UNIQUE INDEX CONCURRENTLY idx_a_b ON app.a (b);",
      fixed: "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS idx_a_b ON app.a (b);",
    },
    "CREATE INDEX ON app.a (b);",
  ],
  good: [
    "CREATE INDEX IF NOT EXISTS idx_a_b ON app.a (b);",
    "DROP INDEX CONCURRENTLY IF EXISTS app.idx_a_b; CREATE INDEX CONCURRENTLY idx_a_b ON app.a (b);",
    "DO $$ BEGIN CREATE INDEX i ON app.a (b); EXCEPTION WHEN duplicate_table THEN NULL; END $$;",
  ],
  fix: { gives: "same" },
  on: {
    "create-index": (action, { report, file }) => {
      if (action.ifNotExists || !runs(action) || isGuarded(action.inside)) return;
      if (isDroppedBefore(file.actions, action)) return;
      const pattern = action.concurrent
        ? words("create(?:\\s+unique)?", "index", "concurrently")
        : words("create(?:\\s+unique)?", "index");
      const at = action.name === undefined ? undefined : behind(file.script, action.start, pattern);
      report(
        action,
        `CREATE INDEX ${action.name ?? "without a name"} fails when the index is there already.`,
        {
          ...(at === undefined ? {} : { fix: [{ start: at, end: at, text: "IF NOT EXISTS " }] }),
        },
      );
    },
  },
});
