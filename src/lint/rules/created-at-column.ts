// Tables say when a row was made.

import { addedColumn } from "../added-column.ts";
import { fixInFile, written } from "../edits.ts";
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
  bad: [
    {
      sql: "CREATE TABLE app.a (id uuid);",
      fixed: "CREATE TABLE app.a (id uuid, created_at timestamptz NOT NULL DEFAULT now());",
      differs: ["+ column app.a.created_at timestamp with time zone not null default now()"],
    },
    {
      sql: "CREATE TABLE app.a (\n  id uuid, -- the key\n  b int -- the rest\n);",
      fixed:
        "CREATE TABLE app.a (\n  id uuid, -- the key\n  b int, -- the rest\n  created_at timestamptz NOT NULL DEFAULT now()\n);",
      differs: ["+ column app.a.created_at timestamp with time zone not null default now()"],
    },
    "CREATE TABLE app.a (b int);\nCOPY app.a FROM stdin;\n1\n\\.\n",
  ],
  good: [
    "CREATE TABLE app.a (id uuid, created_at timestamptz DEFAULT now());",
    "CREATE VIEW app.v AS SELECT 1 AS b;",
    "CREATE TABLE app.a AS SELECT 1 AS b;",
  ],
  options: [{ name: "column", default: "created_at", doc: "Name of the column." }],
  fix: {
    gives: "other",
    note: "The column is the table's last. Not where the file has COPY, which would miss it.",
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
