// char(n) pads.
import { rule } from "../rule.ts";
import { newColumns } from "../shapes.ts";
import { typeText } from "../types.ts";

export default rule({
  id: "no-char",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "No column is char(n)",
  why: "char(n) is filled up with blanks, which do not count in comparisons but come back in results.",
  instead: "text or varchar(n).",
  bad: ["CREATE TABLE app.a (b char(3));", "ALTER TABLE app.a ADD COLUMN b character(2);"],
  good: ["CREATE TABLE app.a (b text);"],
  each: (action, { report, catalog }) => {
    for (const column of newColumns(action, catalog))
      if (column.type.name === "bpchar")
        report(
          { start: column.start },
          `${column.name} is ${typeText(column.type)}, which pads with blanks.`,
        );
  },
});
