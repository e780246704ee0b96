// Tables have a primary key.
import { rule } from "../rule.ts";
import { fullName, isOwnTable, primaryKey } from "../shapes.ts";

export default rule({
  id: "table-primary-key",
  family: "shape",
  aliases: ["rx013", "rg15"],
  severity: "warning",
  presets: ["recommended", "flyway"],
  summary: "Every table has a primary key",
  why: "Rows cannot be told apart, logical replication cannot UPDATE or DELETE them, and duplicates stay.",
  instead: "Give it one.",
  bad: ["CREATE TABLE app.a (b int);"],
  good: [
    "CREATE TABLE app.a (b int PRIMARY KEY);",
    "CREATE TABLE app.a (b int NOT NULL); ALTER TABLE app.a ADD PRIMARY KEY (b);",
    "CREATE TEMPORARY TABLE a (b int);",
    "CREATE TABLE app.a AS SELECT 1 AS b;",
    "CREATE VIEW app.v AS SELECT 1 AS b;",
  ],
  end: ({ madeTables, report }) => {
    for (const table of madeTables())
      if (isOwnTable(table) && table.columnsKnown && primaryKey(table) === undefined)
        report(table.origin.file, table.origin, `The table ${fullName(table)} has no primary key.`);
  },
});
