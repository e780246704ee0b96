// The parser of PostgreSQL takes every statement. What a session variable or an extension may add is not known here.
import { rule } from "../rule.ts";

/** An open quote is told with all that follows it. */
const LONGEST = 60;

const shortened = (message: string): string =>
  message.replace(/(?<=at or near ")(.+)(?="$)/s, (near) =>
    near.length > LONGEST ? `${near.slice(0, LONGEST)}...` : near,
  );

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
    for (const { message: whole, start } of problems) {
      const message = shortened(whole);
      report({ start }, `${message.charAt(0).toUpperCase()}${message.slice(1)}.`);
    }
  },
});
