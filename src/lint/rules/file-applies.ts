// The file runs on a server. Raised by lint --scratch, which runs it.
import { LineIndex } from "../lines.ts";
import { rule } from "../rule.ts";

export default rule({
  id: "file-applies",
  family: "history",
  severity: "error",
  presets: ["recommended"],
  summary: "Every file runs on a server, in its turn",
  why: "With lint --scratch the files are run one after the other on an empty PostgreSQL. Where one is refused, no new database can be built from the folder, and the files behind it are judged without a server.",
  instead:
    "Mend the file where the server points to. If it needs what no file makes (an extension that is not installed, tables that were there before the first file), lint without --scratch.",
  bad: [
    {
      files: { "V2__a.sql": "SELECT 1;\nSELECT b;" },
      failures: {
        "V2__a.sql": {
          message: 'column "b" does not exist',
          place: { line: 2, column: 8 },
          sqlState: "42703",
        },
      },
    },
  ],
  good: ["SELECT 1;"],
  end: ({ files, failures, report }) => {
    for (const file of files) {
      const failure = failures.get(file.path);
      if (failure === undefined) continue;
      const { message, place, sqlState } = failure;
      const start =
        place === undefined ? 0 : new LineIndex(file.text ?? "").offsetAt(place.line, place.column);
      const code = sqlState === undefined ? "" : ` (SQLSTATE ${sqlState})`;
      report(file.path, { start, inFile: true }, `PostgreSQL refuses this file: ${message}${code}.`);
    }
  },
});
