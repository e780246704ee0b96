// Rows of a table in use are changed in batches.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "update-in-batches",
  family: "data",
  severity: "info",
  presets: [],
  summary: "Rows of a table in use are changed in batches",
  why: "One UPDATE or DELETE over a large table locks all its rows until it is through, writes as much WAL at once, and leaves nothing when it is stopped.",
  instead:
    "Take some thousand rows at a time, WHERE id IN (SELECT id ... LIMIT 5000), and run the file until nothing is left. For a small table, ignore this.",
  bad: [
    { before: "CREATE TABLE app.a (b int);", sql: "UPDATE app.a SET b = 1 WHERE b IS NULL;" },
    { before: "CREATE TABLE app.a (b int);", sql: "DELETE FROM app.a WHERE b < 1;" },
  ],
  good: [
    {
      before: "CREATE TABLE app.a (id int, b int);",
      sql: "UPDATE app.a SET b = 1 WHERE id IN (SELECT id FROM app.a WHERE b IS NULL LIMIT 5000);",
    },
    "CREATE TABLE app.a (b int); UPDATE app.a SET b = 1 WHERE b IS NULL;",
    { before: "CREATE TABLE app.a (b int);", sql: "UPDATE app.a SET b = 1;" },
    { before: "CREATE TABLE app.a (b int);", sql: "INSERT INTO app.a SELECT 1;" },
  ],
  kinds: ["update", "delete"],
  each: (action, { report, isBusy }) => {
    if (action.kind !== "update" && action.kind !== "delete") return;
    if (!action.where || action.limited || !runs(action) || !isBusy(action.table)) return;
    report(action, `${action.kind.toUpperCase()} ${shown(action.table)} takes all its rows at once.`);
  },
});
