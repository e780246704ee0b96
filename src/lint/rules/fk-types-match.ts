// Both sides of a foreign key have one type.
import type { TypeFacts } from "../../tree/action.ts";
import { rule } from "../rule.ts";
import { foreignKeys, fullName, named } from "../shapes.ts";
import { typeText } from "../types.ts";

export default rule({
  id: "fk-types-match",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "Both sides of a foreign key have the same type",
  why: "The check converts every value, and an integer that points at a bigint ends earlier than its target.",
  instead: "Give the column the type of the column it points at.",
  bad: ["CREATE TABLE app.p (id bigint PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p (id));"],
  good: [
    "CREATE TABLE app.p (n text PRIMARY KEY); CREATE TABLE app.c (n text REFERENCES app.p); ALTER TABLE app.p DROP CONSTRAINT p_pkey, ADD COLUMN id bigint PRIMARY KEY;",
    "CREATE TABLE app.p (id bigserial PRIMARY KEY); CREATE TABLE app.c (p bigint REFERENCES app.p (id));",
    {
      before: "CREATE TABLE app.p (id bigint PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p);",
      sql: "SELECT 1;",
    },
    {
      before: "CREATE TABLE app.p (id bigint PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p);",
      sql: "CREATE INDEX i ON app.c (p);",
    },
    { sql: "CREATE TABLE app.c (p int REFERENCES elsewhere.p (id));" },
    "CREATE TABLE app.p (n text PRIMARY KEY); CREATE TABLE app.c (n varchar(10) REFERENCES app.p);",
    "CREATE DOMAIN app.key AS uuid; CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p app.key REFERENCES app.p);",
  ],
  end: ({ catalog, tables, isJudged, report }) => {
    const plain = (name: string): string =>
      name
        .replace(/^bigserial$|^serial8$/, "int8")
        .replace(/^smallserial$|^serial2$/, "int2")
        .replace(/^serial4?$/, "int4")
        // The two are one to the server: nothing is converted.
        .replace(/^varchar$/, "text");
    const isDomain = (type: TypeFacts): boolean =>
      catalog.type(named(type.schema, type.name))?.kind === "domain";
    for (const table of tables) {
      for (const key of foreignKeys(table)) {
        const target = key.references === undefined ? undefined : catalog.tables.get(key.references.table);
        if (target === undefined || !isJudged(key.origin)) continue;
        const columns = key.references?.columns ?? [];
        for (const [i, name] of key.columns.entries()) {
          const from = table.columns.get(name)?.type;
          const to = target.columns.get(columns[i] ?? "")?.type;
          if (from === undefined || to === undefined || plain(from.name) === plain(to.name)) continue;
          // What a domain is made of is not known here.
          if (!isDomain(from) && !isDomain(to))
            report(
              key.origin.file,
              key.origin,
              `${fullName(table)}.${name} is ${typeText(from)}, but ${fullName(target)}.${columns[i]} is ${typeText(to)}.`,
            );
        }
      }
    }
  },
});
