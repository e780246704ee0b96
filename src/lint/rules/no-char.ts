// char(n) pads.
import { fixOf, isTypeFree, retyped } from "../edits.ts";
import { rule } from "../rule.ts";
import { COLUMN_MAKERS, newColumns } from "../shapes.ts";
import { typeText } from "../types.ts";

const CHAR = /char(?:acter)?\b(?!\s+varying)(?:\s*\(\s*\d+\s*\))?/i;

export default rule({
  id: "no-char",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "No column is char(n)",
  why: "char(n) is filled up with blanks, which do not count in comparisons but come back in results.",
  instead: "text or varchar(n).",
  bad: [
    {
      sql: "CREATE TABLE app.a (b char(3));",
      fixed: "CREATE TABLE app.a (b varchar(3));",
      differs: ["- column app.a.b character(3)", "+ column app.a.b character varying(3)"],
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "ALTER TABLE app.a ADD COLUMN b character(2);",
      fixed: "ALTER TABLE app.a ADD COLUMN b varchar(2);",
      differs: ["- column app.a.b character(2)", "+ column app.a.b character varying(2)"],
    },
  ],
  good: ["CREATE TABLE app.a (b text);"],
  fix: {
    gives: "other",
    note: "Values come back as they were written, without blanks behind them.",
  },
  kinds: COLUMN_MAKERS,
  each: (action, { report, file, project, catalog }) => {
    for (const column of newColumns(action, catalog))
      if (column.type.name === "bpchar")
        report(
          { start: column.start },
          `${column.name} is ${typeText(column.type)}, which pads with blanks.`,
          isTypeFree(column.name, file, project)
            ? fixOf(
                action,
                retyped(file.script, column.type, CHAR, (type) => `varchar(${/\d+/.exec(type)?.[0] ?? "1"})`),
              )
            : undefined,
        );
  },
});
