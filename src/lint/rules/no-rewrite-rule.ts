// No rewrite rules.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-rewrite-rule",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "No CREATE RULE",
  why: "A rule rewrites the query, not the row: volatile expressions are evaluated twice, counts of rows are wrong, and COPY passes it by.",
  instead: "A trigger, or INSTEAD OF triggers on a view.",
  bad: ["CREATE RULE r AS ON DELETE TO app.a DO INSTEAD NOTHING;"],
  good: ["CREATE TRIGGER t BEFORE DELETE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop();"],
  on: {
    "create-rule": (action, { report }) => {
      if (runs(action)) report(action, `The rule ${action.name} rewrites queries on ${shown(action.table)}.`);
    },
  },
});
