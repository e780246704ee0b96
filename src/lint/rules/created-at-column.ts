// Tables say when a row was made.
import { rule } from "../rule.ts";
import { fullName, isOwnTable } from "../shapes.ts";

export default rule({
  id: "created-at-column",
  family: "guide",
  severity: "info",
  presets: ["guide"],
  summary: "Every table has created_at",
  clause: "Include created_at and updated_at timestamps",
  why: "When a row came to be cannot be found out later.",
  instead:
    "Add created_at TIMESTAMPTZ NOT NULL DEFAULT now(). The guide's template says TIMESTAMP, which may be NULL; the models' TimestampMixin says NOT NULL.",
  bad: ["CREATE TABLE app.a (id uuid);"],
  good: [
    "CREATE TABLE app.a (id uuid, created_at timestamptz DEFAULT now());",
    "CREATE VIEW app.v AS SELECT 1 AS b;",
    "CREATE TABLE app.a AS SELECT 1 AS b;",
  ],
  options: [{ name: "column", default: "created_at", doc: "Name of the column." }],
  end: ({ madeTables, report, option }) => {
    for (const table of madeTables()) {
      if (!isOwnTable(table) || !table.columnsKnown || table.columns.has(option("column"))) continue;
      report(table.origin.file, table.origin, `The table ${fullName(table)} has no ${option("column")}.`);
    }
  },
});
