// An index of a table in use is dropped without stopping it.
import type { Action } from "../../tree/action.ts";
import { concurrently } from "../alone.ts";
import { type Edits, fixOf, insertion } from "../edits.ts";
import { type RuleContext, rule, shown } from "../rule.ts";
import { behind, fullName, named, runs, words } from "../shapes.ts";

function concurrentDrop(action: Action, { catalog, file }: RuleContext): Edits {
  if (action.kind !== "drop" || action.objectKind !== "index" || action.cascade) return undefined;
  const found = catalog.index(action.object);
  if (found === undefined || found.table.partitionBy !== undefined || found.index.constraint !== undefined)
    return undefined;
  const at = behind(file.script, action.start, words("drop", "index"));
  return at === undefined ? undefined : insertion(at, "CONCURRENTLY ");
}

export default rule({
  id: "drop-index-concurrently",
  family: "lock",
  severity: "warning",
  presets: ["recommended"],
  summary: "An index of a table in use is dropped concurrently",
  lock: "ACCESS EXCLUSIVE",
  why: "DROP INDEX takes ACCESS EXCLUSIVE on the table. It is short, but it waits behind every running query, and everything else waits behind it.",
  instead: "DROP INDEX CONCURRENTLY, in a file of its own.",
  bad: [
    {
      before: "CREATE TABLE app.a (id int); CREATE INDEX i ON app.a (id);",
      sql: "DROP INDEX app.i;",
      fixed: "DROP INDEX CONCURRENTLY app.i;",
    },
    {
      before: "CREATE TABLE app.a (id int); CREATE INDEX i ON app.a (id);",
      sql: "DROP INDEX IF EXISTS app.i; SELECT 1;",
    },
    {
      before: "CREATE TABLE app.a (id int); CREATE INDEX i ON app.a (id);",
      sql: "DROP INDEX app.i CASCADE;",
    },
    {
      before: "CREATE TABLE app.p (id int) PARTITION BY RANGE (id); CREATE INDEX i ON app.p (id);",
      sql: "DROP INDEX app.i;",
    },
    "DROP INDEX app.unknown;",
  ],
  good: [
    {
      before: "CREATE TABLE app.a (id int); CREATE INDEX i ON app.a (id);",
      sql: "DROP INDEX CONCURRENTLY app.i;",
    },
    "CREATE TABLE app.a (id int); CREATE INDEX i ON app.a (id); DROP INDEX app.i;",
  ],
  fix: {
    gives: "same",
    note: "Only where the file has nothing but such statements, since it then runs without a transaction.",
    isFirst: true,
  },
  on: {
    drop: (action, context) => {
      const { isBusy, report, catalog } = context;
      if (action.objectKind !== "index" || action.concurrent || !runs(action)) return;
      const found = catalog.index(action.object);
      if (found === undefined ? action.ifExists : !isBusy(named(found.table.schema, found.table.name)))
        return;
      const table = found === undefined ? "its table" : fullName(found.table);
      report(
        { start: action.object.start },
        `DROP INDEX ${shown(action.object)} locks ${table} in ACCESS EXCLUSIVE mode: all reads and writes wait.`,
        found?.table.partitionBy === undefined
          ? fixOf(
              action,
              concurrently(context, (one) => concurrentDrop(one, context)),
            )
          : {
              help: "The index of a partitioned table cannot be dropped CONCURRENTLY: set lock_timeout and try again.",
            },
      );
    },
  },
});
