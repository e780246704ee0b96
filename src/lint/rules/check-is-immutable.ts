// A CHECK that holds today holds tomorrow.
import { rule } from "../rule.ts";
import { CONSTRAINT_MAKERS, constraintsOf, runs } from "../shapes.ts";

/** Their value changes by itself, or differs from session to session. */
const CHANGING = new Set([
  "clock_timestamp",
  "current_date",
  "current_setting",
  "current_time",
  "current_timestamp",
  "current_user",
  "localtime",
  "localtimestamp",
  "now",
  "random",
  "session_user",
  "statement_timestamp",
  "transaction_timestamp",
]);

export default rule({
  id: "check-is-immutable",
  family: "data",
  severity: "warning",
  presets: ["recommended"],
  summary: "A CHECK does not depend on the time or the session",
  why: "PostgreSQL takes for granted that a row which was good once stays good. Otherwise a dump cannot be restored, and an UPDATE of another column is refused.",
  instead: "Check it in a trigger or in the application, or compare with another column such as created_at.",
  bad: [
    "CREATE TABLE app.a (b date CHECK (b > current_date));",
    "ALTER TABLE app.a ADD CONSTRAINT c CHECK (b < now()) NOT VALID;",
  ],
  good: [
    "CREATE TABLE app.a (b date CHECK (b > date '2000-01-01'));",
    "CREATE TABLE app.a (b date DEFAULT current_date, c date CHECK (c > b));",
  ],
  kinds: CONSTRAINT_MAKERS,
  each: (action, { report }) => {
    if (!runs(action)) return;
    for (const { type, expression, start } of constraintsOf(action)) {
      if (type !== "check") continue;
      const changing = expression?.functions.find((f) => CHANGING.has(f));
      if (changing !== undefined)
        report({ start }, `The value of ${changing} changes, so a good row can become a bad one.`);
    }
  },
});
