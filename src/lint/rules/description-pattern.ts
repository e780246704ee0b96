// Descriptions are written one way.
import { rule } from "../rule.ts";

export default rule({
  id: "description-pattern",
  family: "guide",
  severity: "info",
  presets: ["guide"],
  summary: "File names follow one pattern",
  clause: "V{version}__{Description}.sql",
  why: "A folder in which every name is made the same way can be read at a glance and sorted by tools.",
  instead:
    "Words with underscores between them, the first with a capital: V25__Create_new_feature_tables.sql.",
  bad: [
    { files: { "V2__create-tables.sql": "SELECT 1;" } },
    { files: { "V2__create_tables.sql": "SELECT 1;" } },
  ],
  good: [
    { files: { "V2__Create_new_tables.sql": "SELECT 1;" } },
    { files: { "V2__create_tables.sql": "SELECT 1;" }, options: { pattern: "^[a-z_]+$" } },
    { before: "SELECT 1;", files: { "afterMigrate__it-is.sql": "SELECT 1;" } },
  ],
  options: [
    {
      name: "pattern",
      default: "^[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+)*$",
      doc: "Regular expression for the part between separator and suffix.",
    },
  ],
  end: ({ judged, project, option, report }) => {
    const pattern = new RegExp(option("pattern"));
    for (const file of judged) {
      const cut = file.name.indexOf(project.separator);
      if (file.kind === "callback" || cut === -1) continue;
      const description = file.name.slice(cut + project.separator.length).replace(/\.[^.]*$/, "");
      if (!pattern.test(description))
        report(
          file.path,
          { start: 0 },
          `The description "${description}" does not match ${option("pattern")}.`,
        );
    }
  },
});
