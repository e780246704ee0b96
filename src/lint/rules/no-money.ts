// money depends on a setting of the server.
import { rule } from "../rule.ts";
import { newColumns } from "../shapes.ts";

export default rule({
  id: "no-money",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "No column is money",
  why: "What a money value means depends on lc_monetary of whoever reads it.",
  instead: "numeric(12,2), with the currency beside it.",
  bad: ["CREATE TABLE app.a (b money);"],
  good: ["CREATE TABLE app.a (b numeric(12,2));"],
  each: (action, { report, catalog }) => {
    for (const column of newColumns(action, catalog))
      if (column.type.name === "money") report({ start: column.start }, `${column.name} is money.`);
  },
});
