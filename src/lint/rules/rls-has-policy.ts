// Row level security has policies.
import { rule } from "../rule.ts";
import { fullName } from "../shapes.ts";

export default rule({
  id: "rls-has-policy",
  family: "security",
  severity: "warning",
  presets: ["recommended"],
  summary: "A table with row level security has a policy",
  why: "Without a policy nobody but the owner sees a row.",
  instead: "CREATE POLICY in the same file.",
  bad: ["CREATE TABLE app.a (b int); ALTER TABLE app.a ENABLE ROW LEVEL SECURITY;"],
  good: [
    "CREATE TABLE app.a (b int); ALTER TABLE app.a ENABLE ROW LEVEL SECURITY; DO $$ BEGIN EXECUTE format('CREATE POLICY p ON app.%I USING (true)', 'a'); END $$;",

    "CREATE TABLE app.a (b int); ALTER TABLE app.a ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON app.a USING (b > 0);",
    "CREATE TABLE app.a (b int);",
  ],
  end: ({ catalog, madeTables, report }) => {
    if (catalog.opaque.has("create-policy")) return;
    for (const table of madeTables())
      if (table.rowSecurity && table.policies.size === 0)
        report(table.origin.file, table.origin, `${fullName(table)} has row level security but no policy.`);
  },
});
