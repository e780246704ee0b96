// SECURITY DEFINER functions fix their search_path.
import type { Action, ActionNamed } from "../../tree/action.ts";
import { type Edits, fixOf, insertion, isPathKnown, mentions, wordIn, written } from "../edits.ts";
import { type FileFacts, type RuleContext, rule, shown } from "../rule.ts";

function fixedPath(action: Action, context: RuleContext): Edits {
  const word = wordIn(context.file.script, action, "DEFINER");
  if (word === undefined || !isPathKnown(context)) return undefined;
  const schemas = context.catalog.searchPath.filter((s) => s !== "$user" && s !== "pg_temp");
  const path = [...new Set(schemas.map(written)), "pg_temp"].join(", ");
  return insertion(word.end, ` SET search_path = ${path}`);
}

const SETS_PATH = /^alter\s+(?:function|procedure|routine)\s.*\sset\s+search_path\b/is;

/** ALTER FUNCTION further down sets it. */
const isSetLater = ({ name, start }: ActionNamed<"create-function">, { statements }: FileFacts): boolean =>
  statements.some(
    ({ statement }) =>
      statement.start > start && SETS_PATH.test(statement.text) && mentions(statement.text, name.name) > 0,
  );

export default rule({
  id: "security-definer-search-path",
  family: "security",
  severity: "error",
  presets: ["recommended"],
  summary: "SECURITY DEFINER functions set search_path",
  why: "The function runs with its owner's rights but looks names up in the caller's search_path: a caller can put a table or function of their own in front.",
  instead: "Add SET search_path = schema, pg_temp to the function.",
  bad: [
    {
      sql: "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
      fixed:
        "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = app, public, pg_temp AS 'SELECT 1';",
      differs: ["+ settings of app.f(): search_path=app, public, pg_temp"],
    },
    {
      sql: "SET search_path = app, pg_temp; CREATE FUNCTION app.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
      fixed:
        "SET search_path = app, pg_temp; CREATE FUNCTION app.f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = app, pg_temp AS 'SELECT 1';",
      differs: ["+ settings of app.f(): search_path=app, pg_temp"],
    },
  ],
  good: [
    "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = app, pg_temp AS 'SELECT 1';",
    "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
    "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; ALTER FUNCTION app.f() SET search_path = app, pg_temp;",
  ],
  fix: {
    gives: "other",
    note: "The path is the one that the file runs with, where that is configured, and pg_temp last; take out of it what the function does not need.",
  },
  on: {
    "create-function": (action, context) => {
      const { report } = context;
      if (!action.options.securityDefiner || action.options.setsSearchPath) return;
      if (!isSetLater(action, context.file))
        report(
          action,
          `${shown(action.name)} runs with its owner's rights and its caller's search_path.`,
          fixOf(action, fixedPath(action, context)),
        );
    },
  },
});
