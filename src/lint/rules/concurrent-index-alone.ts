// A file with CONCURRENTLY has nothing else.
import { rule } from "../rule.ts";

export default rule({
  id: "concurrent-index-alone",
  family: "tx",
  severity: "warning",
  presets: ["recommended"],
  summary: "CONCURRENTLY has a file of its own",
  why: "Such a file runs without a transaction. When a later statement fails, the earlier ones stay, and the file is half done.",
  instead: "Put each CREATE INDEX CONCURRENTLY in a file of its own.",
  bad: [
    "ALTER TABLE app.a ADD COLUMN b int; CREATE INDEX CONCURRENTLY i ON app.a (b);",
    "DROP INDEX CONCURRENTLY app.i; ALTER TABLE app.a ADD COLUMN b int;",
    "CREATE INDEX CONCURRENTLY i ON app.a (b); CREATE INDEX j ON app.a (c);",
  ],
  good: [
    "CREATE INDEX CONCURRENTLY i ON app.a (b);",
    "SET lock_timeout = '2s'; CREATE INDEX CONCURRENTLY i ON app.a (b);",
    "DROP INDEX CONCURRENTLY IF EXISTS app.i; CREATE INDEX CONCURRENTLY i ON app.a (b);",
    {
      sql: "ALTER TABLE app.a ADD COLUMN b int; CREATE INDEX CONCURRENTLY i ON app.a (b);",
      autocommit: true,
    },
    "CREATE INDEX i ON app.a (b); ALTER TABLE app.a ADD COLUMN c int;",
    "DROP INDEX app.i; ALTER TABLE app.a ADD COLUMN c int;",
  ],
  file: ({ file, project, report }) => {
    // Where no file has a transaction, this one is no worse than the others.
    if (!project.executeInTransaction) return;
    const concurrent = file.actions.find(
      (a) => (a.kind === "create-index" || a.kind === "drop") && a.concurrent && a.inside.body === "none",
    );
    const harmless = new Set(["set-variable", "select", "comment", "transaction", "vacuum"]);
    const other = file.actions.find(
      (a) => a.inside.body === "none" && !harmless.has(a.kind) && !("concurrent" in a && a.concurrent),
    );
    if (concurrent !== undefined && other !== undefined)
      report(
        other,
        "This file runs without a transaction because of CONCURRENTLY, so this statement stays when a later one fails.",
      );
  },
});
