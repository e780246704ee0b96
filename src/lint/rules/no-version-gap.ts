// Whole-number versions have no holes.
import { rule } from "../rule.ts";
import type { SourceFile } from "../source.ts";

export default rule({
  id: "no-version-gap",
  family: "guide",
  severity: "warning",
  presets: ["guide"],
  summary: "No version number is skipped",
  clause: "Never skip migration version numbers",
  why: "A hole is a file that was left out of its commit, switched off by renaming, or still on somebody's branch: whoever adds it later runs it out of order.",
  instead: "Take the next number; godwit rebase moves a file that is not applied yet.",
  bad: [
    { files: { "V1__a.sql": "SELECT 1;", "V3__b.sql": "SELECT 1;" } },
    { files: { "V2__a.sql": "SELECT 1;", "V6__b.sql": "SELECT 1;" } },
  ],
  good: [
    { files: { "V1__a.sql": "SELECT 1;", "V2__b.sql": "SELECT 1;" } },
    { files: { "V20240101120000__a.sql": "SELECT 1;", "V20240301120000__b.sql": "SELECT 1;" } },
    { files: { "V1.1__a.sql": "SELECT 1;", "V1.3__b.sql": "SELECT 1;" } },
    { before: "SELECT 1;", files: { "V2__a.sql": "SELECT 1;" } },
    { files: { "B1__a.sql": "SELECT 1;", "V2__b.sql": "SELECT 1;" } },
  ],
  end: ({ files, report }) => {
    const numbered = files.filter((f) => f.kind === "versioned" || f.kind === "baseline");
    // Above this a number is a time: 20240131, 202401311200.
    const isCount = (f: SourceFile): boolean =>
      f.version?.parts.length === 1 && (f.version.parts[0] ?? 0) < 1_000_000;
    if (!numbered.every(isCount)) return;
    let before: number | undefined;
    for (const file of numbered) {
      const number = Number(file.version?.parts[0] ?? 0);
      if (before !== undefined && number > before + 1 && file.judged) {
        const first = before + 1;
        const last = number - 1;
        const gap = first === last ? `V${first} is` : `V${first} to V${last} are`;
        report(file.path, { start: 0 }, `${gap} missing before ${file.name}.`);
      }
      before = number;
    }
  },
});
