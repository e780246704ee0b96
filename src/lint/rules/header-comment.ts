// A file begins with what it is.
import { rule } from "../rule.ts";

export default rule({
  id: "header-comment",
  family: "guide",
  severity: "warning",
  presets: ["guide"],
  summary: "A file begins with a comment that says what it does",
  clause: "Document your migrations",
  why: "The reader of a review or of an incident wants to know what the file is for before reading it.",
  instead: "Begin with -- Migration V25: Title and a line -- Description: ...",
  bad: ["CREATE TABLE app.a (id uuid);"],
  good: [
    "-- Migration V2: Create a\nCREATE TABLE app.a (id uuid);",
    "/* What it does */\nSELECT 1;",
    { files: { "afterMigrate.sql": "SELECT 1;" } },
    "",
  ],
  file: ({ file, report }) => {
    if (file.source.kind === "callback") return;
    const text = file.script.trimStart();
    if (text === "" || text.startsWith("--") || text.startsWith("/*")) return;
    report({ start: 0 }, `${file.source.name} does not begin with a comment.`);
  },
});
