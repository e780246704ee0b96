// A new enum value is not used in the transaction that adds it.
import { mentions } from "../edits.ts";
import { rule } from "../rule.ts";

export default rule({
  id: "enum-value-not-used-at-once",
  family: "tx",
  severity: "error",
  presets: ["recommended"],
  summary: "A new enum value is used in a later file",
  why: "The server refuses it: unsafe use of new value of enum type. The value can be used once its transaction is committed.",
  instead: "Use it in the next file.",
  bad: [
    {
      before: "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.t (s app.s);",
      sql: "ALTER TYPE app.s ADD VALUE 'b';\nUPDATE app.t SET s = 'b' WHERE s = 'a';",
      line: 2,
    },
    {
      files: {
        "V1__a.sql": "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.t (s app.s);",
        "V2__b.sql": "ALTER TYPE app.s ADD VALUE 'b/c'; UPDATE app.t SET s = 'b/c' WHERE s = 'a';",
      },
    },
    {
      sql: "ALTER TYPE app.unknown ADD VALUE 'b';\nUPDATE app.elsewhere SET s = 'b' WHERE s = 'a';",
      line: 2,
    },
    {
      before: "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.t (s app.s);",
      sql: "ALTER TYPE app.s ADD VALUE 'b';\nSELECT 'b'::app.s;",
      line: 2,
    },
    {
      before: "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.t (s app.s, n text);",
      sql: "ALTER TYPE app.s ADD VALUE 'b';\nINSERT INTO app.t VALUES ('b', 'c');",
      line: 2,
    },
  ],
  good: [
    {
      before: "CREATE TYPE app.s AS ENUM ('a', 'b'); CREATE TABLE app.t (s app.s);",
      sql: "ALTER TYPE app.s ADD VALUE IF NOT EXISTS 'b'; UPDATE app.t SET s = 'b' WHERE s = 'a';",
    },
    {
      before: "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.t (s app.s, n text);",
      sql: "ALTER TYPE app.s ADD VALUE 'b'; UPDATE app.t SET n = 'b' WHERE n IS NULL;",
    },
    {
      before: "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.t (s app.s);",
      sql: "ALTER TYPE app.s ADD VALUE 'b';",
    },
    {
      before: "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.t (s app.s);",
      sql: "ALTER TYPE app.s ADD VALUE 'b'; COMMIT; UPDATE app.t SET s = 'b' WHERE s = 'a';",
    },
    "CREATE TYPE app.s AS ENUM ('a'); ALTER TYPE app.s ADD VALUE 'b'; SELECT 'b'::app.s;",
    {
      before: "CREATE TABLE app.t (s text);",
      sql: "ALTER TYPE app.unknown ADD VALUE 'b'; UPDATE app.t SET s = 'b' WHERE s = 'a';",
    },
    {
      before: "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.t (s app.s);",
      sql: "ALTER TYPE app.s ADD VALUE 'b'; UPDATE app.t SET s = 'b' WHERE s = 'a';",
      outside: true,
    },
    {
      before: "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.t (s app.s);",
      sql: "ALTER TYPE app.s ADD VALUE 'b'; ALTER TYPE app.s ADD VALUE 'c' AFTER 'b'; UPDATE app.t SET s = 'a';",
    },
    {
      before: "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.t (s app.s);",
      sql: "ALTER TYPE app.s ADD VALUE 'b'; CREATE FUNCTION app.f() RETURNS app.s LANGUAGE plpgsql AS $$ BEGIN UPDATE app.t SET s = 'b'; END $$;",
    },
  ],
  statement: ({ statement, actions, references }, { transaction, catalog, report, file }) => {
    if (
      !transaction.isOpen ||
      actions.some((a) => a.kind === "add-enum-value" || a.kind === "create-function")
    )
      return;
    for (const { type: key, value } of transaction.enumValues) {
      const type = catalog.types.get(key);
      // A type made in this transaction may be used with all its values.
      if (type !== undefined && type.origin.file === file.source.path) continue;
      const at = statement.text.indexOf(`'${value}'`);
      if (at === -1) continue;
      const name = type?.name ?? key;
      const fillsAll = actions.some((a) => a.kind === "insert" && a.columns.length === 0);
      const uses = references.some((r) => {
        if (r.kind === "type") return r.name.name === name;
        const table = catalog.table(r.name);
        return table === undefined
          ? type === undefined
          : [...table.columns.values()].some(
              (c) => c.type.name === name && (fillsAll || mentions(statement.text, c.name) > 0),
            );
      });
      if (uses)
        report(
          { start: statement.start + at, end: statement.start + at + value.length + 2 },
          `'${value}' was added to ${key} in this transaction and cannot be used before it is committed.`,
        );
    }
  },
});
