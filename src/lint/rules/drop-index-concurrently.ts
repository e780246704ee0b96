// An index of a table in use is dropped without stopping it.
import { rule, shown } from "../rule.ts";
import { fullName, named, runs } from "../shapes.ts";

export default rule({
  id: "drop-index-concurrently",
  family: "lock",
  severity: "warning",
  presets: ["recommended"],
  summary: "An index of a table in use is dropped concurrently",
  lock: "ACCESS EXCLUSIVE",
  why: "DROP INDEX takes ACCESS EXCLUSIVE on the table. It is short, but it waits behind every running query, and everything else waits behind it.",
  instead: "DROP INDEX CONCURRENTLY, in a file of its own.",
  bad: [{ before: "CREATE TABLE app.a (id int); CREATE INDEX i ON app.a (id);", sql: "DROP INDEX app.i;" }],
  good: [
    {
      before: "CREATE TABLE app.a (id int); CREATE INDEX i ON app.a (id);",
      sql: "DROP INDEX CONCURRENTLY app.i;",
    },
    "CREATE TABLE app.a (id int); CREATE INDEX i ON app.a (id); DROP INDEX app.i;",
  ],
  on: {
    drop: (action, { isBusy, report, catalog }) => {
      if (action.objectKind !== "index" || action.concurrent || !runs(action)) return;
      const found = catalog.index(action.object);
      if (found === undefined ? action.ifExists : !isBusy(named(found.table.schema, found.table.name)))
        return;
      const table = found === undefined ? "its table" : fullName(found.table);
      report(
        { start: action.object.start },
        `DROP INDEX ${shown(action.object)} locks ${table} in ACCESS EXCLUSIVE mode: all reads and writes wait.`,
      );
    },
  },
});
