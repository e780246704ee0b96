// A new enum value is not used in the transaction that adds it.
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
  ],
  good: [
    {
      before: "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.t (s app.s);",
      sql: "ALTER TYPE app.s ADD VALUE 'b';",
    },
    {
      before: "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.t (s app.s);",
      sql: "ALTER TYPE app.s ADD VALUE 'b'; COMMIT; UPDATE app.t SET s = 'b' WHERE s = 'a';",
    },
    "CREATE TYPE app.s AS ENUM ('a'); ALTER TYPE app.s ADD VALUE 'b'; SELECT 'b'::app.s;",
  ],
  statement: ({ statement, actions, references }, { transaction, catalog, report, isFresh }) => {
    if (
      !transaction.isOpen ||
      actions.some((a) => a.kind === "add-enum-value" || a.kind === "create-function")
    )
      return;
    for (const entry of transaction.enumValues) {
      const [key = "", value = ""] = entry.split("/", 2);
      const type = catalog.types.get(key);
      // A type made in this transaction may be used with all its values.
      if (type !== undefined && isFresh(type.origin)) continue;
      const at = statement.text.indexOf(`'${value}'`);
      const usesType = references.some((r) => r.kind === "type" && r.name.name === type?.name);
      const usesTable = references.some(
        (r) =>
          r.kind === "relation" &&
          [...(catalog.table(r.name)?.columns.values() ?? [])].some((c) => c.type.name === type?.name),
      );
      if (at !== -1 && (usesType || usesTable))
        report(
          { start: statement.start + at, end: statement.start + at + value.length + 2 },
          `'${value}' was added to ${key} in this transaction and cannot be used before it is committed.`,
        );
    }
  },
});
