// jsonb can be compared and indexed.
import { fixOf, isTypeFree, retyped } from "../edits.ts";
import { rule } from "../rule.ts";
import { COLUMN_MAKERS, newColumns } from "../shapes.ts";

export default rule({
  id: "jsonb-over-json",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "Columns are jsonb, not json",
  why: "json has no equality: SELECT DISTINCT and GROUP BY over rows with it fail, and it cannot be indexed.",
  instead: "jsonb.",
  bad: [
    {
      sql: "CREATE TABLE app.a (b json NOT NULL DEFAULT '{}');",
      fixed: "CREATE TABLE app.a (b jsonb NOT NULL DEFAULT '{}');",
      differs: [
        "- column app.a.b json not null default '{}'::json",
        "+ column app.a.b jsonb not null default '{}'::jsonb",
      ],
    },
  ],
  good: ["CREATE TABLE app.a (b jsonb);"],
  fix: {
    gives: "other",
    note: "jsonb keeps neither the order of keys nor repeated ones.",
  },
  kinds: COLUMN_MAKERS,
  each: (action, { report, file, project, catalog }) => {
    for (const column of newColumns(action, catalog))
      if (column.type.name === "json")
        report(
          { start: column.start },
          `${column.name} is json.`,
          isTypeFree(column.name, file, project)
            ? fixOf(
                action,
                retyped(file.script, column.type, /json\b/i, () => "jsonb"),
              )
            : undefined,
        );
  },
});
