// File names: which are migrations or callbacks, of which version and description, and why others are not.
import type { Settings } from "../config/settings.ts";
import { CALLBACK_EVENTS } from "./events.ts";
import type { MigrationKind, Version } from "./migration.ts";
import { tryParseVersion } from "./version.ts";

export type NameSettings = Pick<
  Settings,
  | "sqlMigrationPrefix"
  | "repeatableSqlMigrationPrefix"
  | "baselineMigrationPrefix"
  | "undoSqlMigrationPrefix"
  | "sqlMigrationSeparator"
  | "sqlMigrationSuffixes"
>;

export interface ValidName {
  readonly valid: true;
  readonly kind: MigrationKind | "callback";
  /** For callbacks the event. */
  readonly prefix: string;
  readonly version: Version | undefined;
  readonly description: string;
  /** The name rebuilt from its parts, the value of flyway:filename: no separator without a description. */
  readonly rebuilt: string;
}

export interface WrongName {
  readonly valid: false;
  readonly reason: string;
  /** False for names that can hardly be meant as migrations, such as LICENSE. */
  readonly meant: boolean;
}

export type ParsedName = ValidName | WrongName;

/** The names a project's settings allow. Both readers give undefined for files they do not look at. */
export interface NameGrammar {
  readonly sql: (name: string) => ParsedName | undefined;
  /** Scripts (.sh and its kin); names without any dot only where files without extension can run. */
  readonly script: (name: string, dotless: boolean) => ParsedName | undefined;
  /** Migrations in TypeScript or JavaScript. Only with a separator: V8.js may well be anything. */
  readonly module: (name: string) => ParsedName | undefined;
}

export const SCRIPT_SUFFIXES = [".cmd", ".bat", ".ps1", ".py", ".sh", ".bash"] as const;
export const MODULE_SUFFIXES = [".ts", ".mts", ".js", ".mjs"] as const;

interface Candidate {
  readonly prefix: string;
  readonly kind: MigrationKind | "callback";
}

export function nameGrammar(settings: NameSettings): NameGrammar {
  const { sqlMigrationSuffixes } = settings;
  const findCandidate = candidateFinder(candidatesOf(settings));
  const read = (name: string, suffix: string): ParsedName | undefined => {
    const stem = name.slice(0, name.length - suffix.length);
    const candidate = findCandidate(stem);
    if (candidate === undefined) return unknownPrefix(settings, name, stem);
    return readName(settings, name, stem, candidate);
  };
  const bySuffix = (suffixes: readonly string[]) => (name: string) => {
    const suffix = suffixOf(name, suffixes);
    // A name that is nothing but a suffix is not looked at (Flyway 13, StringUtils.startsAndEndsWith).
    return suffix === undefined || name.length <= suffix.length ? undefined : read(name, suffix);
  };
  const scriptWithSuffix = bySuffix(SCRIPT_SUFFIXES);
  const moduleWithSuffix = bySuffix(MODULE_SUFFIXES);
  return {
    sql: bySuffix(sqlMigrationSuffixes),
    script: (name, dotless) =>
      scriptWithSuffix(name) ?? (dotless && !name.includes(".") ? read(name, "") : undefined),
    module: (name) =>
      !name.includes(settings.sqlMigrationSeparator) || NOT_A_MIGRATION.test(name)
        ? undefined
        : moduleWithSuffix(name),
  };
}

/** Declarations and tests that stand beside a module. */
const NOT_A_MIGRATION = /\.(?:d|test|spec)\.[mc]?[tj]s$/i;

/**
 * Longest prefix first; of equal length in order of registration (Flyway 13, ResourceNameParser). Undo comes last,
 * so that it takes nothing from the prefixes that the open-source edition knows.
 */
function candidatesOf(settings: NameSettings): readonly Candidate[] {
  const candidates: Candidate[] = [
    { prefix: settings.sqlMigrationPrefix, kind: "versioned" },
    { prefix: settings.repeatableSqlMigrationPrefix, kind: "repeatable" },
    ...CALLBACK_EVENTS.map((prefix) => ({ prefix, kind: "callback" }) as const),
    { prefix: settings.baselineMigrationPrefix, kind: "baseline" },
    { prefix: settings.undoSqlMigrationPrefix, kind: "undo" },
  ];
  return candidates.sort((a, b) => b.prefix.length - a.prefix.length);
}

/** By first character, because trying some fifty event names on each of thousands of files takes its time. */
function candidateFinder(candidates: readonly Candidate[]): (stem: string) => Candidate | undefined {
  const byFirst = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const first = candidate.prefix.charCodeAt(0);
    const bucket = byFirst.get(first);
    if (bucket === undefined) byFirst.set(first, [candidate]);
    else bucket.push(candidate);
  }
  const nothing = candidates.find(({ prefix }) => prefix === "");
  return (stem) => {
    const bucket = byFirst.get(stem.charCodeAt(0));
    if (bucket !== undefined) {
      for (const candidate of bucket) if (stem.startsWith(candidate.prefix)) return candidate;
    }
    return nothing;
  };
}

/** The first suffix, in order of configuration, that the name ends with in any case. */
function suffixOf(name: string, suffixes: readonly string[]): string | undefined {
  for (const suffix of suffixes) {
    if (name.endsWith(suffix)) return suffix;
    if (name.slice(name.length - suffix.length).toLowerCase() === suffix.toLowerCase()) return suffix;
  }
  return undefined;
}

function readName(
  settings: NameSettings,
  name: string,
  stem: string,
  { prefix, kind }: Candidate,
): ParsedName | undefined {
  const separator = settings.sqlMigrationSeparator;
  const cut = stem.indexOf(separator, prefix.length);
  const versionText = stem.slice(prefix.length, cut < 0 ? stem.length : cut);
  const rawDescription = cut < 0 ? "" : stem.slice(cut + separator.length);
  const rebuilt = rawDescription === "" ? prefix + versionText + name.slice(stem.length) : name;
  if (kind === "repeatable" || kind === "callback") {
    // Flyway passes over a name that is only prefix and suffix, without counting it as wrong.
    if (versionText === "" && kind === "repeatable" && stem.length === prefix.length) return undefined;
    if (versionText === "") return valid(kind, prefix, undefined, rawDescription, rebuilt);
  } else {
    const version = versionText === "" ? undefined : tryParseVersion(versionText);
    if (version !== undefined) return valid(kind, prefix, version, rawDescription, rebuilt);
  }
  return wrongName({ name, kind, prefix, separator, cut, versionText, rawDescription }, stem);
}

interface NameParts {
  readonly name: string;
  readonly kind: Candidate["kind"];
  readonly prefix: string;
  readonly separator: string;
  /** Where the separator stands; below zero when there is none. */
  readonly cut: number;
  readonly versionText: string;
  readonly rawDescription: string;
}

function wrongName(
  { name, kind, prefix, separator, cut, versionText, rawDescription }: NameParts,
  stem: string,
): WrongName {
  const suffix = name.slice(stem.length);
  const wanted = (version: string) =>
    prefix + version + separator + (rawDescription || "description") + suffix;
  if (kind === "repeatable" || kind === "callback") {
    const what = kind === "callback" ? `the callback ${prefix}` : "a repeatable migration";
    return wrong(
      `${name} reads as ${what} with "${versionText}" where nothing may stand. Wanted: ${wanted("")}.`,
      cut >= 0,
    );
  }
  if (versionText === "") return wrong(`${name} has no version. Wanted: ${wanted("1.2")}.`, true);
  // A single underscore is the usual slip: V2_add_x for V2__add_x.
  const slip = cut < 0 ? /^(\d+(?:[._]\d+)*)[_ -]+(\D.*)$/.exec(versionText) : null;
  const shape = slip === null ? wanted("1.2") : prefix + slip[1] + separator + slip[2] + suffix;
  return wrong(`${name}: "${versionText}" is not a version. Wanted: ${shape}.`, cut >= 0);
}

function valid(
  kind: ValidName["kind"],
  prefix: string,
  version: Version | undefined,
  rawDescription: string,
  rebuilt: string,
): ValidName {
  const description = rawDescription.includes("_") ? rawDescription.replaceAll("_", " ") : rawDescription;
  return { valid: true, kind, prefix, version, description, rebuilt };
}

const wrong = (reason: string, meant: boolean): WrongName => ({ valid: false, reason, meant });

function unknownPrefix(settings: NameSettings, name: string, stem: string): WrongName {
  const near = otherCase(settings, name, stem);
  if (near !== undefined) {
    return wrong(`${name} differs from a valid name only in case, and case counts. Wanted: ${near}.`, true);
  }
  const { sqlMigrationPrefix, sqlMigrationSeparator: separator } = settings;
  const [word = ""] = stem.split(separator, 1);
  const event = CALLBACK_EVENTS.find((known) => isNear(word, known));
  if (event !== undefined) {
    const wanted = event + name.slice(word.length);
    return wrong(`${name} is named for no callback event, but nearly for ${event}. Wanted: ${wanted}.`, true);
  }
  const prefixes = [
    sqlMigrationPrefix,
    settings.repeatableSqlMigrationPrefix,
    settings.baselineMigrationPrefix,
    settings.undoSqlMigrationPrefix,
  ];
  return wrong(
    `${name} begins with none of ${prefixes.join(", ")} and with no callback event. ` +
      `Wanted: ${sqlMigrationPrefix}1.2${separator}${name}.`,
    stem.includes(separator),
  );
}

/** One letter is missing, too many, or another one, or two are swapped. */
function isNear(word: string, known: string): boolean {
  if (Math.abs(word.length - known.length) > 1) return false;
  let start = 0;
  while (start < word.length && word[start] === known[start]) start++;
  const rest = word.slice(start);
  const wanted = known.slice(start);
  return (
    rest.slice(1) === wanted.slice(1) ||
    rest === wanted.slice(1) ||
    rest.slice(1) === wanted ||
    (rest.slice(2) === wanted.slice(2) && rest[0] === wanted[1] && rest[1] === wanted[0])
  );
}

/** The valid name that this one differs from only in the case of its prefix. */
function otherCase(settings: NameSettings, name: string, stem: string): string | undefined {
  const lower = stem.toLowerCase();
  for (const candidate of candidatesOf(settings)) {
    const { prefix } = candidate;
    if (prefix === "" || !lower.startsWith(prefix.toLowerCase())) continue;
    const corrected = prefix + stem.slice(prefix.length);
    const fixedName = corrected + name.slice(stem.length);
    if (readName(settings, fixedName, corrected, candidate)?.valid === true) return fixedName;
  }
  return undefined;
}
