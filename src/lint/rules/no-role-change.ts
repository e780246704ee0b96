// Roles belong to the server, not to a database.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-role-change",
  family: "security",
  aliases: ["rx008", "rx010", "rx011", "rg08", "rg11"],
  severity: "info",
  presets: ["flyway"],
  summary: "Roles are not made or changed by migrations",
  why: "Roles are shared by all databases of a server: the second database to run the file fails, and the migration user needs rights it should not have.",
  instead: "Set roles up beside the server.",
  bad: ["CREATE ROLE r;", "ALTER USER r WITH CREATEDB;", "DROP ROLE r;"],
  good: ["GRANT SELECT ON app.a TO r;"],
  on: {
    role: (action, { report }) => {
      if (runs(action)) report(action, `The role ${action.name} is shared by all databases of the server.`);
    },
  },
});
