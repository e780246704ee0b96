// The version in the header is that of the file name: renumbering forgets it.
import { rule } from "../rule.ts";

export default rule({
  id: "header-version-matches",
  family: "guide",
  severity: "warning",
  presets: ["guide"],
  summary: "The version in a file's header is its own",
  clause: "Agent Mitra - Migration V25: Create New Feature Tables",
  why: "After a file is renumbered its header still names the old version, and people look for the wrong file.",
  instead: "Write the version of the file's name.",
  bad: [
    {
      files: { "V3__a.sql": "-- App - Migration V2: a\nSELECT 1;" },
      fixed: "-- App - Migration V3: a\nSELECT 1;",
    },
  ],
  good: [{ files: { "V3__a.sql": "-- App - Migration V3: a\nSELECT 1;" } }, "-- A note\nSELECT 1;"],
  fix: { gives: "same" },
  file: ({ file, report }) => {
    const { version } = file.source;
    const head = /^(?:\s*--[^\n]*\n?)+/.exec(file.script)?.[0] ?? "";
    const found =
      /\bmigration:?\s+V(\d+(?:[._]\d+)*)/i.exec(head) ?? /^\s*--\s*V(\d+(?:[._]\d+)*)\b/i.exec(head);
    const said = found?.[1];
    if (version === undefined || found === null || said === undefined) return;
    if (said.replaceAll("_", ".") === version.text) return;
    const start = found.index + found[0].length - said.length;
    report(
      { start, end: start + said.length },
      `The header says V${said}, but the file is V${version.raw}.`,
      {
        fix: [{ start, end: start + said.length, text: version.raw }],
      },
    );
  },
});
