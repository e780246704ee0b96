// SET NOT NULL on a table in use finds a validated CHECK, so that it need not read the table.
import { isProvenNotNull } from "../locks.ts";
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "set-not-null-proven",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "SET NOT NULL comes after a validated CHECK",
  lock: "ACCESS EXCLUSIVE",
  why: "SET NOT NULL reads all rows while it holds ACCESS EXCLUSIVE: all reads and writes wait. A valid CHECK (column IS NOT NULL) spares the reading.",
  instead:
    "ADD CONSTRAINT ... CHECK (column IS NOT NULL) NOT VALID; in the next file VALIDATE CONSTRAINT; in the next SET NOT NULL and drop the CHECK. From PostgreSQL 18 on: ADD CONSTRAINT ... NOT NULL column NOT VALID, then validate it.",
  bad: [
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ALTER COLUMN b SET NOT NULL;" },
    {
      before:
        "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID;",
      sql: "ALTER TABLE app.a ALTER b SET NOT NULL;",
    },
    {
      before: "ALTER TABLE app.unknown ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID;",
      sql: "ALTER TABLE app.unknown ALTER b SET NOT NULL;",
    },
  ],
  good: [
    {
      before:
        "CREATE TABLE app.a (b int); ALTER TABLE app.a ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID; ALTER TABLE app.a VALIDATE CONSTRAINT c;",
      sql: "ALTER TABLE app.a ALTER b SET NOT NULL;",
    },
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ALTER b SET NOT NULL;",
    {
      before:
        "ALTER TABLE app.unknown ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID; ALTER TABLE app.unknown VALIDATE CONSTRAINT c;",
      sql: "ALTER TABLE app.unknown ALTER b SET NOT NULL;",
    },
    { before: "CREATE TABLE app.a (b int NOT NULL);", sql: "ALTER TABLE app.a ALTER b SET NOT NULL;" },
  ],
  on: {
    "set-not-null": (action, { isBusy, report, catalog }) => {
      if (!runs(action) || !isBusy(action.table) || isProvenNotNull(catalog, action.table, action.column))
        return;
      report(
        action,
        `SET NOT NULL reads all of ${shown(action.table)} while it holds ACCESS EXCLUSIVE: all reads and writes wait.`,
      );
    },
  },
});
