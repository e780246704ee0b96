// A suppression suppresses something.
import { rule } from "../rule.ts";

export default rule({
  id: "no-unused-ignore",
  family: "history",
  severity: "warning",
  presets: ["guide", "recommended", "flyway"],
  summary: "A suppression has something to suppress",
  why: "A comment that is not needed any more would hide the next finding of its rule.",
  instead: "Take the comment out.",
  bad: [
    {
      sql: "-- godwit-ignore create-table-if-not-exists: old\nCREATE TABLE IF NOT EXISTS app.a (id uuid);",
      line: 1,
      fixed: "CREATE TABLE IF NOT EXISTS app.a (id uuid);",
    },
  ],
  good: [
    "-- godwit-ignore create-table-if-not-exists: needed\nCREATE TABLE app.a (id uuid);",
    "CREATE TABLE app.a (id uuid); -- godwit-ignore create-table-if-not-exists: needed",
  ],
  fix: { gives: "same" },
});
