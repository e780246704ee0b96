// Memberships are not handed on.
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
  bad: ["GRANT r TO s WITH ADMIN OPTION;"],
  good: ["GRANT r TO s;", "REVOKE ADMIN OPTION FOR r FROM alice;"],
  on: {
    "grant-role": (action, { report }) => {
      if (action.isGrant && action.adminOption) report(action, "The new members may make others members.");
    },
  },
});
