// A suppression names a rule.
import { rule } from "../rule.ts";

export default rule({
  id: "ignore-known-rule",
  family: "history",
  severity: "error",
  presets: ["guide", "recommended", "flyway"],
  summary: "A suppression names a rule that exists",
  why: "A misspelt name suppresses nothing.",
  instead: "godwit rules lists the names.",
  bad: [
    { sql: "-- godwit-ignore create-tabel: because\nSELECT 1;", line: 1 },
    {
      sql: "-- godwit-ignore create-table-if-not-exist: because\nCREATE TABLE app.a (id int);",
      line: 1,
      fixed: "-- godwit-ignore create-table-if-not-exists: because\nCREATE TABLE app.a (id int);",
    },
  ],
  good: ["SELECT 1;"],
  fix: { gives: "same", note: "Where the name is like that of one rule." },
});
