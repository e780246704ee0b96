// The parser of PostgreSQL takes every statement. What a session variable or an extension may add is not known here.
import { rule } from "../rule.ts";

export default rule({
  id: "syntax-error",
  family: "break",
  severity: "error",
  presets: ["guide", "recommended", "flyway"],
  summary: "Every statement can be parsed",
  why: "The server would refuse it, and the file would fail half way.",
  instead: "Mend it. Variables of psql and its commands are no SQL.",
  bad: [
    "CREATE TABEL app.a (b int);",
    { sql: "SELECT 1;\nSELECT FROM WHERE;", line: 2 },
    "CREATE FUNCTION app.f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN retrun; END $$;",
  ],
  good: ["CREATE TABLE app.a (b int);"],
  statement: ({ problems }, { report }) => {
    for (const { message, start } of problems)
      report({ start }, `${message.charAt(0).toUpperCase()}${message.slice(1)}.`);
  },
});
