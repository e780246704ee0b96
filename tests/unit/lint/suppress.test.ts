import { describe, expect, it } from "vitest";
import { activeRules } from "../../../src/lint/configure.ts";
import { exampleProject } from "../../../src/lint/example.ts";
import { RULES } from "../../../src/lint/rules/index.ts";
import { lint } from "../../../src/lint/run.ts";
import { replacePlaceholders } from "../../../src/sql/placeholders.ts";
import { loadParser } from "../../../src/tree/parser.ts";

const parser = await loadParser();
const known = new Set(RULES.flatMap((r) => [r.id, ...(r.aliases ?? [])]));
const RULE_NAMES = [
  "create-table-if-not-exists",
  "no-drop-column",
  "ignore-with-reason",
  "no-unused-ignore",
  "ignore-known-rule",
  "ignore-not-expired",
];

function run(sql: string, before = "") {
  const rules = activeRules(RULES, {}, RULE_NAMES);
  const { findings, suppressed } = lint({
    parser,
    project: exampleProject({ before, sql }),
    rules,
    known,
    together: "set",
  });
  return { found: findings.map((f) => `${f.line}:${f.column} ${f.rule}`), suppressed };
}

describe("suppressions", () => {
  it("cover the next statement, and no further one", () => {
    expect(
      run(
        "-- godwit-ignore create-table-if-not-exists: why\nCREATE TABLE a (b int);\nCREATE TABLE c (d int);",
      ),
    ).toEqual({
      found: ["3:14 create-table-if-not-exists".replace("3:14", "3:1")],
      suppressed: 1,
    });
  });

  it("cover the line they stand behind", () => {
    const before = "CREATE TABLE app.a (b int, c int);";
    const sql = "ALTER TABLE app.a\n  DROP b, -- godwit-ignore no-drop-column: nobody reads it\n  DROP c;";
    expect(run(sql, before)).toEqual({ found: ["3:3 no-drop-column"], suppressed: 1 });
  });

  it("cover the next line inside a statement", () => {
    const before = "CREATE TABLE app.a (b int, c int);";
    const sql = "ALTER TABLE app.a\n  -- godwit-ignore rx004: nobody reads it\n  DROP b,\n  DROP c;";
    expect(run(sql, before)).toEqual({ found: ["4:3 no-drop-column"], suppressed: 1 });
  });

  it("cover a whole file, also findings about the file", () => {
    expect(
      run(
        "/* godwit-ignore-file create-table-if-not-exists: old style */\nCREATE TABLE a (b int);\nCREATE TABLE c (d int);",
      ),
    ).toEqual({ found: [], suppressed: 2 });
  });

  it("are told when they are unused, without reason, unknown or over", () => {
    const sql = [
      "-- godwit-ignore create-table-if-not-exists: why",
      "SELECT 1;",
      "-- godwit-ignore create-table-if-not-exists",
      "CREATE TABLE a (b int);",
      "-- godwit-ignore no-such: why",
      "SELECT 2;",
      "-- godwit-ignore create-table-if-not-exists: why until 2025-06-30",
      "CREATE TABLE c (d int);",
    ].join("\n");
    expect(run(sql).found).toEqual([
      "1:1 no-unused-ignore",
      "3:1 ignore-with-reason",
      "4:1 create-table-if-not-exists",
      "5:1 ignore-known-rule",
      "7:1 ignore-not-expired",
      "8:1 create-table-if-not-exists",
    ]);
  });
});

describe("placeholders", () => {
  it("leave findings at the file's own places, and are not edited", () => {
    const text = "CREATE TABLE ${s}.a (id int);\nCREATE TABLE ${s}.b (id int);";
    const replaced = replacePlaceholders(text, {
      prefix: "${",
      suffix: "}",
      separator: ":",
      values: { s: "a_long_schema" },
      file: "V2__Example.sql",
    });
    const project = exampleProject(text);
    const files = project.files.map((f) => ({ ...f, replaced }));
    const rules = activeRules(RULES, {}, ["create-table-if-not-exists"]);
    const { findings } = lint({ parser, project: { ...project, files }, rules, known, together: "set" });
    expect(findings.map((f) => [f.line, f.column, f.fix])).toEqual([
      [1, 1, [{ start: 13, end: 13, text: "IF NOT EXISTS " }]],
      [2, 1, [{ start: 43, end: 43, text: "IF NOT EXISTS " }]],
    ]);
  });
});
