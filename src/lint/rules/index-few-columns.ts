// Indexes have few columns.
import { rule } from "../rule.ts";

export default rule({
  id: "index-few-columns",
  family: "shape",
  severity: "info",
  presets: [],
  summary: "An index that is not unique has at most three columns",
  why: "The columns further back seldom narrow a search and make every write dearer.",
  instead: "The columns that are searched by equality first, at most three.",
  bad: ["CREATE TABLE app.a (b int, c int, d int, e int); CREATE INDEX i ON app.a (b, c, d, e);"],
  good: [
    "CREATE TABLE app.a (b int, c int, d int, e int); CREATE UNIQUE INDEX i ON app.a (b, c, d, e);",
    "CREATE UNIQUE INDEX i ON app.a (b, c, d, e);",
    "CREATE INDEX i ON app.a USING gin (b, c, d, e);",
    "CREATE INDEX i ON app.a (b, c, d);",
  ],
  on: {
    "create-index": (action, { report }) => {
      if (!action.unique && action.method === "btree" && action.parts.length > 3)
        report(action, `The index has ${action.parts.length} columns.`);
    },
  },
});
