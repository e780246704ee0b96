// Constraints of domains are not changed in use.
import { fixOf, insertion } from "../edits.ts";
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-check-on-domain",
  family: "lock",
  severity: "warning",
  presets: ["recommended"],
  summary: "A domain in use gets no new constraint at once",
  lock: "SHARE",
  why: "ALTER DOMAIN ... ADD CONSTRAINT reads every table with a column of the domain, holding SHARE locks on them.",
  instead:
    "ADD CONSTRAINT ... NOT VALID, then ALTER DOMAIN ... VALIDATE CONSTRAINT in the next file; better a CHECK on the table.",
  bad: [
    {
      before: "CREATE DOMAIN app.d AS int; CREATE TABLE app.a (b app.d);",
      sql: "ALTER DOMAIN app.d ADD CONSTRAINT c CHECK (VALUE > 0);",
      fixed: "ALTER DOMAIN app.d ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID;",
      differs: ["- check of app.d: CHECK ((VALUE > 0))", "+ check of app.d: CHECK ((VALUE > 0)) NOT VALID"],
    },
  ],
  good: [
    {
      before: "CREATE DOMAIN app.d AS int; CREATE TABLE app.a (b app.d);",
      sql: "ALTER DOMAIN app.d ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID;",
    },
  ],
  fix: {
    gives: "other",
    note: "The constraint keeps out new values at once; it stays NOT VALID until a later file validates it.",
  },
  on: {
    "alter-domain": (action, { report }) => {
      if (action.adds !== undefined && !action.adds.notValid && runs(action))
        report(
          action,
          `ADD CONSTRAINT on the domain ${shown(action.name)} reads every table that uses it.`,
          fixOf(action, insertion(action.end, " NOT VALID")),
        );
    },
  },
});
