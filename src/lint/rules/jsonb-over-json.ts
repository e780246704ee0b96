// jsonb can be compared and indexed.
import { rule } from "../rule.ts";
import { newColumns } from "../shapes.ts";

export default rule({
  id: "jsonb-over-json",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "Columns are jsonb, not json",
  why: "json has no equality: SELECT DISTINCT and GROUP BY over rows with it fail, and it cannot be indexed.",
  instead: "jsonb.",
  bad: ["CREATE TABLE app.a (b json);"],
  good: ["CREATE TABLE app.a (b jsonb);"],
  each: (action, { report, catalog }) => {
    for (const column of newColumns(action, catalog))
      if (column.type.name === "json") report({ start: column.start }, `${column.name} is json.`);
  },
});
