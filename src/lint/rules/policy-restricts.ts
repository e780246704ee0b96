// A policy is no open door.
import type { Action } from "../../tree/action.ts";
import { isWord, tokensFrom, wordIn } from "../edits.ts";
import { rule, shown } from "../rule.ts";

/** TO somebody, and not TO PUBLIC. */
function isForRoles(action: Action, script: string): boolean {
  const to = wordIn(script, action, "TO");
  if (to === undefined) return false;
  for (const token of tokensFrom(script, to.end, action.end)) {
    if (isWord(token, "USING") || isWord(token, "WITH")) break;
    if (isWord(token, "PUBLIC")) return false;
  }
  return true;
}

export default rule({
  id: "policy-restricts",
  family: "security",
  severity: "warning",
  presets: ["recommended"],
  summary: "A policy is not always true",
  why: "USING (true) lets every row through: row level security is on and does nothing.",
  instead: "Say which rows; for roles that may see all, use BYPASSRLS or a policy TO that role.",
  bad: [
    "CREATE POLICY p ON app.a USING (true);",
    "CREATE POLICY p ON app.a TO pg_monitor, PUBLIC USING (true);",
    "CREATE POLICY p ON app.a FOR UPDATE USING (owner = current_user) WITH CHECK (true);",
  ],
  good: [
    "CREATE POLICY p ON app.a USING (owner = current_user);",
    "CREATE POLICY p ON app.a AS RESTRICTIVE USING (true);",
    "CREATE POLICY p ON app.a TO pg_monitor USING (true);",
  ],
  on: {
    "create-policy": (action, { report, file }) => {
      if (!action.alwaysTrue || !action.permissive || isForRoles(action, file.script)) return;
      const isOpen = /\busing\s*\(\s*true\s*\)/i.test(file.script.slice(action.start, action.end));
      report(
        action,
        `The policy ${action.name} on ${shown(action.table)} lets every ${isOpen ? "row through" : "new or changed row in"}.`,
      );
    },
  },
});
