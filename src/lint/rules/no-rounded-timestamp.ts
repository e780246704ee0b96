// timestamp(0) rounds.
import { rule } from "../rule.ts";
import { newColumns } from "../shapes.ts";

export default rule({
  id: "no-rounded-timestamp",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "No timestamp is rounded to seconds",
  why: "timestamp(0) rounds, it does not cut: a value may lie half a second in the future.",
  instead: "No precision; date_trunc('second', ...) where it is shown.",
  bad: ["CREATE TABLE app.a (b timestamptz(0));"],
  good: ["CREATE TABLE app.a (b timestamptz);", "CREATE TABLE app.a (b time(0));"],
  each: (action, { report, catalog }) => {
    for (const column of newColumns(action, catalog))
      if (/^timestamp/.test(column.type.name) && column.type.args[0] === 0)
        report({ start: column.start }, `${column.name} is rounded to whole seconds.`);
  },
});
