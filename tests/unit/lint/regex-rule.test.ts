import { describe, expect, it } from "vitest";
import { GodwitError } from "../../../src/base/errors.ts";
import { parseToml } from "../../../src/config/toml.ts";
import { tomlLines } from "../../../src/config/toml-lines.ts";
import { activeRules } from "../../../src/lint/configure.ts";
import { EXAMPLE_FILE, exampleProject } from "../../../src/lint/example.ts";
import { rulePage } from "../../../src/lint/page.ts";
import { regexRule } from "../../../src/lint/regex-rule.ts";
import type { Rule } from "../../../src/lint/rule.ts";
import { RULES } from "../../../src/lint/rules/index.ts";
import { lint } from "../../../src/lint/run.ts";
import { replacePlaceholders } from "../../../src/sql/placeholders.ts";
import { loadParser } from "../../../src/tree/parser.ts";

const parser = await loadParser();

async function ruleOf(
  toml: string,
  name = "RX001__To_do.toml",
  dialect = "postgres",
): Promise<Rule | undefined> {
  const lines = tomlLines(toml);
  const source = {
    file: `rules/${name}`,
    document: await parseToml(toml, name),
    lineOf: (key: string) => lines.get(key) ?? 1,
  };
  return regexRule(source, dialect);
}

async function findings(
  toml: string,
  sql: string,
  settings: Readonly<Record<string, string>> = {},
  placeholders: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const rule = await ruleOf(toml);
  if (rule === undefined) return ["no rule"];
  const project = exampleProject(sql);
  const replaced = replacePlaceholders(sql, {
    values: placeholders,
    prefix: "${",
    suffix: "}",
    separator: ":",
    file: EXAMPLE_FILE,
  });
  const files = project.files.map((file) => ({ ...file, replaced }));
  const rules = activeRules([...RULES, rule], { preset: "flyway", ...settings }).filter(
    (a) => a.rule === rule,
  );
  const known = new Set([rule.id]);
  return lint({ parser, project: { ...project, files }, rules, known, together: "set" }).findings.map(
    (f) => `${f.line}:${f.column}-${f.endLine}:${f.endColumn} ${f.severity} ${f.rule}: ${f.message}`,
  );
}

const TODO = `code = "RX001"
dialects = ["TEXT"]
rules = ["(?i)(^|\\\\s)TO\\\\s+DO($|\\\\s|;)"]
description = "Phrase 'to do' remains in the code"
severity = "error"
`;
const message = "Phrase 'to do' remains in the code";

describe("a regular expression rule of Flyway", () => {
  it("finds every match, in comments too, at its first character that can be seen", async () => {
    expect(await findings(TODO, "select 1; -- to do\n\n  To\n  do;\n-- TODO\n")).toEqual([
      `1:14-1:19 error rx001: ${message}`,
      `3:3-4:6 error rx001: ${message}`,
    ]);
  });

  it("minds capitals unless the pattern says (?i), and lines as Java does", async () => {
    const rule = (pattern: string): string => `rules = ['${pattern}']\n`;
    expect(await findings(rule("drop"), "DROP TABLE a;\n-- drop\n")).toHaveLength(1);
    expect(await findings(rule("^select"), "-- a\nselect 1;\n")).toEqual([]);
    expect(await findings(rule("(?m)^select"), "-- a\nselect 1;\n")).toHaveLength(1);
    expect(await findings(rule("a.*b"), "-- a\n-- b\n")).toEqual([]);
    expect(await findings(rule("(?s)a.*b"), "-- a\n-- b\n")).toHaveLength(1);
  });

  it("sees the file as it is, before placeholders are replaced", async () => {
    const dbo = 'rules = ["dbo\\\\."]\n';
    const sql = "select 1 from ${schema}.a;\nselect ${schema}, 1 from dbo.b;\n";
    expect(await findings(dbo, sql, {}, { schema: "dbo" })).toEqual(["2:26-2:30 error rx001: To do"]);
  });

  it("gives one finding a place, and one a file where it matches nothing at all", async () => {
    expect(await findings('rules = ["to do", "to\\\\s"]\n', "-- to do\n")).toHaveLength(1);
    expect(await findings('rules = ["(?s)\\\\A(?!.*COMMENT)"]\n', "select 1;\n")).toEqual([
      "1:1-1:1 error rx001: To do",
    ]);
    expect(await findings('rules = ["x*"]\n', "select 1;\n")).toHaveLength(1);
  });

  it("finds with passOnRegexMatch the files without a match", async () => {
    const wanted = 'rules = ["(?i)comment on"]\npassOnRegexMatch = "true"\n';
    expect(await findings(wanted, "COMMENT ON TABLE a IS 'b';\n")).toEqual([]);
    expect(await findings(wanted, "select 1;\n")).toEqual(["1:1-1:1 error rx001: To do"]);
  });

  it("takes code and description from the name of the file, which the file may correct", async () => {
    const rule = await ruleOf('rules = ["a"]\n', "Team_07__No_grants.toml");
    expect([rule?.id, rule?.team, rule?.summary]).toEqual([
      "team-07",
      { file: "rules/Team_07__No_grants.toml", inForce: "always", code: "Team_07" },
      "No grants",
    ]);
    expect((await ruleOf(`${TODO}`, "Team_07__No_grants.toml"))?.team?.code).toBe("RX001");
    expect((await ruleOf('rules = ["a"]\n', "todo.toml"))?.id).toBe("todo");
  });

  it("is of its dialects only", async () => {
    const rule = (dialects: string): string => `dialects = ${dialects}\nrules = ["a"]\n`;
    expect(await ruleOf(rule('["oracle", "tsql"]'))).toBeUndefined();
    expect((await ruleOf(rule('["ORACLE", "POSTGRES"]')))?.id).toBe("rx001");
    expect((await ruleOf(rule('["oracle"]'), "A__b.toml", "oracle"))?.id).toBe("a");
  });

  it("is severe as it says, as the settings say, and not at all when disabled", async () => {
    const warning = TODO.replace('"error"', '"warning"');
    const sql = "-- to do\n";
    expect(await findings(warning, sql)).toEqual([`1:4-1:9 warning rx001: ${message}`]);
    expect(await findings(warning, sql, { RX001: "info" })).toEqual([`1:4-1:9 info rx001: ${message}`]);
    expect(await findings(warning, sql, { rx001: "off" })).toEqual([]);
    const disabled = TODO.replace('"error"', '"disabled"');
    expect(await findings(disabled, sql)).toEqual([]);
    expect(await findings(disabled, sql, { preset: "strict" })).toEqual([]);
    expect(await findings(disabled, sql, { rx001: "error" })).toHaveLength(1);
  });

  it("is suppressed as others are", async () => {
    expect(await findings(TODO, "-- godwit-ignore-file rx001: kept\n-- to do\n")).toEqual([]);
    expect(await findings(TODO, "-- godwit-ignore rx001: kept\nselect 1; select ' to do ';\n")).toHaveLength(
      1,
    );
    expect(await findings(TODO, "-- godwit-ignore rx001: kept\nselect ' to do ';\n")).toEqual([]);
  });

  it("has a page without examples", async () => {
    const rule = await ruleOf(TODO);
    const page = rule === undefined ? "" : rulePage(rule);
    expect(page).toContain("The rule RX001 of `rules/RX001__To_do.toml`.");
    expect(page).not.toContain("## Found");
  });

  it("is refused with the line of what is wrong", async () => {
    const faultOf = async (toml: string): Promise<unknown> => {
      const error: unknown = await ruleOf(toml).catch((e: unknown) => e);
      return error instanceof GodwitError ? [error.message, error.place?.line, error.advice] : error;
    };
    const more = "docs/team-rules.md says what a file of a rule holds.";
    expect(await faultOf('code = "A"\n')).toEqual([
      'rules/RX001__To_do.toml: "rules" holds no regular expression.',
      1,
      more,
    ]);
    expect(await faultOf('code = "A"\n\nrules = ["a", "(b"]\n')).toEqual([
      'rules/RX001__To_do.toml: "rules" has "(b", which cannot be read: a parenthesis is not closed (at character 3).',
      3,
      more,
    ]);
    expect(await faultOf('rules = ["a"]\nseverity = "fatal"\n')).toEqual([
      'rules/RX001__To_do.toml: "severity" is "fatal", not error, warning or disabled.',
      2,
      more,
    ]);
    expect(await faultOf('rules = ["a"]\nserverity = "error"\n')).toEqual([
      'rules/RX001__To_do.toml: "serverity" is no key of a rule.',
      2,
      "Did you mean severity?",
    ]);
    expect(await faultOf("rules = [1]\n")).toEqual([
      'rules/RX001__To_do.toml: "rules" is no list of texts.',
      1,
      more,
    ]);
    expect(await findings('rules = ["a"]\nowner = "dba"\n', "a;\n")).toEqual(["1:1-1:2 error rx001: To do"]);
  });
});
