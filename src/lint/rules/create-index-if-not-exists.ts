// CREATE INDEX carries IF NOT EXISTS.
import type { ActionNamed } from "../../tree/action.ts";
import { before, type Edits, fixOf, insertion, spansOf, wholeStatement, writtenName } from "../edits.ts";
import { type RuleContext, rule } from "../rule.ts";
import { behind, isDroppedBefore, isGuarded, runs, words } from "../shapes.ts";

function ifNotExists({ name, start }: ActionNamed<"create-index">, script: string): Edits {
  const at = name === undefined ? undefined : behind(script, start, words("create(?:\\s+unique)?", "index"));
  return at === undefined ? undefined : insertion(at, "IF NOT EXISTS ");
}

/** IF NOT EXISTS would take the invalid index of a failed build for a good one. */
function dropFirst(action: ActionNamed<"create-index">, { catalog, file }: RuleContext): Edits {
  const span = wholeStatement(action, file);
  const schema = action.table.schema ?? catalog.table(action.table)?.schema;
  if (span === undefined || schema === undefined || action.name === undefined) return undefined;
  const name = writtenName({ schema, name: action.name });
  return before(file.script, span, spansOf(file), `DROP INDEX CONCURRENTLY IF EXISTS ${name};`);
}

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
      fixed:
        "DROP INDEX CONCURRENTLY IF EXISTS app.idx_a_b;\nCREATE UNIQUE INDEX CONCURRENTLY idx_a_b ON app.a (b);",
    },
    "CREATE INDEX ON app.a (b);",
  ],
  good: [
    "CREATE INDEX IF NOT EXISTS idx_a_b ON app.a (b);",
    "DROP INDEX CONCURRENTLY IF EXISTS app.idx_a_b; CREATE INDEX CONCURRENTLY idx_a_b ON app.a (b);",
    "DO $$ BEGIN CREATE INDEX i ON app.a (b); EXCEPTION WHEN duplicate_table THEN NULL; END $$;",
  ],
  fix: {
    gives: "same",
    note: "An index that is built concurrently is dropped first, in case an earlier build has failed.",
  },
  on: {
    "create-index": (action, context) => {
      const { report, file } = context;
      if (action.ifNotExists || !runs(action) || isGuarded(action.inside)) return;
      if (isDroppedBefore(file.actions, action)) return;
      report(
        action,
        `CREATE INDEX ${action.name ?? "without a name"} fails when the index is there already.`,
        fixOf(action, action.concurrent ? dropFirst(action, context) : ifNotExists(action, file.script)),
      );
    },
  },
});
