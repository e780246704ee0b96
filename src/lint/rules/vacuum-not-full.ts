// VACUUM FULL has no place in migrations.
import { rule } from "../rule.ts";

export default rule({
  id: "vacuum-not-full",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "No VACUUM FULL and no CLUSTER",
  lock: "ACCESS EXCLUSIVE",
  why: "They write the table anew under ACCESS EXCLUSIVE: all reads and writes wait.",
  instead: "VACUUM without FULL; pg_repack or pg_squeeze for bloat.",
  bad: [
    { before: "CREATE TABLE app.a (b int);", sql: "VACUUM FULL app.a;" },
    { before: "CREATE TABLE app.a (b int); CREATE INDEX i ON app.a (b);", sql: "CLUSTER app.a USING i;" },
  ],
  good: [
    { before: "CREATE TABLE app.a (b int);", sql: "VACUUM app.a;" },
    { before: "CREATE TABLE app.a (b int);", sql: "ANALYZE app.a;" },
  ],
  kinds: ["vacuum", "cluster"],
  each: (action, { report }) => {
    if (action.kind === "vacuum" && action.full)
      report(action, "VACUUM FULL rewrites the table under ACCESS EXCLUSIVE: all reads and writes wait.");
    else if (action.kind === "cluster")
      report(action, "CLUSTER rewrites the table under ACCESS EXCLUSIVE: all reads and writes wait.");
  },
});
