// ADD COLUMN carries IF NOT EXISTS.
import { rule, shown } from "../rule.ts";
import { isGuarded, runs } from "../shapes.ts";

export default rule({
  id: "add-column-if-not-exists",
  family: "guide",
  severity: "info",
  presets: ["guide"],
  summary: "ADD COLUMN is written with IF NOT EXISTS",
  clause: "Adding a Column: ADD COLUMN IF NOT EXISTS",
  why: "A file that is run a second time stops at the first column that is there already.",
  instead: "Write ADD COLUMN IF NOT EXISTS.",
  bad: [
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "ALTER TABLE app.a ADD COLUMN b int;",
      fixed: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS b int;",
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "ALTER TABLE app.a ADD b int;",
      fixed: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS b int;",
    },
  ],
  good: [
    "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS b int;",
    "DO $$ BEGIN IF NOT EXISTS (SELECT 1) THEN ALTER TABLE app.a ADD COLUMN b int; END IF; END $$;",
  ],
  fix: { gives: "same" },
  on: {
    "add-column": (action, { report }) => {
      if (action.ifNotExists || !runs(action) || isGuarded(action.inside)) return;
      report(action, `ADD COLUMN ${action.column.name} fails when ${shown(action.table)} has it already.`, {
        fix: [{ start: action.start, end: action.column.start, text: "ADD COLUMN IF NOT EXISTS " }],
      });
    },
  },
});
