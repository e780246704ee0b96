// Policies need row level security to be on.
import { rule } from "../rule.ts";
import { fullName } from "../shapes.ts";

export default rule({
  id: "policy-has-rls",
  family: "security",
  severity: "error",
  presets: ["recommended"],
  summary: "A table with policies has row level security enabled",
  why: "A policy does nothing until row level security is enabled for the table.",
  instead: "ALTER TABLE ... ENABLE ROW LEVEL SECURITY.",
  bad: ["CREATE TABLE app.a (b int); CREATE POLICY p ON app.a USING (b > 0);"],
  good: [
    "CREATE TABLE app.a (b int); CREATE POLICY p ON app.a USING (b > 0); DO $$ BEGIN EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY', 'a'); END $$;",

    "CREATE TABLE app.a (b int); CREATE POLICY p ON app.a USING (b > 0); ALTER TABLE app.a ENABLE ROW LEVEL SECURITY;",
    "CREATE TABLE app.a (b int);",
  ],
  end: ({ catalog, madeTables, report }) => {
    if (catalog.opaque.has("row-security")) return;
    for (const table of madeTables())
      if (!table.rowSecurity && table.policies.size > 0)
        report(
          table.origin.file,
          table.origin,
          `${fullName(table)} has policies, but row level security is not enabled.`,
        );
  },
});
