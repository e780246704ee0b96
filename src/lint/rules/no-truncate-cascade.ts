// TRUNCATE does not reach other tables.
import { rule, shown } from "../rule.ts";
import { fullName, runs } from "../shapes.ts";

export default rule({
  id: "no-truncate-cascade",
  family: "data",
  severity: "error",
  presets: ["recommended"],
  summary: "TRUNCATE has no CASCADE",
  why: "It also empties every table with a foreign key to this one, and those with foreign keys to them.",
  instead: "Name the tables, each with a reason.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int PRIMARY KEY); CREATE TABLE app.c (b int REFERENCES app.a);",
      sql: "TRUNCATE app.a CASCADE;",
    },
  ],
  good: [{ before: "CREATE TABLE app.a (b int);", sql: "TRUNCATE app.a;" }],
  on: {
    truncate: (action, { report, catalog }) => {
      if (!action.cascade || !runs(action)) return;
      const others = [
        ...new Set(catalog.referencing(catalog.tableKey(action.table)).map(({ table }) => fullName(table))),
      ];
      report(
        { start: action.table.start },
        `TRUNCATE ${shown(action.table)} CASCADE also empties ${others.length === 0 ? "every table that points at it" : others.join(", ")}.`,
      );
    },
  },
});
