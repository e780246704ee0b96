// The version in the header is that of the file name: renumbering forgets it.
import { headerVersion } from "../header.ts";
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
    const found = headerVersion(file.script, "V");
    if (version === undefined || found === undefined) return;
    const { said, start, end } = found;
    if (said.replaceAll("_", ".") === version.text) return;
    report({ start, end }, `The header says V${said}, but the file is V${version.raw}.`, {
      fix: [{ start, end, text: version.raw }],
    });
  },
});
