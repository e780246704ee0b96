// Every rule against its own examples: each bad one gives the findings it says, each good one none, each fix the text it
// says. Switching a rule off makes these fail, since a bad example must be found; script/mutation breaks the rules in
// smaller ways and tells what these tests do not notice.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { activeRules } from "../../../src/lint/configure.ts";
import { EXAMPLE_FILE, exampleProject, fixedExample } from "../../../src/lint/example.ts";
import type { LintFinding } from "../../../src/lint/finding.ts";
import { applyFixes } from "../../../src/lint/fix.ts";
import type { Example, Rule } from "../../../src/lint/rule.ts";
import { RULES } from "../../../src/lint/rules/index.ts";
import { lint } from "../../../src/lint/run.ts";
import { loadParser } from "../../../src/tree/parser.ts";
import { readScript } from "../../../src/tree/script.ts";
import { functionOf } from "../../mutation/wrapped.ts";

const parser = await loadParser();

/** Rules about suppressions judge the comments that other rules meet. */
const isAboutIgnores = (rule: Rule): boolean => rule.id.includes("ignore");

/** What speaks of statements that run is silent where they only stand in a function. */
const judgesRuns = (rule: Rule): boolean =>
  readFileSync(join(import.meta.dirname, "../../../src/lint/rules", `${rule.id}.ts`), "utf8").includes(
    "runs(",
  );

function findingsOf(rule: Rule, example: Example, all = RULES): readonly LintFinding[] {
  const options = typeof example === "string" ? {} : (example.options ?? {});
  const settings = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`${rule.id}.${name}`, value]),
  );
  const rules = activeRules(
    all,
    settings,
    (isAboutIgnores(rule) ? [rule.id, "create-table-if-not-exists"] : [rule.id]).filter((id) =>
      all.some((r) => r.id === id),
    ),
  );
  const known = new Set(RULES.flatMap((r) => [r.id, ...(r.aliases ?? [])]));
  const { findings } = lint({ parser, project: exampleProject(example), rules, known, together: "set" });
  return findings.filter((f) => f.rule === rule.id);
}

const problemsOf = (script: string): readonly string[] =>
  [...readScript(parser, script)].flatMap(({ problems }) => problems.map((p) => p.message));

const lineOf = (sql: string): number => sql.slice(0, sql.search(/\S/)).split("\n").length;

/** The engine itself finds what suppressions do wrong, and gives it to the rule if that is there. */
const switchedOff = (rule: Rule): Rule => ({
  id: isAboutIgnores(rule) ? "switched-off" : rule.id,
  family: rule.family,
  severity: rule.severity,
  presets: [],
  summary: "",
  why: "",
  instead: "",
  bad: [],
  good: [],
  ...(rule.options === undefined ? {} : { options: rule.options }),
});

/** The rule without one of its handlers, for each, where it has more than one. */
function halved(rule: Rule): readonly (readonly [string, Rule])[] {
  const { on = {}, each, reference, statement, file, end, ...meta } = rule;
  const whole = Object.entries({ each, reference, statement, file, end }).filter(([, h]) => h !== undefined);
  const kinds = Object.keys(on);
  if (whole.length + kinds.length < 2) return [];
  return [
    ...whole.map(([name]) => {
      const rest = Object.fromEntries(whole.filter(([other]) => other !== name));
      return [name, { ...meta, on, ...rest }] as const;
    }),
    ...kinds.map((kind) => {
      const rest = Object.fromEntries(Object.entries(on).filter(([other]) => other !== kind));
      return [kind, { ...meta, ...Object.fromEntries(whole), on: rest }] as const;
    }),
  ];
}

for (const rule of RULES) {
  describe(rule.id, () => {
    for (const [i, example] of rule.bad.entries()) {
      it(`finds its bad example ${i + 1}`, () => {
        const findings = findingsOf(rule, example);
        const parts = typeof example === "string" ? { sql: example } : example;
        expect(findings.length, JSON.stringify(findings.map((f) => f.message))).toBe(parts.findings ?? 1);
        const line = parts.line ?? (parts.sql === undefined ? undefined : lineOf(parts.sql));
        if (line !== undefined && findings[0]?.file === EXAMPLE_FILE) expect(findings[0].line).toBe(line);
        for (const { message } of findings) expect(message).toMatch(/^[A-Z"'$\w].*[.]$/s);
      });
      const parts = typeof example === "string" ? { sql: example } : example;
      const fixed = fixedExample(example);
      it(`mends its bad example ${i + 1} as it says, or not at all`, () => {
        const findings = findingsOf(rule, example);
        const fixable = findings.filter((f) => f.fixable);
        const text = exampleProject(example).files.find((f) => f.path === fixable[0]?.file)?.text ?? "";
        if (fixed === undefined) {
          expect(fixable.map((f) => f.fix)).toEqual([]);
          return;
        }
        expect(applyFixes(text, fixable).text).toBe(parts.fixed);
        expect(problemsOf(parts.fixed ?? "")).toEqual(problemsOf(text));
        const left = findingsOf(rule, fixed);
        expect(left.filter((f) => f.fixable)).toEqual([]);
        expect(left.length).toBe(findings.length - fixable.length);
      });
    }
    for (const [i, example] of rule.good.entries()) {
      it(`passes its good example ${i + 1}`, () => {
        expect(findingsOf(rule, example).map((f) => f.message)).toEqual([]);
      });
    }
    it("finds nothing when it is switched off", () => {
      const off = RULES.map((r) => (r === rule ? switchedOff(rule) : r));
      expect(rule.bad.flatMap((example) => findingsOf(rule, example, off))).toEqual([]);
    });
    if (judgesRuns(rule)) {
      it("is silent about what a function holds and nobody calls", () => {
        const stored = rule.bad.flatMap((example) => functionOf(example) ?? []);
        expect(stored.flatMap((example) => findingsOf(rule, example).map((f) => f.message))).toEqual([]);
      });
    }
    for (const [name, without] of halved(rule)) {
      it(`needs its handler ${name}`, () => {
        const broken = RULES.map((r) => (r === rule ? without : r));
        const count = (all: readonly Rule[]): readonly number[] =>
          rule.bad.map((example) => findingsOf(rule, example, all).length);
        expect(count(broken)).not.toEqual(count(RULES));
      });
    }
    it("describes itself", () => {
      expect(rule.bad.length).toBeGreaterThan(0);
      expect(rule.good.length).toBeGreaterThan(0);
      expect(rule.id).toMatch(/^[a-z][a-z-]*[a-z]$/);
      expect(rule.family === "guide").toBe(rule.clause !== undefined);
      expect(rule.summary).not.toMatch(/\.$/);
      const mends = rule.bad.some((e) => fixedExample(e) !== undefined);
      expect(rule.fix !== undefined).toBe(mends);
      if (rule.fix?.gives === "other") expect(rule.fix.note).toMatch(/[.]$/);
      for (const e of rule.bad)
        if (typeof e !== "string" && e.differs !== undefined) expect(rule.fix?.gives).toBe("other");
    });
  });
}

/** Those of SQL Server and of MySQL have no meaning here, except as the nearest thing that PostgreSQL has. */
const OF_FLYWAY = [
  ...Array.from({ length: 14 }, (_, i) => `rx${String(i + 1).padStart(3, "0")}`),
  ...Array.from({ length: 23 }, (_, i) => `rg${String(i + 1).padStart(2, "0")}`).filter((c) => c !== "rg20"),
];
/** In Flyway only in the group "all". */
const NOT_IN_FORCE = ["rg18", "rg19"];

describe("the rules", () => {
  it("answer to the codes of Flyway's libraries, and the preset flyway has them", () => {
    const byCode = new Map(
      RULES.flatMap((rule) => (rule.aliases ?? []).map((code) => [code, rule] as const)),
    );
    expect(OF_FLYWAY.filter((code) => !byCode.has(code))).toEqual([]);
    const wanted = OF_FLYWAY.filter((code) => !NOT_IN_FORCE.includes(code));
    expect(wanted.filter((code) => byCode.get(code)?.presets.includes("flyway") !== true)).toEqual([]);
  });

  it("are named in settings by any of their names, in either case", () => {
    const active = activeRules(RULES, { preset: "flyway", RX001: "off", rg09: "info", "RG02.columns": "5" });
    const of = (id: string) => active.find(({ rule }) => rule.id === id);
    expect(of("no-drop-table")).toBeUndefined();
    expect(of("update-with-where")?.severity).toBe("info");
    expect(of("table-few-columns")?.options).toEqual({ columns: "5" });
  });

  it("do not repeat a whole file in the complaint about an open quote", () => {
    const rule = RULES.find((r) => r.id === "syntax-error");
    const found = rule === undefined ? [] : findingsOf(rule, `SELECT 1;\n'${"x".repeat(5000)}`);
    expect(found.map((f) => f.message)).toEqual([
      `Unterminated quoted string at or near "'${"x".repeat(59)}...".`,
    ]);
  });

  it("have names of their own", () => {
    const names = RULES.flatMap((rule) => [rule.id, ...(rule.aliases ?? [])]);
    expect(names.length).toBe(new Set(names).size);
  });
});

// No example: broken in the way that it is about, the rule would never end, and script/mutation with it.
it("no-truncate-cascade goes round a circle of foreign keys once", () => {
  const rule = RULES.find((r) => r.id === "no-truncate-cascade");
  const before =
    "CREATE TABLE app.a (b int PRIMARY KEY, c int); CREATE TABLE app.c (b int PRIMARY KEY REFERENCES app.a, d int REFERENCES app.c); ALTER TABLE app.a ADD FOREIGN KEY (c) REFERENCES app.c;";
  const sql = "TRUNCATE app.a CASCADE;";
  const found = rule === undefined ? [] : findingsOf(rule, { before, sql });
  expect(applyFixes(sql, found).text).toBe("TRUNCATE app.a, app.c;");
});
