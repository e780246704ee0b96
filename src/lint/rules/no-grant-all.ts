// Rights are named.
import { rule } from "../rule.ts";

export default rule({
  id: "no-grant-all",
  family: "security",
  aliases: ["rx009"],
  severity: "info",
  presets: ["flyway"],
  summary: "No GRANT ALL",
  why: "ALL is more than anybody needs, and more with each version of PostgreSQL.",
  instead: "GRANT SELECT, INSERT, UPDATE, DELETE ...",
  bad: ["GRANT ALL ON app.a TO writer;"],
  good: ["GRANT SELECT ON app.a TO reader;", "REVOKE ALL ON app.a FROM alice;"],
  on: {
    grant: (action, { report }) => {
      if (action.isGrant && action.all) report(action, "This grants every right there is.");
    },
  },
});
