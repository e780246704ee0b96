// IF NOT EXISTS does not take the invalid index of a failed build for a good one.
import { rule } from "../rule.ts";
import { isDroppedBefore, runs } from "../shapes.ts";

export default rule({
  id: "invalid-index-dropped",
  family: "tx",
  severity: "warning",
  presets: ["recommended"],
  summary: "A concurrent build first drops what a failed one left",
  why: "A CREATE INDEX CONCURRENTLY that fails leaves an invalid index behind. With IF NOT EXISTS the second run finds the name, builds nothing and reports success, and no query ever uses the index.",
  instead: "Write DROP INDEX CONCURRENTLY IF EXISTS before it.",
  bad: [
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_a_b ON app.a (b);",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON app.a (b); DROP INDEX IF EXISTS app.i;",
  ],
  good: [
    "DROP INDEX CONCURRENTLY IF EXISTS app.idx_a_b; CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_a_b ON app.a (b);",
    "CREATE INDEX CONCURRENTLY idx_a_b ON app.a (b);",
    "CREATE INDEX IF NOT EXISTS idx_a_b ON app.a (b);",
  ],
  on: {
    "create-index": (action, { file, report }) => {
      if (!action.concurrent || !action.ifNotExists || !runs(action)) return;
      if (isDroppedBefore(file.actions, action)) return;
      report(
        action,
        `After a failed build the second run takes the invalid index ${action.name ?? ""} for a good one.`,
      );
    },
  },
});
