// Number keys are bigint.
import { fixOf, isTypeFree, retyped } from "../edits.ts";
import { rule, shown } from "../rule.ts";
import { isSkipped } from "../shapes.ts";
import { isSerial, typeText } from "../types.ts";

const SMALL = /(?:small|big)?serial[24]?\b|int(?:eger|[24])?\b|smallint\b/i;

export default rule({
  id: "bigint-keys",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "Number keys are bigint",
  why: "An integer key ends at 2,147,483,647, and making it larger rewrites the table and everything that points at it.",
  instead: "bigint.",
  bad: [
    {
      sql: "CREATE TABLE app.a (id serial PRIMARY KEY);",
      fixed: "CREATE TABLE app.a (id bigserial PRIMARY KEY);",
      differs: [
        "- column app.a.id integer not null default nextval('app.a_id_seq'::regclass)",
        "+ column app.a.id bigint not null default nextval('app.a_id_seq'::regclass)",
      ],
    },
    {
      sql: "CREATE TABLE app.a (\n  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n  b text\n);",
      line: 2,
      fixed: "CREATE TABLE app.a (\n  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n  b text\n);",
      differs: [
        "- column app.a.id integer not null identity a",
        "+ column app.a.id bigint not null identity a",
      ],
    },
    "CREATE TABLE app.a (id int GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (id));",
    {
      sql: "CREATE TABLE app.a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);",
      fixed: "CREATE TABLE app.a (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);",
      differs: [
        "- column app.a.id integer not null identity a",
        "+ column app.a.id bigint not null identity a",
      ],
    },
  ],
  good: [
    "CREATE TABLE app.a (id bigint PRIMARY KEY);",
    "CREATE TABLE app.a (id uuid PRIMARY KEY);",
    {
      before: "CREATE TABLE app.a (id bigint PRIMARY KEY);",
      sql: "CREATE TABLE IF NOT EXISTS app.a (id serial PRIMARY KEY);",
    },
    "CREATE TABLE app.a (year int, kind int, PRIMARY KEY (year, kind));",
    "CREATE TABLE app.a (code int PRIMARY KEY);",
    "CREATE TABLE app.a (id bigserial PRIMARY KEY);",
  ],
  fix: {
    gives: "other",
    note: "Only where nothing else in the file names the column: a foreign key to it should be bigint as well.",
  },
  on: {
    "create-table": (action, { report, file, project, catalog }) => {
      if (isSkipped(action, catalog)) return;
      const key = action.constraints.find((c) => c.type === "primary");
      const column =
        key?.columns.length === 1 ? action.columns.find((c) => c.name === key.columns[0]) : undefined;
      const small =
        column !== undefined && /^(?:int[24]|serial|smallserial|serial[24])$/.test(column.type.name);
      if (column !== undefined && small && (column.identity || isSerial(column.type)))
        report(
          { start: column.start },
          `The key ${column.name} of ${shown(action.name)} is ${typeText(column.type)}.`,
          isTypeFree(column.name, file, project)
            ? fixOf(
                action,
                retyped(file.script, column.type, SMALL, (type) =>
                  /serial/i.test(type) ? "bigserial" : "bigint",
                ),
              )
            : undefined,
        );
    },
  },
});
