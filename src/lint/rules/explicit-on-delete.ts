// Foreign keys say what a delete does.
import { rule } from "../rule.ts";

export default rule({
  id: "explicit-on-delete",
  family: "shape",
  severity: "info",
  presets: [],
  summary: "Foreign keys say ON DELETE",
  why: "Without it the delete of the other row fails, which may be meant or forgotten.",
  instead: "ON DELETE RESTRICT, CASCADE or SET NULL.",
  bad: ["CREATE TABLE app.c (p int REFERENCES app.p);"],
  good: ["CREATE TABLE app.c (p int REFERENCES app.p ON DELETE CASCADE);"],
  each: (action, { report }) => {
    const constraints =
      action.kind === "create-table"
        ? action.constraints
        : action.kind === "add-constraint"
          ? [action.constraint]
          : action.kind === "add-column"
            ? action.column.constraints
            : [];
    for (const c of constraints)
      if (c.references?.onDelete === "no action")
        report({ start: c.start }, `The foreign key (${c.columns.join(", ")}) does not say ON DELETE.`);
  },
});
