// Every rule against its own examples: each bad one gives the findings it says, each good one none, each fix the text it
// says. Switching a rule off makes these fail, since a bad example must be found.
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

const parser = await loadParser();

/** Rules about suppressions judge the comments that other rules meet. */
const isAboutIgnores = (rule: Rule): boolean => rule.id.includes("ignore");

function findingsOf(rule: Rule, example: Example): readonly LintFinding[] {
  const options = typeof example === "string" ? {} : (example.options ?? {});
  const settings = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`${rule.id}.${name}`, value]),
  );
  const rules = activeRules(
    RULES,
    settings,
    isAboutIgnores(rule) ? [rule.id, "create-table-if-not-exists"] : [rule.id],
  );
  const known = new Set(RULES.flatMap((r) => [r.id, ...(r.aliases ?? [])]));
  const { findings } = lint({ parser, project: exampleProject(example), rules, known, together: "set" });
  return findings.filter((f) => f.rule === rule.id);
}

const problemsOf = (script: string): readonly string[] =>
  [...readScript(parser, script)].flatMap(({ problems }) => problems.map((p) => p.message));

const lineOf = (sql: string): number => sql.slice(0, sql.search(/\S/)).split("\n").length;

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
        if (fixed === undefined) {
          expect(fixable.map((f) => f.fix)).toEqual([]);
          return;
        }
        const text = exampleProject(example).files.find((f) => f.path === fixable[0]?.file)?.text ?? "";
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

describe("the rules", () => {
  it("have names of their own", () => {
    const names = RULES.flatMap((rule) => [rule.id, ...(rule.aliases ?? [])]);
    expect(names.length).toBe(new Set(names).size);
  });
});
