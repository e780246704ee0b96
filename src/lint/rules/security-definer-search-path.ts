// SECURITY DEFINER functions fix their search_path.
import { rule, shown } from "../rule.ts";

export default rule({
  id: "security-definer-search-path",
  family: "security",
  severity: "error",
  presets: ["recommended"],
  summary: "SECURITY DEFINER functions set search_path",
  why: "The function runs with its owner's rights but looks names up in the caller's search_path: a caller can put a table or function of their own in front.",
  instead: "Add SET search_path = schema, pg_temp to the function.",
  bad: ["CREATE FUNCTION app.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';"],
  good: [
    "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = app, pg_temp AS 'SELECT 1';",
    "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
  ],
  on: {
    "create-function": (action, { report }) => {
      if (action.options.securityDefiner && !action.options.setsSearchPath)
        report(action, `${shown(action.name)} runs with its owner's rights and its caller's search_path.`);
    },
  },
});
