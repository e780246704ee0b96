// Constraints of domains are not changed in use.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-check-on-domain",
  family: "lock",
  severity: "warning",
  presets: ["recommended"],
  summary: "A domain in use gets no new constraint at once",
  why: "ALTER DOMAIN ... ADD CONSTRAINT reads every table with a column of the domain, holding SHARE locks on them.",
  instead:
    "ADD CONSTRAINT ... NOT VALID, then ALTER DOMAIN ... VALIDATE CONSTRAINT in the next file; better a CHECK on the table.",
  bad: [
    { before: "CREATE DOMAIN app.d AS int;", sql: "ALTER DOMAIN app.d ADD CONSTRAINT c CHECK (VALUE > 0);" },
  ],
  good: [
    {
      before: "CREATE DOMAIN app.d AS int;",
      sql: "ALTER DOMAIN app.d ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID;",
    },
  ],
  on: {
    "alter-domain": (action, { report }) => {
      if (action.adds !== undefined && !action.adds.notValid && runs(action))
        report(action, `ADD CONSTRAINT on the domain ${shown(action.name)} reads every table that uses it.`);
    },
  },
});
