// CREATE TABLE carries IF NOT EXISTS. Whether the older table has the same shape is another rule's question.
import { isDynamic } from "../model.ts";
import { rule, shown } from "../rule.ts";
import { isGuarded } from "../shapes.ts";

export default rule({
  id: "create-table-if-not-exists",
  family: "guide",
  severity: "error",
  presets: ["guide"],
  summary: "CREATE TABLE is written with IF NOT EXISTS",
  clause: "Use CREATE TABLE IF NOT EXISTS to make migrations idempotent",
  why: "A file that was half applied by hand, or is run a second time, stops at the first table that is there already.",
  instead: "Write CREATE TABLE IF NOT EXISTS.",
  bad: [
    { sql: "CREATE TABLE app.a (id uuid);", fixed: "CREATE TABLE IF NOT EXISTS app.a (id uuid);" },
    {
      sql: "DO $$ BEGIN CREATE TABLE app.a (id uuid); END $$;",
      fixed: "DO $$ BEGIN CREATE TABLE IF NOT EXISTS app.a (id uuid); END $$;",
    },
    "SELECT 1 AS c INTO app.a;",
  ],
  good: [
    "CREATE TABLE IF NOT EXISTS app.a (id uuid);",
    "CREATE TEMPORARY TABLE a (id uuid);",
    "DO $$ BEGIN CREATE TABLE app.a (id uuid); EXCEPTION WHEN duplicate_table THEN NULL; END $$;",
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_tables WHERE tablename = 'a') THEN CREATE TABLE app.a (id uuid); END IF; END $$;",
    "DO $$ DECLARE t text := 'a'; BEGIN EXECUTE format('CREATE TABLE app.%I (id uuid)', t); END $$;",
    "CREATE FUNCTION app.f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE app.a (id uuid); END $$;",
  ],
  fix: { gives: "same" },
  on: {
    "create-table": (action, { report, file }) => {
      if (
        action.ifNotExists ||
        action.temporary ||
        action.inside.body === "function" ||
        isDynamic(action.name)
      )
        return;
      if (isGuarded(action.inside)) return;
      const at = action.name.start;
      // SELECT ... INTO has no place for it.
      const isCreate = /^create\b/i.test(file.script.slice(action.start, action.start + 7));
      report(action, `CREATE TABLE ${shown(action.name)} fails when the table is there already.`, {
        fix: isCreate ? [{ start: at, end: at, text: "IF NOT EXISTS " }] : [],
      });
    },
  },
});
