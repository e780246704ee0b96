// Passwords are not in files.
import { rule } from "../rule.ts";

export default rule({
  id: "no-password",
  family: "security",
  aliases: ["rx002"],
  severity: "error",
  presets: ["recommended", "flyway"],
  summary: "No password in a migration",
  why: "It is in git for ever, in the server's log, and the same everywhere.",
  instead: "Set it where secrets are kept.",
  bad: ["CREATE ROLE r LOGIN PASSWORD 'x';", "ALTER ROLE r PASSWORD 'x';"],
  good: ["CREATE ROLE r LOGIN;", "ALTER ROLE r PASSWORD NULL;"],
  on: {
    role: (action, { report }) => {
      if (action.password) report(action, `The password of ${action.name} stands in the file.`);
    },
  },
});
