// The header has the guide's line "Description:".
import { fixInFile, insertion } from "../edits.ts";
import { rule } from "../rule.ts";
import { behindIgnores } from "../suppress.ts";

export default rule({
  id: "header-description",
  family: "guide",
  severity: "info",
  presets: ["guide"],
  summary: "The header has a line Description:",
  clause: "-- Description: Brief description of what this migration does",
  why: "One line in the same place of every file can be read by people and by tools. No file of the guide's own project has it, so this is information.",
  instead: "Add -- Description: ... below the title.",
  bad: [
    {
      sql: "-- Migration V2: a\nSELECT 1;",
      line: 1,
      fixed: "-- Migration V2: a\n-- Description: Example\nSELECT 1;",
    },
    {
      sql: "-- ======\n-- Title\n-- ======\nSELECT 1;",
      line: 1,
      fixed: "-- ======\n-- Title\n-- Description: Example\n-- ======\nSELECT 1;",
    },
    {
      sql: "-- godwit-ignore no-drop-table: unused\n-- Title\nDROP TABLE IF EXISTS app.a;",
      line: 1,
      fixed:
        "-- godwit-ignore no-drop-table: unused\n-- Title\n-- Description: Example\nDROP TABLE IF EXISTS app.a;",
    },
  ],
  good: [
    "-- Migration V2: a\n-- Description: what it does\nSELECT 1;",
    { files: { "afterMigrate.sql": "-- A note\nSELECT 1;" } },
    "-- godwit-ignore-file header-comment: made by a tool\nSELECT 1;",
  ],
  fix: {
    gives: "same",
    note: "The line says what the file's name says; write more where there is more to say.",
  },
  file: ({ file, report }) => {
    const script = behindIgnores(file.script);
    const head = /^(?:\s*--[^\n]*\n?)+/.exec(script)?.[0];
    if (head === undefined || file.source.kind === "callback" || /^\s*--\s*description\s*:/im.test(head))
      return;
    const before = file.script.length - script.length;
    const title = /^(?:\s*--[^\p{L}\p{N}\n]*\n)*\s*--[^\n]*\n/u.exec(head)?.[0];
    report(
      { start: 0 },
      "The header has no line that begins with Description:.",
      title === undefined
        ? undefined
        : fixInFile(insertion(before + title.length, `-- Description: ${file.source.description}\n`)),
    );
  },
});
