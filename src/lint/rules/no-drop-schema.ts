// Schemas are not dropped.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-drop-schema",
  family: "data",
  severity: "error",
  presets: ["recommended"],
  summary: "A schema is not dropped",
  why: "Everything in it is gone at once.",
  instead: "Drop the objects one by one, each with a reason.",
  bad: ["DROP SCHEMA app CASCADE;"],
  good: ["CREATE SCHEMA app;", "DROP TABLE app.a;"],
  on: {
    drop: (action, { report }) => {
      if (action.objectKind === "schema" && runs(action))
        report(
          { start: action.object.start },
          `DROP SCHEMA removes ${action.object.name}${action.cascade ? " and everything in it" : ""}.`,
        );
    },
  },
});
