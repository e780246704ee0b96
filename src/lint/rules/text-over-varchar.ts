// text with a CHECK rather than varchar(n).
import { rule } from "../rule.ts";
import { newColumns } from "../shapes.ts";
import { typeText } from "../types.ts";

export default rule({
  id: "text-over-varchar",
  family: "shape",
  severity: "info",
  presets: [],
  summary: "Columns are text, not varchar with a length",
  why: "A length in the type is a rule that is hard to change; both types are stored in the same way. The guide's own template uses VARCHAR(255), so this is off outside the strict preset.",
  instead: "text, with CHECK (length(column) <= n) where a limit is meant.",
  bad: ["CREATE TABLE app.a (b varchar(10));"],
  good: [
    "CREATE TABLE app.a (b text);",
    "CREATE TABLE app.a (b varchar);",
    "CREATE TABLE app.a (b numeric(5));",
  ],
  each: (action, { report, catalog }) => {
    for (const column of newColumns(action, catalog))
      if (column.type.name === "varchar" && column.type.args.length > 0)
        report({ start: column.start }, `${column.name} is ${typeText(column.type)}.`);
  },
});
