// Rights are not handed on.
import { rule } from "../rule.ts";

export default rule({
  id: "no-grant-option",
  family: "security",
  aliases: ["rx006"],
  severity: "warning",
  presets: ["recommended", "flyway"],
  summary: "No WITH GRANT OPTION",
  why: "Who has what can then no longer be read from the migrations.",
  instead: "Leave it out.",
  bad: ["GRANT SELECT ON app.a TO r WITH GRANT OPTION;"],
  good: ["GRANT SELECT ON app.a TO r;", "REVOKE GRANT OPTION FOR SELECT ON app.a FROM alice;"],
  on: {
    grant: (action, { report }) => {
      if (action.isGrant && action.grantOption)
        report(action, "The receivers may grant this right to others.");
    },
  },
});
