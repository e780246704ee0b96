// Memberships are not handed on.
import { fixOf, withoutOption } from "../edits.ts";
import { rule } from "../rule.ts";

export default rule({
  id: "no-admin-option",
  family: "security",
  aliases: ["rx007"],
  severity: "warning",
  presets: ["recommended", "flyway"],
  summary: "No WITH ADMIN OPTION",
  why: "Who is a member of what can then no longer be read from the migrations.",
  instead: "Leave it out.",
  bad: [{ sql: "GRANT r TO s WITH ADMIN OPTION;", fixed: "GRANT r TO s;" }],
  good: ["GRANT r TO s;", "REVOKE ADMIN OPTION FOR r FROM alice;"],
  fix: { gives: "other", note: "The membership itself stays; the new members may not make others members." },
  on: {
    "grant-role": (action, { report, file }) => {
      if (action.isGrant && action.adminOption)
        report(
          action,
          "The new members may make others members.",
          fixOf(action, withoutOption(file.script, action, "admin")),
        );
    },
  },
});
