// BEGIN has its COMMIT.
import type { Action } from "../../tree/action.ts";
import { rule } from "../rule.ts";

export default rule({
  id: "balanced-transaction",
  family: "tx",
  severity: "error",
  presets: ["recommended"],
  summary: "Every BEGIN has its COMMIT",
  why: "What is open at the end of the file is rolled back or kept open while the next file runs.",
  instead: "Take BEGIN out: godwit puts a transaction round the file.",
  bad: ["BEGIN; SELECT 1;", "START TRANSACTION; SELECT 1;"],
  good: [
    "BEGIN; SELECT 1; COMMIT;",
    "SELECT 1;",
    "BEGIN; SELECT 1; ROLLBACK;",
    "START TRANSACTION; SELECT 1; COMMIT;",
    "CREATE PROCEDURE app.p() LANGUAGE sql AS 'SELECT 1'; SAVEPOINT a;",
  ],
  file: ({ file, report }) => {
    let open: Action | undefined;
    for (const action of file.actions) {
      if (action.kind !== "transaction" || action.inside.body !== "none") continue;
      if (action.verb === "begin" || action.verb === "start") open = action;
      else if (action.verb === "commit" || action.verb === "rollback") open = undefined;
    }
    if (open !== undefined) report(open, "This BEGIN has no COMMIT.");
  },
});
