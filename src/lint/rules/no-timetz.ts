// time with time zone has no date to know the offset by.
import { rule } from "../rule.ts";
import { COLUMN_MAKERS, newColumns } from "../shapes.ts";

export default rule({
  id: "no-timetz",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "No column is time with time zone",
  why: "An offset without a date is wrong for half of the year.",
  instead: "time, or timestamptz.",
  bad: ["CREATE TABLE app.a (b timetz);"],
  good: ["CREATE TABLE app.a (b time);"],
  kinds: COLUMN_MAKERS,
  each: (action, { report, catalog }) => {
    for (const column of newColumns(action, catalog))
      if (column.type.name === "timetz")
        report({ start: column.start }, `${column.name} is time with time zone.`);
  },
});
