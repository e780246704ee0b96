// VACUUM FULL has no place in migrations.
import { rule } from "../rule.ts";

export default rule({
  id: "vacuum-not-full",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "No VACUUM FULL and no CLUSTER",
  why: "They write the table anew under ACCESS EXCLUSIVE: all reads and writes wait.",
  instead: "VACUUM without FULL; pg_repack or pg_squeeze for bloat.",
  bad: ["VACUUM FULL app.a;", "CLUSTER app.a USING i;"],
  good: ["VACUUM app.a;", "ANALYZE app.a;", "VACUUM app.a;"],
  each: (action, { report }) => {
    if (action.kind === "vacuum" && action.full)
      report(action, "VACUUM FULL rewrites the table under ACCESS EXCLUSIVE: all reads and writes wait.");
    else if (action.kind === "cluster")
      report(action, "CLUSTER rewrites the table under ACCESS EXCLUSIVE: all reads and writes wait.");
  },
});
