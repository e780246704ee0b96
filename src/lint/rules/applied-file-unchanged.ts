// Files do not change after they were committed, or after a database has applied them.
import { rule } from "../rule.ts";

export default rule({
  id: "applied-file-unchanged",
  family: "guide",
  severity: "error",
  presets: ["guide", "recommended"],
  summary: "A committed or applied file is not changed any more",
  clause: "Don't modify existing migrations that have already been applied",
  why: "Wherever the old text ran, the new one never will: the databases differ from then on, and migrate refuses the changed checksum.",
  instead: "Put the file back as it was and write a new one with the change. Repeatable files may change.",
  bad: [
    {
      files: { "V2__a.sql": "SELECT 2;" },
      git: { "V2__a.sql": { firstCommit: "abc1234", committedText: "SELECT 1;", changes: 0 } },
    },
    {
      files: { "V2__a.sql": "SELECT 2;" },
      git: { "V2__a.sql": { firstCommit: "abc1234", committedText: "SELECT 2;", changes: 3 } },
    },
    {
      files: { "V2__a.sql": "SELECT 2;" },
      applied: { "V2__a.sql": { on: "2025-12-24", isChanged: true } },
    },
    {
      files: { "B2__a.sql": "SELECT 2;" },
      git: { "B2__a.sql": { firstCommit: "abc1234", committedText: "SELECT 1;", changes: 0 } },
    },
  ],
  good: [
    {
      files: { "V2__a.sql": "SELECT 2;" },
      applied: { "V2__a.sql": { on: "2025-12-24", isChanged: false } },
    },
    {
      files: { "V2__a.sql": "SELECT 1;" },
      git: { "V2__a.sql": { firstCommit: "abc1234", committedText: "SELECT 1;", changes: 0 } },
    },
    {
      files: { "R__a.sql": "SELECT 2;" },
      git: { "R__a.sql": { firstCommit: "abc1234", committedText: "SELECT 1;", changes: 5 } },
    },
    {
      before: "SELECT 2;",
      sql: "SELECT 3;",
      git: { "V1__Before.sql": { firstCommit: "abc1234", committedText: "SELECT 1;", changes: 1 } },
    },
    {
      files: { "V2__a.sql": "SELECT 1;\r\n" },
      git: { "V2__a.sql": { firstCommit: "abc1234", committedText: "SELECT 1;\n", changes: 0 } },
    },
  ],
  end: ({ judged, project, report }) => {
    const plain = (text: string | undefined): string => (text ?? "").replaceAll("\r\n", "\n");
    for (const file of judged) {
      if (file.kind !== "versioned" && file.kind !== "baseline") continue;
      const applied = project.applied.get(file.path);
      if (applied?.isChanged === true) {
        report(
          file.path,
          { start: 0 },
          `${file.name} was applied to the database on ${applied.on} and has another checksum now.`,
        );
        continue;
      }
      const history = project.git.get(file.path);
      if (history === undefined) continue;
      const isEdited =
        history.committedText !== undefined &&
        file.text !== undefined &&
        plain(history.committedText) !== plain(file.text);
      if (isEdited)
        report(
          file.path,
          { start: 0 },
          `${file.name} was committed in ${history.firstCommit} and is changed in the working tree.`,
        );
      else if (history.changes > 0) {
        const times = history.changes === 1 ? "once" : `${history.changes} times`;
        report(
          file.path,
          { start: 0 },
          `${file.name} was changed ${times} after its first commit ${history.firstCommit}.`,
        );
      }
    }
  },
});
