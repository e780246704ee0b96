// Rights go to roles by name.
import { rule } from "../rule.ts";

export default rule({
  id: "no-grant-to-public",
  family: "security",
  aliases: ["rx005", "rg12"],
  severity: "warning",
  presets: ["recommended", "flyway"],
  summary: "Nothing is granted to PUBLIC",
  why: "PUBLIC is every role there is and every one there will be.",
  instead: "Grant to the role that needs it.",
  bad: ["GRANT SELECT ON app.a TO PUBLIC;"],
  good: ["GRANT SELECT ON app.a TO reader;", "REVOKE ALL ON app.a FROM PUBLIC;"],
  on: {
    grant: (action, { report }) => {
      if (action.isGrant && action.toPublic) report(action, "This grants a right to every role.");
    },
  },
});
