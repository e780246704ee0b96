// Breaks each rule of lint in small ways and looks whether its examples notice: a condition that no example asks for
// could be left out, or is not proven. Prints what nobody noticed.
//   script/mutation [RULE ...]
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, transformSync } from "esbuild";
import { parseAst } from "vitest/node";
import { type ActiveRule, activeRules } from "../../src/lint/configure.ts";
import { exampleProject } from "../../src/lint/example.ts";
import { applyFixes } from "../../src/lint/fix.ts";
import type { Example, Rule } from "../../src/lint/rule.ts";
import { RULES } from "../../src/lint/rules/index.ts";
import { lint } from "../../src/lint/run.ts";
import { loadParser } from "../../src/tree/parser.ts";
import { functionOf } from "./wrapped.ts";

const FOLDER = resolve("src/lint/rules");
const SCRATCH = resolve(".cache/mutation");

interface Mutant {
  readonly what: string;
  readonly text: string;
}

/** What is read of a syntax tree (ESTree): any object with a type and a place. */
interface Tree {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && "type" in value && "start" in value;

/** One small change each, in code only: not in the words of the rule. */
function mutantsOf(source: string): readonly Mutant[] {
  const mutants: Mutant[] = [];
  const textOf = (value: unknown): string => (isTree(value) ? source.slice(value.start, value.end) : "");
  const add = ({ start, end }: Tree, replacement: string): void => {
    mutants.push({
      what: `${source.slice(start, end)} -> ${replacement}`.replace(/\s+/g, " "),
      text: source.slice(0, start) + replacement + source.slice(end),
    });
  };
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    if (isTree(value)) {
      if (value.type === "TemplateLiteral") return;
      if (value.type === "LogicalExpression" && value["operator"] !== "??") {
        add(value, `(${textOf(value["left"])})`);
        add(value, `(${textOf(value["right"])})`);
      } else if (value.type === "IfStatement" && value["alternate"] === null && isTree(value["test"])) {
        add(value["test"], "false");
      } else if (value.type === "UnaryExpression" && value["operator"] === "!") {
        add(value, `(${textOf(value["argument"])})`);
      }
    }
    for (const item of Object.values(value)) if (typeof item === "object") visit(item);
  };
  visit(parseAst(source));
  return mutants;
}

const parser = await loadParser();
const known = new Set(RULES.flatMap((rule) => [rule.id, ...(rule.aliases ?? [])]));

/** What the tests of rules see: how many findings there are, the line of the first, and the mended text. */
function seen(rule: Rule, example: Example): string {
  const options = typeof example === "string" ? {} : (example.options ?? {});
  const settings = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`${rule.id}.${name}`, value]),
  );
  const active: readonly ActiveRule[] = activeRules(
    RULES.map((r) => (r.id === rule.id ? rule : r)),
    settings,
    rule.id.includes("ignore") ? [rule.id, "create-table-if-not-exists"] : [rule.id],
  );
  const project = exampleProject(example);
  const found = lint({ parser, project, rules: active, known, together: "set" }).findings.filter(
    (f) => f.rule === rule.id,
  );
  const fixable = found.filter((f) => f.fixable);
  const text = project.files.find((f) => f.path === fixable[0]?.file)?.text ?? "";
  return JSON.stringify([found.length, found[0]?.line, applyFixes(text, fixable).text]);
}

/** Whether the examples tell the broken rule from the whole one. */
function isNoticed(whole: Rule, broken: Rule, source: string): boolean {
  try {
    const wrapped = source.includes("runs(") ? whole.bad.flatMap((e) => functionOf(e) ?? []) : [];
    return [...whole.bad, ...whole.good, ...wrapped].some((e) => seen(whole, e) !== seen(broken, e));
  } catch {
    return true;
  }
}

async function load(text: string, id: string): Promise<Rule | undefined> {
  const outfile = join(SCRATCH, `${id}-${process.pid}.mjs`);
  try {
    await build({
      stdin: { contents: text, resolveDir: FOLDER, loader: "js" },
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      packages: "external",
      logLevel: "silent",
    });
    const { default: rule }: { default: Rule } = await import(pathToFileURL(outfile).href);
    return rule;
  } catch {
    return undefined;
  }
}

mkdirSync(SCRATCH, { recursive: true });
const asked = process.argv.slice(2);
let [all, unnoticed] = [0, 0];
for (const whole of RULES) {
  if (asked.length > 0 && !asked.includes(whole.id)) continue;
  const { code: source } = transformSync(readFileSync(join(FOLDER, `${whole.id}.ts`), "utf8"), {
    loader: "ts",
  });
  for (const [i, mutant] of mutantsOf(source).entries()) {
    const broken = await load(mutant.text, `${whole.id}-${i}`);
    if (broken === undefined) continue;
    all++;
    if (isNoticed(whole, broken, source)) continue;
    unnoticed++;
    console.log(`${whole.id}: ${mutant.what}`);
  }
}
rmSync(SCRATCH, { recursive: true, force: true });
console.log(`${all} small changes, ${unnoticed} unnoticed.`);
