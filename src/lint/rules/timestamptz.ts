// Times have a time zone.
import { rule } from "../rule.ts";
import { newColumns } from "../shapes.ts";

export default rule({
  id: "timestamptz",
  family: "shape",
  severity: "info",
  presets: ["recommended"],
  summary: "Times are timestamptz",
  why: "A timestamp without time zone is a reading of some clock: which one, nobody knows later. The guide's template uses TIMESTAMP, so this is information; lint.timestamptz=off silences it.",
  instead: "timestamptz; it takes the same room.",
  bad: ["CREATE TABLE app.a (b timestamp);", "ALTER TABLE app.a ADD COLUMN b timestamp(0);"],
  good: [
    "CREATE TABLE app.a (b timestamptz);",
    "CREATE TABLE app.a (b timestamp with time zone);",
    {
      before: "CREATE TABLE app.a (b timestamptz);",
      sql: "CREATE TABLE IF NOT EXISTS app.a (b timestamp); ALTER TABLE app.a ADD COLUMN IF NOT EXISTS b timestamp;",
    },
  ],
  each: (action, { report, catalog }) => {
    for (const column of newColumns(action, catalog))
      if (column.type.name === "timestamp")
        report({ start: column.start }, `${column.name} is a timestamp without time zone.`);
  },
});
