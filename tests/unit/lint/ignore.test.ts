// The comment that ignores a finding, where it is put: with a reason in it the finding is gone, and nothing else is new.
import { describe, expect, it } from "vitest";
import { activeRules } from "../../../src/lint/configure.ts";
import { EXAMPLE_FILE, exampleProject } from "../../../src/lint/example.ts";
import type { LintFinding } from "../../../src/lint/finding.ts";
import { type IgnoreComment, ignoreComment, ignoreInFile } from "../../../src/lint/ignore.ts";
import { LineIndex } from "../../../src/lint/lines.ts";
import type { Example, Rule } from "../../../src/lint/rule.ts";
import { RULES } from "../../../src/lint/rules/index.ts";
import { lint } from "../../../src/lint/run.ts";
import { splitStatements } from "../../../src/sql/split.ts";
import { loadParser } from "../../../src/tree/parser.ts";

const parser = await loadParser();
const known = new Set(RULES.flatMap((r) => [r.id, ...(r.aliases ?? [])]));
const ABOUT = RULES.filter((r) => r.id.includes("ignore")).map((r) => r.id);

const put = (text: string, comment: IgnoreComment): string =>
  `${text.slice(0, comment.start)}${comment.before}it is meant${comment.after}${text.slice(comment.end)}`;

function found(rule: Rule, example: Exclude<Example, string>): readonly LintFinding[] {
  const options = Object.entries(example.options ?? {}).map(([k, v]) => [`${rule.id}.${k}`, v]);
  const rules = activeRules(RULES, Object.fromEntries(options), [rule.id, ...ABOUT]);
  const project = exampleProject(example);
  return lint({ parser, project, rules, known, together: "set" }).findings.filter(
    (f) => f.file === EXAMPLE_FILE,
  );
}

const spots = (text: string) => {
  try {
    return [...splitStatements(text)];
  } catch {
    return [];
  }
};

describe("the comment that ignores a finding", () => {
  for (const rule of RULES.filter((r) => !ABOUT.includes(r.id))) {
    const examples = rule.bad
      .map((e) => (typeof e === "string" ? { sql: e } : e))
      .filter((e) => e.sql !== undefined && found(rule, e).length > 0);
    it.runIf(examples.length > 0)(`takes away ${rule.id}`, () => {
      for (const example of examples) {
        const text = example.sql ?? "";
        const lines = new LineIndex(text);
        const before = found(rule, example);
        const [first] = before;
        if (first === undefined) throw new Error("nothing is found");
        const at = {
          start: lines.offsetAt(first.line, first.column),
          end: lines.offsetAt(first.endLine, first.endColumn),
        };
        const comment = ignoreComment(text, spots(text), rule.id, at) ?? ignoreInFile(text, rule.id);
        const after = found(rule, { ...example, sql: put(text, comment) });
        expect(after.length, put(text, comment)).toBeLessThan(before.length);
        expect(after.filter((f) => f.rule !== rule.id)).toEqual([]);
        expect(found(rule, { ...example, sql: put(text, ignoreInFile(text, rule.id)) })).toEqual([]);
      }
    });
  }

  const placed = (text: string, at: string): string | undefined => {
    const start = text.indexOf(at);
    const comment = ignoreComment(text, spots(text), "rule", { start, end: start + 1 });
    return comment === undefined ? undefined : put(text, comment);
  };

  it("stands above the line of the finding, indented as it is", () => {
    expect(placed("SELECT 1;\n  ALTER TABLE a\n    DROP b,\n    DROP c;", "DROP c")).toBe(
      "SELECT 1;\n  ALTER TABLE a\n    DROP b,\n    -- godwit-ignore rule: it is meant\n    DROP c;",
    );
    expect(placed("SELECT 1;\n  ALTER TABLE a\n    DROP b;", "ALTER")).toBe(
      "SELECT 1;\n  -- godwit-ignore rule: it is meant\n  ALTER TABLE a\n    DROP b;",
    );
  });

  it("stands above the statement when the finding is inside a body", () => {
    expect(placed("DO $$\nBEGIN\n  DROP TABLE a;\nEND $$;", "DROP")).toBe(
      "-- godwit-ignore rule: it is meant\nDO $$\nBEGIN\n  DROP TABLE a;\nEND $$;",
    );
  });

  it("stands behind the line when another statement begins there", () => {
    expect(placed("SELECT 1; DROP TABLE a;\nSELECT 2;", "DROP")).toBe(
      "SELECT 1; DROP TABLE a; -- godwit-ignore rule: it is meant\nSELECT 2;",
    );
  });

  it("keeps the file's line ends", () => {
    expect(placed("SELECT 1;\r\nDROP TABLE a;\r\n", "DROP")).toBe(
      "SELECT 1;\r\n-- godwit-ignore rule: it is meant\r\nDROP TABLE a;\r\n",
    );
  });

  it("has no place where only the file can be meant", () => {
    expect(placed("-- nothing\n", "--")).toBeUndefined();
    expect(placed("SELECT 1; DO $$\nDROP\n$$;", "DROP")).toBeUndefined();
  });
});
