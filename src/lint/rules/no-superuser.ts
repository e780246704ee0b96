// Migrations make no superusers.
import { rule } from "../rule.ts";

export default rule({
  id: "no-superuser",
  family: "security",
  severity: "error",
  presets: ["recommended"],
  summary: "No role becomes a superuser",
  why: "A superuser passes every check of the server.",
  instead: "Grant what is needed.",
  bad: ["CREATE ROLE r SUPERUSER;", "ALTER ROLE r SUPERUSER;"],
  good: ["CREATE ROLE r NOSUPERUSER;"],
  on: {
    role: (action, { report }) => {
      if (action.superuser) report(action, `${action.name} becomes a superuser.`);
    },
  },
});
