// Row level security has policies.
import { rule } from "../rule.ts";
import { fullName, runs } from "../shapes.ts";
import type { Project } from "../source.ts";

interface Enabled {
  readonly key: string;
  readonly start: number;
}

/** Where files switch it on for tables in use; the policies may come in a later file. */
const ENABLED = new WeakMap<Project, Map<string, readonly Enabled[]>>();

export default rule({
  id: "rls-has-policy",
  family: "security",
  severity: "warning",
  presets: ["recommended"],
  summary: "A table with row level security has a policy",
  why: "Without a policy nobody but the owner sees a row.",
  instead: "CREATE POLICY in the same file.",
  bad: [
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ENABLE ROW LEVEL SECURITY;",
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "SELECT 1;\nALTER TABLE app.a ENABLE ROW LEVEL SECURITY;",
      line: 2,
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b int); CREATE POLICY p ON app.a USING (b > 0);",
      sql: "ALTER TABLE app.a ENABLE ROW LEVEL SECURITY;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ENABLE ROW LEVEL SECURITY; ALTER TABLE app.a DISABLE ROW LEVEL SECURITY;",
    },
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ENABLE ROW LEVEL SECURITY; DO $$ BEGIN EXECUTE format('CREATE POLICY p ON app.%I USING (true)', 'a'); END $$;",

    "CREATE TABLE app.a (b int); ALTER TABLE app.a ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON app.a USING (b > 0);",
    "CREATE TABLE app.a (b int);",
  ],
  file: ({ file, project, catalog, isBusy }) => {
    const tables = file
      .actionsOf("row-security")
      .filter((a) => a.mode === "enable" && runs(a) && isBusy(a.table))
      .map(({ table, start }) => ({ key: catalog.tableKey(table), start }));
    if (tables.length === 0) return;
    const known = ENABLED.get(project) ?? new Map<string, readonly Enabled[]>();
    ENABLED.set(project, known.set(file.source.path, tables));
  },
  end: ({ catalog, project, madeTables, isJudged, report }) => {
    if (catalog.opaque.has("create-policy")) return;
    for (const [path, tables] of ENABLED.get(project) ?? [])
      for (const { key, start } of tables) {
        const table = catalog.tables.get(key);
        if (table === undefined || catalog.isPartial || isJudged(table.origin)) continue;
        if (table.rowSecurity && table.policies.size === 0)
          report(path, { start }, `${fullName(table)} gets row level security, but has no policy.`);
      }
    for (const table of madeTables())
      if (table.rowSecurity && table.policies.size === 0)
        report(table.origin.file, table.origin, `${fullName(table)} has row level security but no policy.`);
  },
});
