// DELETE says which rows.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "delete-with-where",
  family: "data",
  aliases: ["rg06"],
  severity: "error",
  presets: ["recommended", "flyway"],
  summary: "DELETE from a table in use has a WHERE",
  rows: true,
  why: "All rows are gone.",
  instead: "Give it a WHERE.",
  bad: [{ before: "CREATE TABLE app.a (b int);", sql: "DELETE FROM app.a;" }],
  good: [
    { before: "CREATE TABLE app.a (b int);", sql: "DELETE FROM app.a WHERE b = 1;" },
    "CREATE TEMPORARY TABLE a (b int); DELETE FROM a;",
  ],
  on: {
    delete: (action, { report, sized, isBusy }) => {
      if (!action.where && runs(action) && isBusy(action.table))
        report(action, `DELETE without WHERE removes every row of ${sized(action.table)}.`);
    },
  },
});
