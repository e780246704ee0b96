// Lint over broken migrations: it never falls over, what it says has a place, and what it cannot read it says.
//   GODWIT_FUZZ_SECONDS=600   goes on for so long, with a seed of its own
//   GODWIT_FUZZ_SEED=1        that seed
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activeRules } from "../../src/lint/configure.ts";
import { exampleProject } from "../../src/lint/example.ts";
import { applyFixes } from "../../src/lint/fix.ts";
import { RULES } from "../../src/lint/rules/index.ts";
import { lint } from "../../src/lint/run.ts";
import { loadParser } from "../../src/tree/parser.ts";
import { readScript } from "../../src/tree/script.ts";
import { brokenSql } from "./broken-sql.ts";

const parser = await loadParser();
const rules = activeRules(RULES, { preset: "strict" });
const known = new Set(RULES.flatMap((rule) => [rule.id, ...(rule.aliases ?? [])]));

const seconds = Number(process.env["GODWIT_FUZZ_SECONDS"] ?? 0);
const seed = Number(process.env["GODWIT_FUZZ_SEED"] ?? (seconds > 0 ? Date.now() % 1_000_000 : 20));
const runs =
  seconds > 0
    ? { seed, numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: seconds * 1000 }
    : { seed, numRuns: 400 };
console.log(`fuzz of lint: seed ${seed}`);

const project = fc.record({
  before: brokenSql,
  sql: brokenSql,
  pg: fc.constantFrom(13, 15, 18),
  autocommit: fc.boolean(),
  outside: fc.boolean(),
});

/** "no end": COPY without the end of its data. */
function problems(sql: string): number | "no end" {
  try {
    return [...readScript(parser, sql)].reduce((count, read) => count + read.problems.length, 0);
  } catch {
    return "no end";
  }
}

describe("lint of broken migrations", () => {
  it("gives findings with their places, and says what it cannot parse", {
    timeout: (seconds + 300) * 1000,
  }, () => {
    fc.assert(
      fc.property(project, fc.constantFrom("file", "set"), (example, together) => {
        const { sql } = example;
        const one = exampleProject(example);
        const { findings } = lint({ parser, project: one, rules, known, together });
        const lines = sql.split("\n");
        for (const { line, column, endLine, message, severity } of findings) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
          expect(endLine).toBeGreaterThanOrEqual(line);
          expect(message).not.toMatch(/\bundefined\b|\bNaN\b|\[object /);
          expect(severity).toMatch(/^(error|warning|info)$/);
        }
        const broken = problems(sql);
        expect(findings.some((f) => f.rule === "syntax-error")).toBe(broken !== 0);
        if (broken !== 0) return;
        // One rule at a time, as --fix does.
        for (const rule of new Set(findings.filter((f) => f.fix.length > 0).map((f) => f.rule))) {
          const { text } = applyFixes(
            sql,
            findings.filter((f) => f.rule === rule),
          );
          expect({ rule, text, problems: problems(text) }).toEqual({ rule, text, problems: 0 });
        }
      }),
      runs,
    );
  });
});
