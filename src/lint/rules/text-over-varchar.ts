// text with a CHECK rather than varchar(n).
import { fixOf, isTypeFree, retyped, written } from "../edits.ts";
import { rule } from "../rule.ts";
import { COLUMN_MAKERS, newColumns } from "../shapes.ts";
import { typeText } from "../types.ts";

const VARCHAR = /(?:varchar|character\s+varying)\s*\(\s*\d+\s*\)/i;

const textWithCheck = (column: string, type: string): string =>
  `text CHECK (length(${written(column)}) <= ${/\d+/.exec(type)?.[0]})`;

export default rule({
  id: "text-over-varchar",
  family: "shape",
  severity: "info",
  presets: [],
  summary: "Columns are text, not varchar with a length",
  why: "A length in the type is a rule that is hard to change; both types are stored in the same way. The guide's own template uses VARCHAR(255), so this is off outside the strict preset.",
  instead: "text, with CHECK (length(column) <= n) where a limit is meant.",
  bad: [
    {
      sql: "CREATE TABLE app.a (b varchar(10) NOT NULL);",
      fixed: "CREATE TABLE app.a (b text CHECK (length(b) <= 10) NOT NULL);",
      differs: [
        "- column app.a.b character varying(10) not null",
        "+ column app.a.b text not null",
        "+ constraint app.a.a_b_check CHECK ((length(b) <= 10))",
      ],
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "ALTER TABLE app.a ADD COLUMN b character varying(10);",
    },
    {
      sql: "CREATE TABLE app.a (b varchar(10));",
      fixed: "CREATE TABLE app.a (b text CHECK (length(b) <= 10));",
      differs: [
        "- column app.a.b character varying(10)",
        "+ column app.a.b text",
        "+ constraint app.a.a_b_check CHECK ((length(b) <= 10))",
      ],
    },
    "CREATE TABLE app.a (b varchar(10)); CREATE INDEX i ON app.a (lower(b));",
  ],
  good: [
    "CREATE TABLE app.a (b text);",
    "CREATE TABLE app.a (b varchar);",
    "CREATE TABLE app.a (b numeric(5));",
  ],
  fix: {
    gives: "other",
    note: "A value that is too long only by its blanks is refused, where varchar cuts it. A column that is added to a table in use is left alone: the CHECK would read the table.",
  },
  kinds: COLUMN_MAKERS,
  each: (action, { report, file, project, catalog }) => {
    for (const column of newColumns(action, catalog))
      if (column.type.name === "varchar" && column.type.args.length > 0)
        report(
          { start: column.start },
          `${column.name} is ${typeText(column.type)}.`,
          action.kind === "create-table" && isTypeFree(column.name, file, project)
            ? fixOf(
                action,
                retyped(file.script, column.type, VARCHAR, (type) => textWithCheck(column.name, type)),
              )
            : undefined,
        );
  },
});
