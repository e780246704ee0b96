// All rules: ours, and those of the team, which are loaded from the files and folders of lint.rules.
import { createHash } from "node:crypto";
import { extname, join, relative, resolve } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { World } from "../engine/engine.ts";
import { loadModuleFile } from "../engine/module-file.ts";
import type { Rule } from "../lint/rule.ts";
import { RULES } from "../lint/rules/index.ts";
import { placeOfKey, type TeamSource, teamRule } from "../lint/team.ts";
import { fileNamesIfThere, readTextIfThere } from "../migrations/files-write.ts";

/** @throws GodwitError when a rule cannot be loaded, is none, or has a name that is taken. */
export async function allRules(world: World): Promise<readonly Rule[]> {
  const rules = [...RULES];
  for (const file of ruleFiles(world)) rules.push(await load(world, file, rules));
  return rules;
}

interface RuleFile {
  readonly path: string;
  /** As the user knows it. */
  readonly shown: string;
  readonly text: string;
}

const MODULE = /\.[mc]?[jt]s$/i;
/** What stands beside rules and is none. */
const BESIDE = /\.d\.[mc]?ts$|\.(?:test|spec)\.[mc]?[jt]s$|^[._]/i;

/** A folder gives its own files and not those of folders below, so that rules may share code. */
function ruleFiles({ settings }: World): readonly RuleFile[] {
  const wanted = (settings.extra["lint.rules"] ?? "").split(",").map((word) => word.trim());
  return wanted
    .filter((word) => word !== "")
    .flatMap((word) => {
      const path = resolve(settings.workingDirectory, word);
      const text = MODULE.test(extname(word)) ? readTextIfThere(path) : undefined;
      if (text !== undefined) return [{ path, shown: word, text }];
      const names = fileNamesIfThere(path);
      if (names === undefined) throw missing(word, settings.workingDirectory);
      return names
        .filter((name) => MODULE.test(extname(name)) && !BESIDE.test(name))
        .map((name) => ruleFile(settings.workingDirectory, join(path, name)));
    });
}

function ruleFile(workingDirectory: string, path: string): RuleFile {
  const near = relative(workingDirectory, path);
  return { path, shown: near.startsWith("..") ? path : near, text: readTextIfThere(path) ?? "" };
}

const missing = (word: string, workingDirectory: string): GodwitError =>
  new GodwitError("CONFIGURATION", `lint.rules names ${word}, which is neither a rule file nor a folder.`, {
    advice: `Name files that end in .ts, .mts, .js or .mjs, or their folder. Paths are taken from ${workingDirectory}.`,
  });

async function load(
  { settings }: World,
  { path, shown, text }: RuleFile,
  others: readonly Rule[],
): Promise<Rule> {
  const file = { path, configuredPath: shown, name: path.slice(path.lastIndexOf("/") + 1), script: shown };
  const edition = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const { exported, placeIn } = await loadModuleFile(file, edition, settings.workingDirectory).catch(
    withDoor,
  );
  const source: TeamSource = { file: shown, text, placeIn };
  const rule = teamRule(ruleIn(exported["default"]), source);
  refuseTaken(rule, source, others);
  return rule;
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

function refuseTaken(rule: Rule, source: TeamSource, others: readonly Rule[]): void {
  for (const name of [rule.id, ...(rule.aliases ?? [])]) {
    const taken = others.find((other) => other.id === name || other.aliases?.includes(name) === true);
    if (taken === undefined) continue;
    const whose = taken.team === undefined ? "a rule of godwit's own" : `the rule in ${taken.team.file}`;
    throw new GodwitError("CONFIGURATION", `${source.file}: the name ${name} is that of ${whose}.`, {
      place: placeOfKey(source, name === rule.id ? "id" : "aliases"),
      advice:
        "Give the rule another id. A prefix of the team's makes it its own for good, such as acme-no-money.",
    });
  }
}
