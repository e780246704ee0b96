// A file begins with what it is.
import { fixInFile, insertion } from "../edits.ts";
import { rule } from "../rule.ts";
import { behindIgnores } from "../suppress.ts";

export default rule({
  id: "header-comment",
  family: "guide",
  severity: "warning",
  presets: ["guide"],
  summary: "A file begins with a comment that says what it does",
  clause: "Document your migrations",
  why: "The reader of a review or of an incident wants to know what the file is for before reading it.",
  instead: "Begin with -- Migration V25: Title and a line -- Description: ...",
  bad: [
    {
      sql: "CREATE TABLE app.a (id uuid);",
      fixed: "-- Migration V2: Example\nCREATE TABLE app.a (id uuid);",
    },
    {
      files: { "R__Views_of_a.sql": "CREATE VIEW app.v AS SELECT 1;" },
      fixed: "-- Views of a\nCREATE VIEW app.v AS SELECT 1;",
    },
    {
      sql: "-- godwit-ignore no-drop-table: unused\nDROP TABLE IF EXISTS app.a;",
      fixed: "-- Migration V2: Example\n-- godwit-ignore no-drop-table: unused\nDROP TABLE IF EXISTS app.a;",
    },
  ],
  good: [
    "-- Migration V2: Create a\nCREATE TABLE app.a (id uuid);",
    "/* What it does */\nSELECT 1;",
    { files: { "afterMigrate.sql": "SELECT 1;" } },
    "",
  ],
  fix: {
    gives: "same",
    note: "The comment says what the file's name says; write more where there is more to say.",
  },
  file: ({ file, report }) => {
    if (file.source.kind === "callback") return;
    const text = behindIgnores(file.script).trimStart();
    if (text === "" || text.startsWith("--") || text.startsWith("/*")) return;
    const { version, description } = file.source;
    const title = version === undefined ? description : `Migration V${version.raw}: ${description}`;
    report(
      { start: 0 },
      `${file.source.name} does not begin with a comment.`,
      fixInFile(insertion(0, `-- ${title}\n`)),
    );
  },
});
