// A new enum value says where it stands.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "enum-value-order",
  family: "shape",
  severity: "info",
  presets: [],
  summary: "A new enum value says BEFORE or AFTER",
  why: "Enums are ordered, and the place of a value cannot be changed later. Without BEFORE or AFTER it depends on which files have run.",
  instead: "ALTER TYPE ... ADD VALUE 'new' AFTER 'old'.",
  bad: ["ALTER TYPE app.s ADD VALUE 'b';"],
  good: ["ALTER TYPE app.s ADD VALUE 'b' AFTER 'a';"],
  on: {
    "add-enum-value": (action, { report }) => {
      if (runs(action) && action.neighbour === undefined)
        report(
          action,
          `'${action.value}' becomes the last value of ${shown(action.type)}, whichever that is.`,
        );
    },
  },
});
