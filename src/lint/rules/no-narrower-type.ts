// A column does not lose room.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";
import { isNarrowing, typeText } from "../types.ts";

export default rule({
  id: "no-narrower-type",
  family: "data",
  severity: "error",
  presets: ["recommended"],
  summary: "A type change does not make room smaller",
  rows: true,
  why: "The statement fails at the first value that does not fit any more, or cuts it.",
  instead: "Look for such values first, and add a CHECK ... NOT VALID in place of the narrower type.",
  bad: [
    { before: "CREATE TABLE app.a (b bigint);", sql: "ALTER TABLE app.a ALTER COLUMN b TYPE int;" },
    { before: "CREATE TABLE app.a (b text);", sql: "ALTER TABLE app.a ALTER COLUMN b TYPE varchar(10);" },
  ],
  good: [
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a ALTER COLUMN b TYPE bigint;" },
    "CREATE TABLE app.a (b bigint); ALTER TABLE app.a ALTER b TYPE int;",
  ],
  on: {
    "alter-type": (action, { report, sized, catalog, isBusy }) => {
      const before = catalog.column(action.table, action.column)?.type;
      if (before === undefined || !runs(action) || !isBusy(action.table) || !isNarrowing(before, action.type))
        return;
      report(
        action,
        `${action.column} of ${sized(action.table)} becomes narrower: ${typeText(before)} to ${typeText(action.type)}.`,
      );
    },
  },
});
