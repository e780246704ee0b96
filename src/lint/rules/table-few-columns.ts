// A table has few columns.
import { rule, shown } from "../rule.ts";
import { isSkipped, runs } from "../shapes.ts";

export default rule({
  id: "table-few-columns",
  family: "shape",
  aliases: ["rg02"],
  severity: "info",
  presets: ["flyway"],
  summary: "A table has few columns",
  why: "A wide table is often two things in one: each update writes all of the row anew, and nobody knows which columns belong together.",
  instead: "Split it by what changes together, or raise lint.table-few-columns.columns.",
  options: [{ name: "columns", default: "20", doc: "The most columns that CREATE TABLE may have." }],
  bad: [{ sql: "CREATE TABLE app.a (b int, c int, d int);", options: { columns: "2" } }],
  good: [
    { sql: "CREATE TABLE app.a (b int, c int);", options: { columns: "2" } },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "CREATE TABLE IF NOT EXISTS app.a (b int, c int, d int);",
      options: { columns: "2" },
    },
  ],
  on: {
    "create-table": (action, { report, option, catalog }) => {
      const most = Number(option("columns"));
      const count = action.columns.length;
      if (!runs(action) || isSkipped(action, catalog) || count <= most) return;
      report(
        { start: action.name.start },
        `${shown(action.name)} has ${count} columns; ${most} are allowed.`,
      );
    },
  },
});
