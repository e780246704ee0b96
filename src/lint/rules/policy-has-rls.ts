// Policies need row level security to be on.
import { after, type Edits, fixInFile, mentions, statementAt, writtenName } from "../edits.ts";
import type { ModelTable } from "../model.ts";
import { rule, type Script } from "../rule.ts";
import { fullName } from "../shapes.ts";

function enabled(script: Script | undefined, table: ModelTable): Edits {
  const { text, statements } = script ?? { text: "", statements: [] };
  const span = statementAt(statements, table.origin.start);
  // In a body, or of another name by now: by hand.
  if (span?.start !== table.origin.start || mentions(text.slice(span.start, span.end), table.name) === 0)
    return undefined;
  return after(text, span, `ALTER TABLE ${writtenName(table)} ENABLE ROW LEVEL SECURITY;`);
}

export default rule({
  id: "policy-has-rls",
  family: "security",
  severity: "error",
  presets: ["recommended"],
  summary: "A table with policies has row level security enabled",
  why: "A policy does nothing until row level security is enabled for the table.",
  instead: "ALTER TABLE ... ENABLE ROW LEVEL SECURITY.",
  bad: [
    {
      sql: "CREATE TABLE app.a (b int);\nCREATE POLICY p ON app.a USING (b > 0);",
      fixed:
        "CREATE TABLE app.a (b int);\nALTER TABLE app.a ENABLE ROW LEVEL SECURITY;\nCREATE POLICY p ON app.a USING (b > 0);",
      differs: ["+ row security of app.a"],
    },
    "CREATE TABLE app.b (b int); CREATE POLICY p ON app.b USING (b > 0); ALTER TABLE app.b RENAME TO a;",
    "DO $$ BEGIN CREATE TABLE app.a (b int); END $$; CREATE POLICY p ON app.a USING (b > 0);",
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "SELECT 1;\nCREATE POLICY p ON app.a USING (b > 0);",
      line: 2,
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (b int); ALTER TABLE app.a ENABLE ROW LEVEL SECURITY;",
      sql: "CREATE POLICY p ON app.a USING (b > 0);",
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE POLICY p ON app.a USING (b > 0);",
      sql: "SELECT 1;",
    },
    "CREATE TABLE app.a (b int); CREATE POLICY p ON app.a USING (b > 0); DO $$ BEGIN EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY', 'a'); END $$;",

    "CREATE TABLE app.a (b int); CREATE POLICY p ON app.a USING (b > 0); ALTER TABLE app.a ENABLE ROW LEVEL SECURITY;",
    "CREATE TABLE app.a (b int);",
  ],
  fix: {
    gives: "other",
    note: "The policies hold from then on: who they do not let through sees no rows, the owner apart.",
  },
  end: ({ catalog, madeTables, isJudged, report, scriptOf }) => {
    if (catalog.opaque.has("row-security") || catalog.isPartial) return;
    for (const table of catalog.tables.values()) {
      const policy = [...table.policies.values()].find(isJudged);
      if (table.rowSecurity || policy === undefined || isJudged(table.origin)) continue;
      report(
        policy.file,
        policy,
        `${fullName(table)} has policies from here on, but row level security is not enabled.`,
      );
    }
    for (const table of madeTables())
      if (!table.rowSecurity && table.policies.size > 0)
        report(
          table.origin.file,
          table.origin,
          `${fullName(table)} has policies, but row level security is not enabled.`,
          fixInFile(enabled(scriptOf(table.origin.file), table)),
        );
  },
});
