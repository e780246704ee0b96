// Number keys are bigint.
import { rule, shown } from "../rule.ts";
import { isSkipped } from "../shapes.ts";
import { typeText } from "../types.ts";

export default rule({
  id: "bigint-keys",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "Number keys are bigint",
  why: "An integer key ends at 2,147,483,647, and making it larger rewrites the table and everything that points at it.",
  instead: "bigint.",
  bad: [
    "CREATE TABLE app.a (id serial PRIMARY KEY);",
    "CREATE TABLE app.a (id int GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (id));",
    "CREATE TABLE app.a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);",
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
  on: {
    "create-table": (action, { report, catalog }) => {
      if (isSkipped(action, catalog)) return;
      const key = action.constraints.find((c) => c.type === "primary");
      const column =
        key?.columns.length === 1 ? action.columns.find((c) => c.name === key.columns[0]) : undefined;
      const small =
        column !== undefined && /^(?:int[24]|serial|smallserial|serial[24])$/.test(column.type.name);
      if (column !== undefined && small && (column.identity || /serial/.test(column.type.name)))
        report(
          { start: column.start },
          `The key ${column.name} of ${shown(action.name)} is ${typeText(column.type)}.`,
        );
    },
  },
});
