// Names have a schema at most, not the database too.
import { rule, shown } from "../rule.ts";

export default rule({
  id: "no-database-in-names",
  family: "break",
  aliases: ["rg04"],
  severity: "error",
  presets: ["recommended", "flyway"],
  summary: "Names have no database",
  why: "PostgreSQL takes database.schema.table only where the database is the current one: under another name, in a test or for a tenant, the file fails.",
  instead: "schema.table.",
  bad: ["SELECT * FROM production.app.a;", "ALTER TABLE production.app.a ADD COLUMN b int;"],
  good: ["SELECT a.b FROM app.a;", "ALTER TABLE app.a ADD COLUMN b int;"],
  reference: ({ name, database }, { report }) => {
    if (database !== undefined)
      report(
        { start: name.start },
        `${database}.${shown(name)} fails where the database is not named ${database}.`,
      );
  },
});
