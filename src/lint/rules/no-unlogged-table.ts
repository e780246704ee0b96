// Tables survive a crash.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-unlogged-table",
  family: "data",
  severity: "warning",
  presets: ["recommended"],
  summary: "No table is unlogged",
  why: "An unlogged table is empty after a crash and does not exist on replicas.",
  instead: "Leave UNLOGGED out, or say why the rows may be lost.",
  bad: ["CREATE UNLOGGED TABLE app.a (b int);"],
  good: ["CREATE TABLE app.a (b int);"],
  on: {
    "create-table": (action, { report }) => {
      if (action.unlogged && runs(action)) report(action, `${shown(action.name)} loses its rows in a crash.`);
    },
  },
});
