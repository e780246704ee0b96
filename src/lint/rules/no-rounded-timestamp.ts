// timestamp(0) rounds.
import { fixOf, isTypeFree, retyped } from "../edits.ts";
import { rule } from "../rule.ts";
import { COLUMN_MAKERS, newColumns } from "../shapes.ts";

const ROUNDED = /timestamp(?:tz)?\s*\(\s*0\s*\)/i;

export default rule({
  id: "no-rounded-timestamp",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "No timestamp is rounded to seconds",
  why: "timestamp(0) rounds, it does not cut: a value may lie half a second in the future.",
  instead: "No precision; date_trunc('second', ...) where it is shown.",
  bad: [
    {
      sql: "CREATE TABLE app.a (b timestamptz(0));",
      fixed: "CREATE TABLE app.a (b timestamptz);",
      differs: ["- column app.a.b timestamp(0) with time zone", "+ column app.a.b timestamp with time zone"],
    },
    {
      sql: "CREATE TABLE app.a (b timestamp (0) without time zone);",
      fixed: "CREATE TABLE app.a (b timestamp without time zone);",
      differs: [
        "- column app.a.b timestamp(0) without time zone",
        "+ column app.a.b timestamp without time zone",
      ],
    },
  ],
  good: ["CREATE TABLE app.a (b timestamptz);", "CREATE TABLE app.a (b time(0));"],
  fix: {
    gives: "other",
    note: "Values keep their fractions of a second.",
  },
  kinds: COLUMN_MAKERS,
  each: (action, { report, file, project, catalog }) => {
    for (const column of newColumns(action, catalog))
      if (/^timestamp/.test(column.type.name) && column.type.args[0] === 0)
        report(
          { start: column.start },
          `${column.name} is rounded to whole seconds.`,
          isTypeFree(column.name, file, project)
            ? fixOf(
                action,
                retyped(file.script, column.type, ROUNDED, (type) => type.replace(/\s*\(.*/s, "")),
              )
            : undefined,
        );
  },
});
