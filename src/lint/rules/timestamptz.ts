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
  good: ["CREATE TABLE app.a (b timestamptz);", "CREATE TABLE app.a (b timestamp with time zone);"],
  each: (action, { report }) => {
    for (const column of newColumns(action))
      if (column.type.name === "timestamp")
        report({ start: column.start }, `${column.name} is a timestamp without time zone.`);
  },
});
