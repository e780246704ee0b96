// A policy is no open door.
import { rule, shown } from "../rule.ts";

export default rule({
  id: "policy-restricts",
  family: "security",
  severity: "warning",
  presets: ["recommended"],
  summary: "A policy is not always true",
  why: "USING (true) lets every row through: row level security is on and does nothing.",
  instead: "Say which rows; for roles that may see all, use BYPASSRLS or a policy TO that role.",
  bad: ["CREATE POLICY p ON app.a USING (true);"],
  good: [
    "CREATE POLICY p ON app.a USING (owner = current_user);",
    "CREATE POLICY p ON app.a AS RESTRICTIVE USING (true);",
  ],
  on: {
    "create-policy": (action, { report }) => {
      if (action.alwaysTrue && action.permissive)
        report(action, `The policy ${action.name} on ${shown(action.table)} lets every row through.`);
    },
  },
});
