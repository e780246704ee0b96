// Before PostgreSQL 12, ADD VALUE could not run in a transaction.
import { rule } from "../rule.ts";

export default rule({
  id: "enum-value-outside-transaction",
  family: "tx",
  severity: "warning",
  presets: [],
  summary: "ADD VALUE before PostgreSQL 12 runs outside a transaction",
  why: "Up to PostgreSQL 11 the server refuses ALTER TYPE ... ADD VALUE in a transaction.",
  instead: "Give the file executeInTransaction=false.",
  bad: [{ sql: "BEGIN; ALTER TYPE app.s ADD VALUE 'b'; COMMIT;", pg: 11 }],
  good: [
    { sql: "BEGIN; ALTER TYPE app.s ADD VALUE 'b'; COMMIT;", pg: 15 },
    { sql: "ALTER TYPE app.s ADD VALUE 'b';", pg: 11, outside: true },
  ],
  on: {
    "add-enum-value": (action, { transaction, pg, report }) => {
      if (pg < 12 && transaction.isOpen)
        report(action, "ADD VALUE cannot run in a transaction on this server.");
    },
  },
});
