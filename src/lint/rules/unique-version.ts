// One version, one file.
import { rule } from "../rule.ts";
import type { SourceFile } from "../source.ts";

export default rule({
  id: "unique-version",
  family: "guide",
  severity: "error",
  presets: ["guide", "recommended"],
  summary: "Every version belongs to one file",
  clause: "V{version}__{Description}.sql",
  why: "Nothing runs while two files claim one version. It happens when two branches took the same number.",
  instead: "Give one of them the next free number: godwit rebase.",
  bad: [
    { files: { "V2__a.sql": "SELECT 1;", "V2__b.sql": "SELECT 1;" } },
    { files: { "R__a.sql": "SELECT 1;", "x/R__a.sql": "SELECT 1;" } },
  ],
  good: [{ files: { "V2__a.sql": "SELECT 1;", "U2__a.sql": "SELECT 1;" } }],
  end: ({ files, report }) => {
    const first = new Map<string, SourceFile>();
    for (const file of files) {
      if (file.kind === "callback") continue;
      const key = `${file.kind} ${file.version === undefined ? file.description : file.version.parts.join(".")}`;
      const other = first.get(key);
      if (other === undefined) first.set(key, file);
      else {
        const what =
          file.version === undefined ? `description "${file.description}"` : `version ${file.version.text}`;
        report(file.path, { start: 0 }, `${file.name} and ${other.name} have the same ${what}.`);
      }
    }
  },
});
