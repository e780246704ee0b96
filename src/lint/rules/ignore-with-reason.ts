// A suppression says why.
import { rule } from "../rule.ts";

export default rule({
  id: "ignore-with-reason",
  family: "history",
  severity: "error",
  presets: ["guide", "recommended", "flyway"],
  summary: "A suppression has a reason",
  why: "Without a reason nobody can tell later whether it still holds; so it does not count.",
  instead: "-- godwit-ignore rule-id: the reason [until YYYY-MM-DD].",
  bad: ["-- godwit-ignore create-table-if-not-exists\nCREATE TABLE app.a (id uuid);"].map((sql) => ({
    sql,
    line: 1,
  })),
  good: ["-- godwit-ignore create-table-if-not-exists: made by hand nowhere\nCREATE TABLE app.a (id uuid);"],
});
