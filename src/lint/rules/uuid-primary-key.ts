// Primary keys of one column are uuids that the database fills in. Keys of several columns are for tables between tables.
import { fixOf, retyped } from "../edits.ts";
import { rule, shown } from "../rule.ts";
import { isSkipped, runs } from "../shapes.ts";
import { typeText } from "../types.ts";

const MAKERS = new Set(["gen_random_uuid", "uuid_generate_v4", "uuid_generate_v1mc", "uuidv4", "uuidv7"]);

export default rule({
  id: "uuid-primary-key",
  family: "guide",
  severity: "warning",
  presets: ["guide"],
  summary: "Primary keys are uuid with a default",
  clause: "Use UUIDs for primary keys: UUID PRIMARY KEY DEFAULT gen_random_uuid()",
  why: "Numbers from a sequence tell how many rows there are, collide when databases are merged, and run out.",
  instead: "id UUID PRIMARY KEY DEFAULT gen_random_uuid().",
  bad: [
    "CREATE TABLE app.a (id serial PRIMARY KEY);",
    {
      sql: "CREATE TABLE app.a (id uuid PRIMARY KEY);",
      fixed: "CREATE TABLE app.a (id uuid DEFAULT gen_random_uuid() PRIMARY KEY);",
      differs: [
        "- column app.a.id uuid not null",
        "+ column app.a.id uuid not null default gen_random_uuid()",
      ],
    },
    "CREATE TABLE app.a (id bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (id));",
    "CREATE TABLE app.a (id int PRIMARY KEY, p uuid REFERENCES app.p);",
    { sql: "CREATE TABLE app.a (id uuid PRIMARY KEY DEFAULT app.f());" },
  ],
  good: [
    "CREATE TABLE app.a (id uuid PRIMARY KEY DEFAULT gen_random_uuid());",
    {
      before: "CREATE TABLE app.a (id uuid PRIMARY KEY);",
      sql: "CREATE TABLE IF NOT EXISTS app.a (id int PRIMARY KEY);",
    },
    "CREATE TABLE app.a (b uuid, c uuid, PRIMARY KEY (b, c));",
    "CREATE TABLE app.b (id uuid PRIMARY KEY REFERENCES app.a (id));",
    "CREATE TEMPORARY TABLE a (id int PRIMARY KEY);",
    "CREATE TABLE app.b (id int, PRIMARY KEY (id), FOREIGN KEY (id) REFERENCES app.a);",
  ],
  fix: {
    gives: "other",
    note: "Only the missing default of a uuid is added; a number does not become a uuid.",
  },
  on: {
    "create-table": (action, { report, file, pg, catalog }) => {
      if (isSkipped(action, catalog)) return;
      const key = action.constraints.find((c) => c.type === "primary");
      if (key === undefined || key.columns.length !== 1 || action.temporary || !runs(action)) return;
      const column = action.columns.find((c) => c.name === key.columns[0]);
      if (column === undefined || column.constraints.some((c) => c.type === "foreign")) return;
      if (action.constraints.some((c) => c.type === "foreign" && c.columns.includes(column.name))) return;
      const at = { start: column.start };
      if (column.type.name !== "uuid")
        report(at, `The primary key of ${shown(action.name)} is ${typeText(column.type)}, not uuid.`);
      else if (column.default?.functions.some((f) => MAKERS.has(f)) !== true) {
        report(
          at,
          `The primary key ${column.name} of ${shown(action.name)} has no default that makes a uuid.`,
          column.default === undefined && pg >= 13
            ? fixOf(
                action,
                retyped(file.script, column.type, /uuid\b/i, (type) => `${type} DEFAULT gen_random_uuid()`),
              )
            : undefined,
        );
      }
    },
  },
});
