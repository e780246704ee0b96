// A table says its columns.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-create-table-as",
  family: "shape",
  severity: "info",
  presets: [],
  summary: "A lasting table is not made from a query",
  why: "CREATE TABLE AS and SELECT INTO bring neither keys nor NOT NULL nor defaults, and the types are whatever the query gives.",
  instead: "CREATE TABLE with its columns, then INSERT ... SELECT.",
  bad: ["CREATE TABLE app.b AS SELECT 1 AS c;", "SELECT 1 AS c INTO app.b;"],
  good: [
    "CREATE TEMPORARY TABLE b AS SELECT 1 AS c;",
    "CREATE TABLE app.b (c int); INSERT INTO app.b SELECT 1;",
  ],
  on: {
    "create-table": (action, { report }) => {
      if (action.asSelect && !action.temporary && runs(action))
        report(action, `${shown(action.name)} gets neither keys nor NOT NULL from its query.`);
    },
  },
});
