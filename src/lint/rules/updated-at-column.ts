// Tables say when a row was changed.

import { addedColumn } from "../added-column.ts";
import { fixInFile, written } from "../edits.ts";
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
  bad: [
    {
      sql: "CREATE TABLE app.a (id uuid, created_at timestamptz);",
      fixed:
        "CREATE TABLE app.a (id uuid, created_at timestamptz, updated_at timestamptz NOT NULL DEFAULT now());",
      differs: ["+ column app.a.updated_at timestamp with time zone not null default now()"],
    },
    {
      sql: "CREATE TABLE app.a (\n  id uuid, -- the key\n  b int -- the rest\n);",
      fixed:
        "CREATE TABLE app.a (\n  id uuid, -- the key\n  b int, -- the rest\n  updated_at timestamptz NOT NULL DEFAULT now()\n);",
      differs: ["+ column app.a.updated_at timestamp with time zone not null default now()"],
    },
    "CREATE TABLE app.a (b int);\nCOPY app.a FROM stdin;\n1\n\\.\n",
  ],
  good: [
    "CREATE TABLE app.a (id uuid, updated_at timestamptz DEFAULT now());",
    "CREATE VIEW app.v AS SELECT 1 AS b;",
    "CREATE TABLE app.a AS SELECT 1 AS b;",
  ],
  options: [{ name: "column", default: "updated_at", doc: "Name of the column." }],
  fix: {
    gives: "other",
    note: "The column is the table's last; what keeps it up to date is left to a trigger or to the application. Not where the file has COPY, which would miss it.",
  },
  end: ({ madeTables, report, option, scriptOf }) => {
    for (const table of madeTables()) {
      if (!isOwnTable(table) || !table.columnsKnown || table.columns.has(option("column"))) continue;
      const column = `${written(option("column"))} timestamptz NOT NULL DEFAULT now()`;
      report(
        table.origin.file,
        table.origin,
        `The table ${fullName(table)} has no ${option("column")}.`,
        fixInFile(addedColumn(scriptOf(table.origin.file), table, column)),
      );
    }
  },
});
