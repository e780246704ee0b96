// Rights are given elsewhere, or knowingly.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-grant",
  family: "security",
  aliases: ["rg07"],
  severity: "info",
  presets: ["flyway"],
  summary: "Rights are given knowingly",
  why: "Who may do what differs between environments, and a GRANT in an old file is never looked at again.",
  instead:
    "Keep rights in one repeatable file that states them all, or say who decided in a comment that ignores this rule.",
  bad: ["GRANT SELECT ON app.a TO reader;", "GRANT writer TO alice;"],
  good: [
    "REVOKE SELECT ON app.a FROM reader;",
    { files: { "R__grants.sql": "GRANT SELECT ON app.a TO reader;" } },
    "ALTER TABLE app.a ADD COLUMN b int;",
  ],
  kinds: ["grant", "grant-role"],
  each: (action, { report, file }) => {
    if (action.kind !== "grant" && action.kind !== "grant-role") return;
    if (action.isGrant && runs(action) && file.source.kind !== "repeatable")
      report(action, "GRANT in a versioned file is applied once and never looked at again.");
  },
});
