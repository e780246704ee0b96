// The header has the guide's line "Description:".
import { rule } from "../rule.ts";

export default rule({
  id: "header-description",
  family: "guide",
  severity: "info",
  presets: ["guide"],
  summary: "The header has a line Description:",
  clause: "-- Description: Brief description of what this migration does",
  why: "One line in the same place of every file can be read by people and by tools. No file of the guide's own project has it, so this is information.",
  instead: "Add -- Description: ... below the title.",
  bad: ["-- Migration V2: a\nSELECT 1;"],
  good: [
    "-- Migration V2: a\n-- Description: what it does\nSELECT 1;",
    { files: { "afterMigrate.sql": "-- A note\nSELECT 1;" } },
  ],
  file: ({ file, report }) => {
    const head = /^(?:\s*--[^\n]*\n?)+/.exec(file.script)?.[0];
    if (head === undefined || file.source.kind === "callback" || /^\s*--\s*description\s*:/im.test(head))
      return;
    report({ start: 0 }, "The header has no line that begins with Description:.");
  },
});
