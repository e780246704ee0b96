// REINDEX without stopping the table's writers.
import type { Action } from "../../tree/action.ts";
import { concurrently } from "../alone.ts";
import { type Edits, fixOf, insertion } from "../edits.ts";
import { type RuleContext, rule, shown } from "../rule.ts";
import { behind, runs } from "../shapes.ts";

function concurrentReindex(action: Action, { catalog, file }: RuleContext): Edits {
  if (action.kind !== "reindex" || action.object === undefined) return undefined;
  const table =
    action.target === "index" ? catalog.index(action.object)?.table : catalog.table(action.object);
  // What serves an exclusion constraint is passed over by CONCURRENTLY.
  if (table === undefined || [...table.constraints.values()].some((c) => c.type === "exclude"))
    return undefined;
  const at = behind(file.script, action.start, /reindex\s*(?:\(\s*verbose\s*\)\s*)?(?:table|index)\s+/i);
  return at === undefined ? undefined : insertion(at, "CONCURRENTLY ");
}

export default rule({
  id: "reindex-concurrently",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "REINDEX is written with CONCURRENTLY",
  lock: "SHARE",
  why: "REINDEX holds SHARE on the table and ACCESS EXCLUSIVE on the index while it builds: writes wait, and reads that would use the index too.",
  instead: "REINDEX TABLE CONCURRENTLY or REINDEX INDEX CONCURRENTLY, in a file of its own.",
  bad: [
    {
      before: "CREATE TABLE app.a (id int PRIMARY KEY);",
      sql: "REINDEX TABLE app.a;",
      fixed: "REINDEX TABLE CONCURRENTLY app.a;",
    },
    {
      before: "CREATE TABLE app.a (id int); CREATE INDEX i ON app.a (id);",
      sql: "REINDEX (VERBOSE) INDEX app.i;",
      fixed: "REINDEX (VERBOSE) INDEX CONCURRENTLY app.i;",
    },
    "REINDEX INDEX app.unknown;",
    "REINDEX DATABASE d;",
    {
      before: "CREATE TABLE app.a (t tsrange, CONSTRAINT e EXCLUDE USING gist (t WITH &&));",
      sql: "REINDEX TABLE app.a;",
    },
  ],
  good: [
    { before: "CREATE TABLE app.a (id int PRIMARY KEY);", sql: "REINDEX TABLE CONCURRENTLY app.a;" },
    {
      before: "CREATE TABLE app.a (id int); CREATE INDEX i ON app.a (id);",
      sql: "REINDEX (CONCURRENTLY) INDEX app.i;",
      pg: 14,
    },
  ],
  fix: {
    gives: "same",
    note: "Only for a table or an index that the files make, in a file that has nothing but such statements, since it then runs without a transaction.",
    isFirst: true,
  },
  on: {
    reindex: (action, context) => {
      const { report } = context;
      if (action.concurrent || !runs(action)) return;
      report(
        action,
        `REINDEX ${action.object === undefined ? action.target.toUpperCase() : shown(action.object)} stops all writes while it builds.`,
        fixOf(
          action,
          concurrently(context, (one) => concurrentReindex(one, context)),
        ),
      );
    },
  },
});
