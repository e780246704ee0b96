// A rule against its own examples: a bad one must be found, with its line and fix where it says them, a good one not.
import type { Parser } from "../tree/parser.ts";
import { activeRules } from "./configure.ts";
import { EXAMPLE_FILE, exampleProject } from "./example.ts";
import type { LintFinding, RuleTest } from "./finding.ts";
import { applyFixes } from "./fix.ts";
import type { Example, Rule } from "./rule.ts";
import { lint } from "./run.ts";

/** Examples are judged by the rule, and by this one, since what does not parse proves nothing. */
const SYNTAX = "syntax-error";

/** `text` is that of the rule's file. */
export function examine(parser: Parser, all: readonly Rule[], rule: Rule, text: string): RuleTest {
  const examples = [
    ...rule.bad.map((example, i) => ({ example, name: `bad example ${i + 1}`, isBad: true })),
    ...rule.good.map((example, i) => ({ example, name: `good example ${i + 1}`, isBad: false })),
  ];
  const faults = examples.flatMap(({ example, name, isBad }) => {
    const fault = faultOf(findingsOf(parser, all, rule, example), example, isBad);
    return fault === undefined ? [] : [{ line: lineOf(text, example), message: `${name} ${fault}` }];
  });
  return { id: rule.id, file: rule.team?.file ?? "", examples: examples.length, faults };
}

function findingsOf(
  parser: Parser,
  all: readonly Rule[],
  rule: Rule,
  example: Example,
): readonly LintFinding[] {
  const options = typeof example === "string" ? {} : (example.options ?? {});
  const settings = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`${rule.id}.${name}`, value]),
  );
  const rules = activeRules(all, settings, [rule.id, SYNTAX]);
  const known = new Set(all.flatMap((r) => [r.id, ...(r.aliases ?? [])]));
  return lint({ parser, project: exampleProject(example), rules, known, together: "set" }).findings;
}

function faultOf(all: readonly LintFinding[], example: Example, isBad: boolean): string | undefined {
  const parts = typeof example === "string" ? { sql: example } : example;
  const syntax = all.find((f) => f.rule === SYNTAX);
  if (syntax !== undefined) return `is no SQL that PostgreSQL reads: line ${syntax.line}: ${syntax.message}`;
  const [first] = all;
  if (!isBad) return first === undefined ? undefined : `is found: line ${first.line}: ${first.message}`;
  if (first === undefined) return "is not found.";
  if (parts.findings !== undefined && parts.findings !== all.length)
    return `gives ${all.length} findings, and says ${parts.findings}.`;
  if (parts.line !== undefined && parts.line !== first.line)
    return `is found on line ${first.line}, and says ${parts.line}.`;
  if (parts.fixed === undefined || parts.sql === undefined) return undefined;
  const { text } = applyFixes(
    parts.sql,
    all.filter((f) => f.file === EXAMPLE_FILE),
  );
  return text === parts.fixed
    ? undefined
    : `is mended into ${JSON.stringify(text)}, and says something else.`;
}

/** Where the example's first line of SQL stands in the rule's file; its first line when that cannot be told. */
function lineOf(text: string, example: Example): number {
  const sql = typeof example === "string" ? example : (example.sql ?? Object.values(example.files ?? {})[0]);
  const first = sql?.split("\n").find((line) => line.trim() !== "");
  const at = first === undefined ? -1 : text.indexOf(first.trim());
  return at === -1 ? 1 : text.slice(0, at).split("\n").length;
}
