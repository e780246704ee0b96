// What add does: the next version, the name, and the text. Arguments and numbering are those of Flyway's add.
import { join, relative } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { Settings } from "../config/settings.ts";
import type { World } from "../engine/engine.ts";
import { scanFiles } from "../engine/files.ts";
import type { AddOutcome } from "../lint/finding.ts";
import { fileNamesIfThere, readTextIfThere, writeText } from "../migrations/files-write.ts";
import { candidateRoots, parseLocation } from "../migrations/locations.ts";
import type { Version } from "../migrations/migration.ts";
import { nameGrammar } from "../migrations/name.ts";
import { compareVersions, tryParseVersion } from "../migrations/version.ts";
import { askForAdd, type Told } from "./add-ask.ts";
import {
  checkOf,
  fillTemplate,
  guessTemplate,
  TEMPLATES,
  type Template,
  type Values,
} from "./add-templates.ts";
import type { Asker } from "./asker.ts";
import { defaultSchema } from "./lint-files.ts";
import { namesOnMain, openGit } from "./lint-git.ts";
import { nextVersion } from "./next-version.ts";

type Options = Readonly<Record<string, string>>;
type Type = "versioned" | "repeatable" | "undo" | "baseline";

const TYPES: readonly Type[] = ["versioned", "repeatable", "undo", "baseline"];

interface Named {
  readonly version: Version;
  readonly description: string;
  readonly name: string;
}

interface More {
  /** Who answers for what was not told. */
  readonly ask?: (() => Promise<Asker>) | undefined;
  /** Further {{names}} of templates. */
  readonly values?: Values | undefined;
}

export async function addMigration(
  world: World,
  options: Options,
  words: readonly string[],
  { ask, values }: More = {},
): Promise<AddOutcome> {
  const { settings } = world;
  const wish = (name: string): string | undefined => settings.extra[`add.${name}`] ?? options[name];
  const own = ownTemplates(world, options);
  let told: Told & { readonly description?: string } = {
    template: options["template"],
    location: wish("location"),
    values: { ...valuesOf(options), ...values },
  };
  const taken = await versionedFiles(world, told.location);
  const last = taken.at(-1);
  const description = wish("description") ?? (words.length > 0 ? words.join(" ") : undefined);
  const undoes = wish("type") === "undo" || told.template === "undo";
  if (description !== undefined) told = { ...told, description };
  else if (undoes && last !== undefined) told = { ...told, description: last.description };
  else if (ask !== undefined) {
    const known = { own, locations: settings.locations, lastDescription: last?.description };
    told = await askForAdd(await ask(), told, known);
  }
  if (told.description === undefined || !/[\p{L}\p{N}]/u.test(told.description)) throw needsDescription();
  const { template } = told;
  const type = readType(
    wish("type") ?? (template === "repeatable" || template === "undo" ? template : "versioned"),
  );
  const version =
    type === "repeatable"
      ? undefined
      : versionFor(world, type, wish("version"), wish("timestamp") ?? "auto", taken);
  if (type === "versioned" && version !== undefined) refuseTaken(version, taken);
  const file = { type, version, description: told.description };
  const isFlyways = wish("description") !== undefined || told.description === last?.description;
  const nameWords = isFlyways ? file.description : plainWords(file.description, last);
  const path = join(folderOf(settings, told.location), nameOf(settings, { ...file, description: nameWords }));
  const shown = shownPath(settings, path);
  if (wish("nameOnly") === "true") return { operation: "add", path: shown, created: false };
  writeText(
    path,
    textOf(world, template ?? guessTemplate(type), own, told.values, file),
    wish("force") === "true",
  );
  return { operation: "add", path: shown, created: true };
}

const needsDescription = (): GodwitError =>
  new GodwitError("ERROR", "add needs a description.", {
    advice:
      "Give it one: godwit add Create invoices table --template create-table --table invoices. godwit help add has all arguments; in a terminal, godwit add asks for them.",
  });

/** @throws GodwitError for names that would need quotes. */
function valuesOf(options: Options): Values {
  const given = ["table", "column", "columnType", "references"].flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const set = (options["set"] ?? "").split(",").flatMap((pair) => {
    const [name = "", ...value] = pair.split("=");
    return name.trim() === "" ? [] : [[name.trim(), value.join("=")] as const];
  });
  for (const [name, value] of given) {
    const problem = checkOf(name)?.(value);
    if (problem !== undefined)
      throw new GodwitError("ERROR", `--${name} has the value "${value}".`, { advice: problem });
  }
  return Object.fromEntries([...given, ...set]);
}

function readType(text: string): Type {
  const type = TYPES.find((t) => t === text.toLowerCase());
  if (type !== undefined) return type;
  throw new GodwitError("ERROR", `-type has the value "${text}".`, {
    advice: `It takes ${TYPES.join(", ")}.`,
  });
}

function shownPath(settings: Settings, path: string): string {
  const near = relative(settings.workingDirectory, path);
  return near.startsWith("..") ? path : near;
}

// --- where and which number --------------------------------------------------------------------------------------------

function folderOf(settings: Settings, wanted: string | undefined): string {
  const locations = (
    wanted === undefined ? settings.locations : [wanted.includes(":") ? wanted : `filesystem:${wanted}`]
  ).map(parseLocation);
  const location = locations.find((l) => l.scheme === "filesystem") ?? locations[0];
  const root = location === undefined ? undefined : candidateRoots(location, settings.workingDirectory)[0];
  if (root !== undefined) return root.absolute;
  throw new GodwitError("ERROR", "There is no location to write to.", {
    advice: "Set flyway.locations, or give -location=filesystem:db/migration.",
  });
}

/** By version: those of all locations, and those that the main branch of git has. */
async function versionedFiles(world: World, location: string | undefined): Promise<readonly Named[]> {
  const { settings } = world;
  const grammar = nameGrammar(settings);
  const git = await openGit(world);
  const roots = settings.locations.flatMap((l) =>
    candidateRoots(parseLocation(l), settings.workingDirectory),
  );
  const folders = new Set([folderOf(settings, location), ...roots.map((r) => r.absolute)]);
  const names = [
    ...scanFiles({ ...settings, failOnMissingLocations: false }).files.map((f) => f.name),
    ...(git === undefined ? [] : await namesOnMain(git, [...folders])),
  ];
  const found = new Map<string, Named>();
  for (const name of names) {
    const parsed = grammar.sql(name) ?? grammar.script(name, false) ?? grammar.module(name);
    if (parsed?.valid !== true || parsed.kind !== "versioned" || parsed.version === undefined) continue;
    found.set(name, { version: parsed.version, description: parsed.description, name });
  }
  return [...found.values()].sort((a, b) => compareVersions(a.version, b.version));
}

function versionFor(
  world: World,
  type: Type,
  wanted: string | undefined,
  timestamp: string,
  taken: readonly Named[],
): string {
  if (wanted !== undefined) {
    if (tryParseVersion(wanted) !== undefined) return wanted;
    throw new GodwitError("ERROR", `"${wanted}" is not a version.`, {
      advice: "Write digits with dots or underscores between them.",
    });
  }
  const last = taken.at(-1);
  if (type === "undo") {
    if (last !== undefined) return last.version.raw;
    throw new GodwitError("ERROR", "There is no versioned migration to undo.", { advice: "Give -version." });
  }
  if (type === "baseline") return last?.version.raw ?? "001";
  return nextVersion(last?.version.raw, timestamp, world.now());
}

function refuseTaken(version: string, taken: readonly Named[]): void {
  const parsed = tryParseVersion(version);
  const other =
    parsed === undefined ? undefined : taken.find((t) => compareVersions(t.version, parsed) === 0);
  if (other === undefined) return;
  throw new GodwitError("ERROR", `Version ${version} is taken by ${other.name}.`, {
    advice: "Leave -version out: add takes the next free one.",
  });
}

function nameOf(settings: Settings, { type, version, description }: NewFile): string {
  const prefixes = {
    versioned: settings.sqlMigrationPrefix,
    repeatable: settings.repeatableSqlMigrationPrefix,
    undo: settings.undoSqlMigrationPrefix,
    baseline: settings.baselineMigrationPrefix,
  };
  const words = description
    .trim()
    .replace(/\s+/g, "_")
    .replace(/[/\\:*?"<>|]/g, "_");
  return `${prefixes[type]}${version ?? ""}${settings.sqlMigrationSeparator}${words}${settings.sqlMigrationSuffixes[0] ?? ".sql"}`;
}

// --- text ----------------------------------------------------------------------------------------------------------------

/** A sentence as the words of a name: nothing but letters and digits, the first as the folder has it. */
function plainWords(sentence: string, last: Named | undefined): string {
  const words = sentence
    .replace(/['\u2019"]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  const isLower = last !== undefined && /^\p{Ll}/u.test(last.description);
  return isLower ? words : words.slice(0, 1).toUpperCase() + words.slice(1);
}

interface NewFile {
  readonly type: Type;
  readonly version: string | undefined;
  readonly description: string;
}

/** The team's templates, NAME.sql, by name. */
function ownTemplates(world: World, options: Options): ReadonlyMap<string, Template> {
  const folder = join(world.settings.workingDirectory, options["templates"] ?? TEMPLATE_FOLDER);
  const found = new Map<string, Template>();
  for (const name of fileNamesIfThere(folder) ?? []) {
    if (!name.endsWith(".sql")) continue;
    const text = readTextIfThere(join(folder, name));
    if (text !== undefined) found.set(name.slice(0, -".sql".length), { doc: "one of the team's", text });
  }
  return found;
}

const TEMPLATE_FOLDER = "db/templates";

function textOf(
  world: World,
  name: string,
  own: ReadonlyMap<string, Template>,
  values: Values,
  { type, version, description }: NewFile,
): string {
  const template = own.get(name) ?? TEMPLATES.get(name);
  if (template === undefined) {
    throw new GodwitError("ERROR", `There is no template "${name}".`, {
      advice: `There are ${[...TEMPLATES.keys(), ...own.keys()].join(", ")}.`,
    });
  }
  const letter = type === "undo" ? "U" : type === "baseline" ? "B" : "V";
  return fillTemplate(template, {
    kind: type,
    version: version ?? "",
    label: version === undefined ? "Repeatable migration" : `Migration ${letter}${version}`,
    title: description.trim().replaceAll("_", " "),
    schema: defaultSchema(world.settings),
    values,
  });
}
