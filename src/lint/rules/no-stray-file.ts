// Beside the migrations lies nothing that looks like one.
import { rule } from "../rule.ts";

export default rule({
  id: "no-stray-file",
  family: "guide",
  severity: "warning",
  presets: ["guide"],
  summary: "The folder holds migrations only",
  clause: "Version control all migration files",
  why: "A file that is switched off by renaming leaves a gap, may be applied somewhere already, and comes back by accident.",
  instead: "Delete it: git keeps it. What it did must be undone by a new file where it ran.",
  bad: [
    {
      files: { "V1__a.sql": "SELECT 1;" },
      strays: [{ path: "V2__b.sql.disabled", reason: "has the ending .disabled" }],
    },
  ],
  good: [{ files: { "V1__a.sql": "SELECT 1;" } }],
  end: ({ project, report }) => {
    for (const { path, reason } of project.strays)
      report(path, { start: 0 }, `${path.slice(path.lastIndexOf("/") + 1)} is no migration: it ${reason}.`);
  },
});
