// INSERT names its columns.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "insert-with-columns",
  family: "break",
  severity: "info",
  presets: [],
  summary: "INSERT names its columns",
  why: "Without them the values go by the order of columns, which differs where a column was added by hand or in another order.",
  instead: "INSERT INTO a (b, c) VALUES (1, 2).",
  bad: ["INSERT INTO app.a VALUES (1, 2);", "INSERT INTO app.a SELECT 1, 2;"],
  good: ["INSERT INTO app.a (b, c) VALUES (1, 2);", "INSERT INTO app.a DEFAULT VALUES;"],
  on: {
    insert: (action, { report }) => {
      if (runs(action) && action.columns.length === 0 && (action.rows !== 1 || !action.isDefault))
        report(action, `INSERT INTO ${shown(action.table)} does not say which columns it fills.`);
    },
  },
});
