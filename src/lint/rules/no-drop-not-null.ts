// NOT NULL is not taken away silently.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-drop-not-null",
  family: "break",
  severity: "info",
  presets: ["recommended"],
  summary: "NOT NULL is dropped only when readers can take NULL",
  why: "Code that was written for a column without NULLs fails when the first one comes.",
  instead: "Make the readers ready first, and say so in a comment.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int NOT NULL);",
      sql: "ALTER TABLE app.a ALTER COLUMN b DROP NOT NULL;",
    },
  ],
  good: ["CREATE TABLE app.a (b int NOT NULL); ALTER TABLE app.a ALTER COLUMN b DROP NOT NULL;"],
  on: {
    "drop-not-null": (action, { report, isBusy }) => {
      if (runs(action) && isBusy(action.table))
        report(action, `${action.column} of ${shown(action.table)} may be NULL from here on.`);
    },
  },
});
