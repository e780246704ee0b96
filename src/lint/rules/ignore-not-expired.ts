// A suppression with a last day is looked at again.
import { rule } from "../rule.ts";

export default rule({
  id: "ignore-not-expired",
  family: "history",
  severity: "error",
  presets: ["guide", "recommended", "flyway"],
  summary: "A suppression has not expired",
  why: "It was meant for a while, and the while is over.",
  instead: "Mend what it hides, or set a new day.",
  bad: [
    {
      sql: "-- godwit-ignore create-table-if-not-exists: for now until 2025-12-31\nCREATE TABLE app.a (id uuid);",
      line: 1,
    },
  ],
  good: [
    "-- godwit-ignore create-table-if-not-exists: for now until 2026-01-01\nCREATE TABLE app.a (id uuid);",
  ],
});
