// The primary key of a table in use is not dropped without another one.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-drop-primary-key",
  family: "break",
  severity: "error",
  presets: ["recommended"],
  summary: "A primary key is not dropped without a new one",
  lock: "ACCESS EXCLUSIVE",
  why: "The primary key is the replica identity: without it, UPDATE and DELETE of a published table are refused. Duplicate rows and NULLs can come in, and foreign keys and ON CONFLICT lose what they point at.",
  instead:
    "Build the new unique index concurrently; then drop the old key and add the new one USING INDEX in the same ALTER TABLE.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int CONSTRAINT k PRIMARY KEY);",
      sql: "ALTER TABLE app.a DROP CONSTRAINT k;",
    },
    "ALTER TABLE app.unknown DROP CONSTRAINT IF EXISTS unknown_pkey;",
    {
      before: "CREATE TABLE app.a (b int CONSTRAINT k PRIMARY KEY); CREATE TABLE app.c (b int NOT NULL);",
      sql: "ALTER TABLE app.a DROP CONSTRAINT k; ALTER TABLE app.c ADD PRIMARY KEY (b);",
    },
    {
      before: "CREATE TABLE app.a (b int CONSTRAINT k PRIMARY KEY, c int);",
      sql: "ALTER TABLE app.a DROP CONSTRAINT k, ADD CONSTRAINT u UNIQUE (c), ADD COLUMN d int;",
    },
    {
      before: "CREATE TABLE app.a (b int CONSTRAINT k PRIMARY KEY);",
      sql: "ALTER TABLE app.a DROP CONSTRAINT k; CREATE INDEX i ON app.a (b);",
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b int CONSTRAINT k PRIMARY KEY); CREATE UNIQUE INDEX n ON app.a (b);",
      sql: "ALTER TABLE app.a DROP CONSTRAINT k, ADD CONSTRAINT k PRIMARY KEY USING INDEX n;",
    },
    {
      before: "CREATE TABLE app.a (b int CONSTRAINT k UNIQUE);",
      sql: "ALTER TABLE app.a DROP CONSTRAINT k;",
    },
    {
      before: "CREATE TABLE app.a (b int CONSTRAINT k PRIMARY KEY);",
      sql: "ALTER TABLE app.a DROP CONSTRAINT k; ALTER TABLE app.a ADD COLUMN c serial PRIMARY KEY;",
    },
    "CREATE TABLE app.a (b int PRIMARY KEY); ALTER TABLE app.a DROP CONSTRAINT a_pkey;",
  ],
  on: {
    "drop-constraint": (action, { catalog, file, isBusy, report }) => {
      if (!runs(action) || !isBusy(action.table)) return;
      const known = catalog.table(action.table)?.constraints.get(action.name)?.type;
      if (known === undefined ? !action.name.endsWith("_pkey") : known !== "primary") return;
      const names = new Set([action.table.name]);
      const again = file.actions.some((a) => {
        if (a.start <= action.start) return false;
        if (a.kind === "rename" && a.part === undefined && names.has(a.object.name)) names.add(a.to);
        const isKey =
          (a.kind === "add-constraint" && a.constraint.type === "primary") ||
          (a.kind === "add-column" && a.column.constraints.some((c) => c.type === "primary"));
        return isKey && names.has(a.table.name);
      });
      if (!again) report(action, `${shown(action.table)} is left without a primary key.`);
    },
  },
});
