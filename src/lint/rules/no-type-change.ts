// The type of a column in use stays.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";
import { typeText } from "../types.ts";

export default rule({
  id: "no-type-change",
  family: "break",
  aliases: ["rg10"],
  severity: "info",
  presets: ["flyway"],
  summary: "The type of a column in use is not changed",
  lock: "ACCESS EXCLUSIVE",
  why: "Even where nothing is rewritten, views over the column refuse the change, prepared statements fail once, and applications read another type.",
  instead: "Add a column of the new type, fill it, move readers, and drop the old one later.",
  bad: [
    {
      before: "CREATE TABLE app.a (b varchar(10));",
      sql: "ALTER TABLE app.a ALTER b TYPE varchar(20);",
    },
  ],
  good: [
    "CREATE TABLE app.a (b varchar(10)); ALTER TABLE app.a ALTER b TYPE varchar(20);",
    { before: "CREATE TABLE app.a (b varchar(10));", sql: "ALTER TABLE app.a ALTER b SET DEFAULT 'x';" },
  ],
  on: {
    "alter-type": (action, { report, isBusy }) => {
      if (runs(action) && isBusy(action.table))
        report(action, `${action.column} of ${shown(action.table)} becomes ${typeText(action.type)}.`);
    },
  },
});
