// Rights are named.
import type { ActionNamed } from "../../tree/action.ts";
import { type Edits, fixOf, replacement } from "../edits.ts";
import { rule } from "../rule.ts";
import { behind } from "../shapes.ts";

function namedRights({ objectKind, start }: ActionNamed<"grant">, script: string): Edits {
  const end = behind(script, start, /grant\s+all(?:\s+privileges)?(?=\s+on\b)/i);
  return end === undefined || objectKind !== "table"
    ? undefined
    : replacement({ start, end }, "GRANT SELECT, INSERT, UPDATE, DELETE");
}

export default rule({
  id: "no-grant-all",
  family: "security",
  aliases: ["rx009"],
  severity: "info",
  presets: ["flyway"],
  summary: "No GRANT ALL",
  why: "ALL is more than anybody needs, and more with each version of PostgreSQL.",
  instead: "GRANT SELECT, INSERT, UPDATE, DELETE ...",
  bad: [
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "GRANT ALL PRIVILEGES ON app.a TO pg_monitor;",
      fixed: "GRANT SELECT, INSERT, UPDATE, DELETE ON app.a TO pg_monitor;",
      differs: [
        "- relation r app.a owner postgres p {postgres=arwdDxt/postgres,pg_monitor=arwdDxt/postgres}",
        "+ relation r app.a owner postgres p {postgres=arwdDxt/postgres,pg_monitor=arwd/postgres}",
      ],
    },
    "GRANT ALL ON SCHEMA app TO writer;",
    {
      sql: "GRANT ALL ON app.unknown TO pg_monitor;",
      fixed: "GRANT SELECT, INSERT, UPDATE, DELETE ON app.unknown TO pg_monitor;",
      differs: [
        "- relation r app.unknown owner postgres p {postgres=arwdDxt/postgres,pg_monitor=arwdDxt/postgres}",
        "+ relation r app.unknown owner postgres p {postgres=arwdDxt/postgres,pg_monitor=arwd/postgres}",
      ],
    },
  ],
  good: ["GRANT SELECT ON app.a TO reader;", "REVOKE ALL ON app.a FROM alice;"],
  fix: {
    gives: "other",
    note: "Only for tables; TRUNCATE, REFERENCES, TRIGGER and MAINTAIN are no longer granted.",
  },
  on: {
    grant: (action, { report, file }) => {
      if (action.isGrant && action.all)
        report(action, "This grants every right there is.", fixOf(action, namedRights(action, file.script)));
    },
  },
});
