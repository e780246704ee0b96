// TRUNCATE does not reach other tables.
import type { ActionNamed } from "../../tree/action.ts";
import {
  type Edits,
  fixOf,
  insertion,
  nameEnd,
  readAt,
  replacement,
  wholeStatement,
  withoutLast,
  writtenName,
} from "../edits.ts";
import { type Catalog, keyOf, type ModelTable } from "../model.ts";
import { type FileFacts, rule, shown } from "../rule.ts";
import { fullName, runs } from "../shapes.ts";

/** All tables with foreign keys to one, and to those, in the order in which they are met. */
function reached(catalog: Catalog, key: string): readonly ModelTable[] {
  const found = new Map<string, ModelTable>();
  const waiting = [key];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const { table } of catalog.referencing(next)) {
      const name = keyOf(table.schema, table.name);
      if (name === key || found.has(name)) continue;
      found.set(name, table);
      waiting.push(name);
    }
  }
  return [...found.values()];
}

function namedTables(action: ActionNamed<"truncate">, file: FileFacts, catalog: Catalog): Edits {
  const span = wholeStatement(action, file);
  if (span === undefined || catalog.table(action.table) === undefined) return undefined;
  const cut = withoutLast(file.script, span, "CASCADE");
  if (cut === undefined) return undefined;
  const names = reached(catalog, catalog.tableKey(action.table)).map((table) => `, ${writtenName(table)}`);
  const end = nameEnd(file.script, action.table.start);
  // The two touch where nothing stands between them.
  const [only] = cut;
  if (only?.start === end) return replacement(only, names.join(""));
  return [...insertion(end, names.join("")), ...cut];
}

export default rule({
  id: "no-truncate-cascade",
  family: "data",
  severity: "error",
  presets: ["recommended"],
  summary: "TRUNCATE has no CASCADE",
  why: "It also empties every table with a foreign key to this one, and those with foreign keys to them.",
  instead: "Name the tables, each with a reason.",
  bad: [
    {
      before: "CREATE TABLE app.a (b int PRIMARY KEY); CREATE TABLE app.c (b int REFERENCES app.a);",
      sql: "TRUNCATE app.a CASCADE;",
      fixed: "TRUNCATE app.a, app.c;",
    },
    {
      before:
        "CREATE TABLE app.a (b int PRIMARY KEY); CREATE TABLE app.c (b int PRIMARY KEY REFERENCES app.a); CREATE TABLE app.d (b int REFERENCES app.c);",
      sql: "TRUNCATE app.a CASCADE;",
      fixed: "TRUNCATE app.a, app.c, app.d;",
    },
    "TRUNCATE app.unknown CASCADE;",
  ],
  good: [
    { before: "CREATE TABLE app.a (b int);", sql: "TRUNCATE app.a;" },
    {
      before: "CREATE TABLE app.a (b int PRIMARY KEY); CREATE TABLE app.c (b int REFERENCES app.a);",
      sql: "TRUNCATE app.a, app.c CASCADE;",
    },
  ],
  fix: {
    gives: "same",
    note: "The tables that CASCADE reaches by the files are named; where there are more of them, the statement now fails instead of emptying them too.",
  },
  on: {
    truncate: (action, { report, catalog, file }) => {
      if (!action.cascade || !runs(action)) return;
      const beside = readAt(file, action.start)?.actions ?? [];
      const named = new Set(
        beside.flatMap((a) => (a.kind === "truncate" ? [catalog.tableKey(a.table)] : [])),
      );
      const all = [...named].flatMap((key) => reached(catalog, key)).map((t) => keyOf(t.schema, t.name));
      // Whatever points at them is named too.
      if (all.length > 0 && all.every((key) => named.has(key))) return;
      const direct = catalog.referencing(catalog.tableKey(action.table)).map(({ table }) => table);
      const others = [
        ...new Set(direct.filter((t) => !named.has(keyOf(t.schema, t.name))).map((t) => fullName(t))),
      ];
      if (others.length === 0 && direct.length > 0) return;
      report(
        { start: action.table.start },
        `TRUNCATE ${shown(action.table)} CASCADE also empties ${others.length === 0 ? "every table that points at it" : others.join(", ")}.`,
        fixOf(action, namedTables(action, file, catalog)),
      );
    },
  },
});
