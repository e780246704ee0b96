// All rules: ours, and those of the team, which are loaded from the files and folders of lint.rules, and the regular
// expressions of check.rulesLocation.
import { createHash } from "node:crypto";
import { join, relative, resolve } from "node:path";
import { GodwitError } from "../base/errors.ts";
import { parseToml } from "../config/toml.ts";
import { tomlLines } from "../config/toml-lines.ts";
import type { World } from "../engine/engine.ts";
import { loadModuleFile } from "../engine/module-file.ts";
import { regexRule } from "../lint/regex-rule.ts";
import type { Rule } from "../lint/rule.ts";
import { RULES } from "../lint/rules/index.ts";
import { placeOfKey, teamRule } from "../lint/team.ts";
import { fileNamesIfThere, readTextIfThere } from "../migrations/files-write.ts";

/** @throws GodwitError when a rule cannot be loaded, is none, or has a name that is taken. */
export async function allRules(world: World): Promise<readonly Rule[]> {
  const rules = [...RULES];
  for (const file of ruleFiles(world)) {
    const rule = TOML.test(file.path) ? await loadRegex(world, file) : await load(world, file);
    if (rule === undefined) continue;
    refuseTaken(rule, file, rules);
    rules.push(rule);
  }
  return rules;
}

interface RuleFile {
  readonly path: string;
  /** As the user knows it. */
  readonly shown: string;
  readonly text: string;
}

const TOML = /\.toml$/i;
const RULE = /\.(?:[mc]?[jt]s|toml)$/i;
/** What stands beside rules and is none. */
const BESIDE = /\.d\.[mc]?ts$|\.(?:test|spec)\.[mc]?[jt]s$|^[._]/i;

/** A folder gives its own files and not those of folders below, so that rules may share code. */
function ruleFiles(world: World): readonly RuleFile[] {
  const { extra, workingDirectory } = world.settings;
  const regexFolder = extra["check.rulesLocation"];
  const wanted = [
    ...words(extra["lint.rules"]).map((word) => ({ word, setting: "lint.rules", ending: RULE })),
    ...words(regexFolder).map((word) => ({ word, setting: "check.rulesLocation", ending: TOML })),
  ];
  const files = wanted.flatMap(({ word, setting, ending }) => {
    const path = resolve(workingDirectory, word);
    const text = ending.test(word) ? readTextIfThere(path) : undefined;
    if (text !== undefined) return [{ path, shown: word, text }];
    const names = fileNamesIfThere(path);
    if (names === undefined) throw missing(word, setting, workingDirectory);
    return names
      .filter((name) => ending.test(name) && !BESIDE.test(name))
      .map((name) => ruleFile(workingDirectory, join(path, name)));
  });
  const isWanted = ({ path }: RuleFile): boolean =>
    !TOML.test(path) || extra["check.regexEnabled"] !== "false";
  // Both settings may name one folder.
  return files.filter((file, i) => isWanted(file) && files.findIndex(({ path }) => path === file.path) === i);
}

const words = (list: string | undefined): readonly string[] =>
  (list ?? "")
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");

function ruleFile(workingDirectory: string, path: string): RuleFile {
  const near = relative(workingDirectory, path);
  return { path, shown: near.startsWith("..") ? path : near, text: readTextIfThere(path) ?? "" };
}

const missing = (word: string, setting: string, workingDirectory: string): GodwitError =>
  new GodwitError("CONFIGURATION", `${setting} names ${word}, which is neither a rule file nor a folder.`, {
    advice: `Paths are taken from ${workingDirectory}.`,
  });

async function load({ settings }: World, { path, shown, text }: RuleFile): Promise<Rule> {
  const file = { path, configuredPath: shown, name: path.slice(path.lastIndexOf("/") + 1), script: shown };
  const edition = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const { exported, placeIn } = await loadModuleFile(file, edition, settings.workingDirectory).catch(
    withDoor,
  );
  return teamRule(ruleIn(exported["default"]), { file: shown, text, placeIn });
}

async function loadRegex({ settings }: World, { shown, text }: RuleFile): Promise<Rule | undefined> {
  const document = await parseToml(text.replace(/^\uFEFF/, ""), shown);
  const lines = tomlLines(text);
  const dialect = settings.extra["check.rulesDialect"]?.toLowerCase() ?? "postgres";
  return regexRule({ file: shown, document, lineOf: (key) => lines.get(key) ?? 1 }, dialect);
}
/** CommonJS has its exports in the default one, and a translated one in the default of that. */
function ruleIn(exported: unknown): unknown {
  const inner =
    typeof exported === "object" && exported !== null && "default" in exported ? exported.default : undefined;
  return inner ?? exported;
}

/** The door of rules is a package that the project may not have. */
function withDoor(error: unknown): never {
  if (!(error instanceof GodwitError) || !/["']godwit(?:\/lint)?["']/.test(error.message)) throw error;
  throw new GodwitError(error.code, error.message, {
    ...(error.place === undefined ? {} : { place: error.place }),
    advice:
      'Add godwit to the project (npm install --save-dev godwit), or import nothing but types: `import type { TeamRule } from "godwit/lint"` and `export default { ... } satisfies TeamRule`.',
    cause: error,
  });
}

/** Flyway's RX001 and its kin are second names of ours; a team that has the file means its own. */
const isGivenUp = (taken: Rule, rule: Rule, name: string): boolean =>
  rule.team?.code !== undefined && taken.team === undefined && taken.id !== name;

function refuseTaken(rule: Rule, { shown, text }: RuleFile, others: readonly Rule[]): void {
  for (const name of [rule.id, ...(rule.aliases ?? [])]) {
    const taken = others.find((other) => other.id === name || other.aliases?.includes(name) === true);
    if (taken === undefined || isGivenUp(taken, rule, name)) continue;
    const whose = taken.team === undefined ? "a rule of godwit's own" : `the rule in ${taken.team.file}`;
    const key = rule.team?.code !== undefined ? "code" : name === rule.id ? "id" : "aliases";
    throw new GodwitError("CONFIGURATION", `${shown}: the name ${name} is that of ${whose}.`, {
      place: placeOfKey({ file: shown, text }, key),
      advice: `Give the rule another ${key === "code" ? "code" : "id"}. A prefix of the team's makes it its own for good, such as acme-no-money.`,
    });
  }
}
