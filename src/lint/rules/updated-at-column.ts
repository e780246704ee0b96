// Tables say when a row was changed.
import { rule } from "../rule.ts";
import { fullName, isOwnTable } from "../shapes.ts";

export default rule({
  id: "updated-at-column",
  family: "guide",
  severity: "info",
  presets: ["guide"],
  summary: "Every table has updated_at",
  clause: "Include created_at and updated_at timestamps",
  why: "When a row was last changed cannot be found out later. The guide's own complete workflow leaves it out, so this is information; raise it with lint.updated-at-column=error.",
  instead:
    "Add updated_at TIMESTAMPTZ NOT NULL DEFAULT now(), and a trigger or the application that keeps it.",
  bad: ["CREATE TABLE app.a (id uuid, created_at timestamptz);"],
  good: [
    "CREATE TABLE app.a (id uuid, updated_at timestamptz DEFAULT now());",
    "CREATE VIEW app.v AS SELECT 1 AS b;",
    "CREATE TABLE app.a AS SELECT 1 AS b;",
  ],
  options: [{ name: "column", default: "updated_at", doc: "Name of the column." }],
  end: ({ madeTables, report, option }) => {
    for (const table of madeTables()) {
      if (!isOwnTable(table) || !table.columnsKnown || table.columns.has(option("column"))) continue;
      report(table.origin.file, table.origin, `The table ${fullName(table)} has no ${option("column")}.`);
    }
  },
});
