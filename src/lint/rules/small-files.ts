// Files are short.
import { rule } from "../rule.ts";

export default rule({
  id: "small-files",
  family: "guide",
  severity: "info",
  presets: ["guide"],
  summary: "A file is short enough to be reviewed",
  clause: "Keep migrations small and focused",
  why: "A long file is reviewed badly, holds its locks long, and fails as a whole.",
  instead: "Cut it: a subject a file.",
  bad: [{ sql: "SELECT 1;\n\n\nSELECT 2;", options: { lines: "3" } }],
  good: ["SELECT 1;", { files: { "R__a.sql": "SELECT 1;\n\n\nSELECT 2;" }, options: { lines: "3" } }],
  options: [{ name: "lines", default: "300", doc: "Most lines a file may have." }],
  file: ({ file, option, report }) => {
    const lines = (file.source.text ?? "").trimEnd().split("\n").length;
    if (file.source.kind !== "repeatable" && lines > Number(option("lines")))
      report({ start: 0 }, `${file.source.name} has ${lines} lines; ${option("lines")} are the limit.`);
  },
});
