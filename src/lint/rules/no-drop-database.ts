// Databases are not dropped or made by migrations.
import { rule } from "../rule.ts";

export default rule({
  id: "no-drop-database",
  family: "data",
  aliases: ["rg03"],
  severity: "error",
  presets: ["recommended", "flyway"],
  summary: "A database is neither dropped nor created",
  why: "It cannot run in a transaction, and a migration works in the database it is connected to.",
  instead: "Do it where the server is set up.",
  bad: ["DROP DATABASE d;", "CREATE DATABASE d;"],
  good: ["SELECT 1;", "DROP TABLE app.a;"],
  kinds: ["create-database", "drop"],
  each: (action, { report }) => {
    if (action.kind === "create-database")
      report(action, `CREATE DATABASE ${action.name} is no work for a migration.`);
    else if (action.kind === "drop" && action.objectKind === "database")
      report(action, `DROP DATABASE ${action.object.name} removes everything.`);
  },
});
