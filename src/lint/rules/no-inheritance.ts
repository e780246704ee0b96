// Tables do not inherit.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-inheritance",
  family: "shape",
  severity: "info",
  presets: [],
  summary: "Tables do not inherit",
  why: "Keys, unique constraints and foreign keys of the parent do not hold for its children, and every query on the parent reads them all.",
  instead: "PARTITION BY for parts of one table, LIKE for a copy of its columns.",
  bad: ["CREATE TABLE app.b (c int) INHERITS (app.a);"],
  good: [
    "CREATE TABLE app.b (LIKE app.a INCLUDING ALL);",
    "CREATE TABLE app.b PARTITION OF app.a FOR VALUES FROM (1) TO (2);",
  ],
  on: {
    "create-table": (action, { report }) => {
      const [parent] = action.inherits;
      if (parent !== undefined && runs(action))
        report(action, `${shown(action.name)} inherits from ${shown(parent)}, but not its keys.`);
    },
  },
});
