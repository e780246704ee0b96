// Rights are not handed on.
import { fixOf, withoutOption } from "../edits.ts";
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
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "GRANT SELECT ON app.a TO pg_monitor WITH GRANT OPTION;",
      fixed: "GRANT SELECT ON app.a TO pg_monitor;",
      differs: [
        "- relation r app.a owner postgres p {postgres=arwdDxt/postgres,pg_monitor=r*/postgres}",
        "+ relation r app.a owner postgres p {postgres=arwdDxt/postgres,pg_monitor=r/postgres}",
      ],
    },
    {
      sql: "GRANT SELECT ON app.unknown TO pg_monitor WITH GRANT OPTION;",
      fixed: "GRANT SELECT ON app.unknown TO pg_monitor;",
      differs: [
        "- relation r app.unknown owner postgres p {postgres=arwdDxt/postgres,pg_monitor=r*/postgres}",
        "+ relation r app.unknown owner postgres p {postgres=arwdDxt/postgres,pg_monitor=r/postgres}",
      ],
    },
  ],
  good: ["GRANT SELECT ON app.a TO r;", "REVOKE GRANT OPTION FOR SELECT ON app.a FROM alice;"],
  fix: { gives: "other", note: "The right itself stays; its receivers may not hand it on." },
  on: {
    grant: (action, { report, file }) => {
      if (action.isGrant && action.grantOption)
        report(
          action,
          "The receivers may grant this right to others.",
          fixOf(action, withoutOption(file.script, action, "grant")),
        );
    },
  },
});
