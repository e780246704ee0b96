// money depends on a setting of the server.
import { fixOf, isTypeFree, retyped } from "../edits.ts";
import { rule } from "../rule.ts";
import { COLUMN_MAKERS, newColumns } from "../shapes.ts";

export default rule({
  id: "no-money",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "No column is money",
  why: "What a money value means depends on lc_monetary of whoever reads it.",
  instead: "numeric(12,2), with the currency beside it.",
  bad: [
    {
      sql: "CREATE TABLE app.a (b money);",
      fixed: "CREATE TABLE app.a (b numeric(19, 2));",
      differs: ["- column app.a.b money", "+ column app.a.b numeric(19,2)"],
    },
  ],
  good: ["CREATE TABLE app.a (b numeric(12,2));"],
  fix: {
    gives: "other",
    note: "The numeric holds every value that money can, and no currency: put that into a column beside it.",
  },
  kinds: COLUMN_MAKERS,
  each: (action, { report, file, project, catalog }) => {
    for (const column of newColumns(action, catalog))
      if (column.type.name === "money")
        report(
          { start: column.start },
          `${column.name} is money.`,
          isTypeFree(column.name, file, project)
            ? fixOf(
                action,
                retyped(file.script, column.type, /money\b/i, () => "numeric(19, 2)"),
              )
            : undefined,
        );
  },
});
