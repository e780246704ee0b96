// Tables survive a crash.
import { fixOf, replacement } from "../edits.ts";
import { rule, shown } from "../rule.ts";
import { behind, runs } from "../shapes.ts";

export default rule({
  id: "no-unlogged-table",
  family: "data",
  severity: "warning",
  presets: ["recommended"],
  summary: "No table is unlogged",
  why: "An unlogged table is empty after a crash and does not exist on replicas.",
  instead: "Leave UNLOGGED out, or say why the rows may be lost.",
  bad: [
    {
      sql: "CREATE UNLOGGED TABLE app.a (b int);",
      fixed: "CREATE TABLE app.a (b int);",
      differs: ["- relation r app.a owner postgres u", "+ relation r app.a owner postgres p"],
    },
  ],
  good: ["CREATE TABLE app.a (b int);"],
  fix: { gives: "other", note: "The table is an ordinary one: writes to it go through the log." },
  on: {
    "create-table": (action, { report, file }) => {
      if (!action.unlogged || !runs(action)) return;
      const start = behind(file.script, action.start, /create\s+/i);
      const end = start === undefined ? undefined : behind(file.script, start, /unlogged\s+/i);
      report(
        action,
        `${shown(action.name)} loses its rows in a crash.`,
        start === undefined || end === undefined ? undefined : fixOf(action, replacement({ start, end }, "")),
      );
    },
  },
});
