// UPDATE says which rows.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "update-with-where",
  family: "data",
  aliases: ["rg09"],
  severity: "warning",
  presets: ["recommended", "flyway"],
  summary: "UPDATE of a table in use has a WHERE",
  rows: true,
  why: "Every row is written anew: the table doubles, all of them stay locked until the transaction ends, and replicas fall behind.",
  instead: "Give it a WHERE that leaves out rows that are right already, and do large tables in batches.",
  bad: [{ before: "CREATE TABLE app.a (b int);", sql: "UPDATE app.a SET b = 1;" }],
  good: [
    { before: "CREATE TABLE app.a (b int);", sql: "UPDATE app.a SET b = 1 WHERE b IS NULL;" },
    "CREATE TABLE app.a (b int); UPDATE app.a SET b = 1;",
  ],
  on: {
    update: (action, { report, sized, isBusy }) => {
      if (!action.where && runs(action) && isBusy(action.table))
        report(action, `UPDATE without WHERE writes every row of ${sized(action.table)}.`);
    },
  },
});
