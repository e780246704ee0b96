// Indexes are built in files of their own.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "index-alone",
  family: "tx",
  aliases: ["rg05"],
  severity: "info",
  presets: ["flyway"],
  summary: "Indexes have a file of their own",
  why: "An index takes long and can be built again at any time; what stands beside it waits for it, and is undone when it fails.",
  instead:
    "Put CREATE INDEX into a file of its own. An index on a table made in the same file costs nothing.",
  bad: ["ALTER TABLE app.a ADD COLUMN b int;\nCREATE INDEX i ON app.a (b);"].map((sql) => ({ sql, line: 2 })),
  good: [
    "SET lock_timeout = '2s'; CREATE INDEX i ON app.a (b); CREATE INDEX j ON app.a (c);",
    "CREATE TABLE app.a (b int); CREATE INDEX i ON app.a (b);",
  ],
  file: ({ file, report, isBusy }) => {
    const index = file.actions.find((a) => a.kind === "create-index" && runs(a) && isBusy(a.table));
    const beside = new Set(["create-index", "set-variable", "comment", "drop", "transaction", "do"]);
    if (index !== undefined && file.actions.some((a) => runs(a) && !beside.has(a.kind)))
      report(index, "CREATE INDEX stands beside other statements.");
  },
});
