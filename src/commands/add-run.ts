// What add does: the next version, the name, and the text. Arguments and numbering are those of Flyway's add.
import { join, relative } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { Settings } from "../config/settings.ts";
import type { World } from "../engine/engine.ts";
import { scanFiles } from "../engine/files.ts";
import type { AddOutcome } from "../lint/finding.ts";
import { readTextIfThere, writeText } from "../migrations/files-write.ts";
import { candidateRoots, parseLocation } from "../migrations/locations.ts";
import type { Version } from "../migrations/migration.ts";
import { nameGrammar } from "../migrations/name.ts";
import { compareVersions, tryParseVersion } from "../migrations/version.ts";
import { fillTemplate, guessTemplate, TEMPLATES } from "./add-templates.ts";
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

export async function addMigration(
  world: World,
  options: Options,
  words: readonly string[],
): Promise<AddOutcome> {
  const { settings } = world;
  const wish = (name: string): string | undefined => settings.extra[`add.${name}`] ?? options[name];
  const template = options["template"];
  const type = readType(
    wish("type") ?? (template === "repeatable" || template === "undo" ? template : "versioned"),
  );
  const folder = folderOf(settings, wish("location"));
  const taken = await versionedFiles(world, folder);
  const last = taken.at(-1);
  const description =
    wish("description") ??
    (words.length > 0 ? words.join(" ") : type === "undo" ? last?.description : undefined);
  if (description === undefined || description.trim() === "") {
    throw new GodwitError("ERROR", "add needs a description.", {
      advice: "Give it one: godwit add -description=Create_invoices_table.",
    });
  }
  const version =
    type === "repeatable"
      ? undefined
      : versionFor(world, type, wish("version"), wish("timestamp") ?? "auto", taken);
  if (type === "versioned" && version !== undefined) refuseTaken(version, taken);
  const name = nameOf(settings, type, version, description);
  const path = join(folder, name);
  const shown = shownPath(settings, path);
  if (wish("nameOnly") === "true") return { operation: "add", path: shown, created: false };
  const text = textOf(world, options, { type, version, description });
  writeText(path, text, wish("force") === "true");
  return { operation: "add", path: shown, created: true };
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
async function versionedFiles(world: World, folder: string): Promise<readonly Named[]> {
  const { settings } = world;
  const grammar = nameGrammar(settings);
  const git = await openGit(world);
  const names = [
    ...scanFiles({ ...settings, failOnMissingLocations: false }).files.map((f) => f.name),
    ...(git === undefined ? [] : await namesOnMain(git, [folder])),
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

function nameOf(settings: Settings, type: Type, version: string | undefined, description: string): string {
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

interface NewFile {
  readonly type: Type;
  readonly version: string | undefined;
  readonly description: string;
}

function textOf(world: World, options: Options, { type, version, description }: NewFile): string {
  const { settings } = world;
  const title = description.trim().replaceAll("_", " ");
  const name = options["template"] ?? guessTemplate(type);
  const own = readTextIfThere(
    join(settings.workingDirectory, options["templates"] ?? "db/templates", `${name}.sql`),
  );
  const template = own ?? TEMPLATES.get(name);
  if (template === undefined) {
    throw new GodwitError("ERROR", `There is no template "${name}".`, {
      advice: `There are ${[...TEMPLATES.keys()].join(", ")}, and what db/templates holds.`,
    });
  }
  const schema = defaultSchema(settings);
  const table = options["table"] ?? "table_name";
  return fillTemplate(template, {
    kind: type,
    version: version ?? "",
    label:
      version === undefined
        ? "Repeatable migration"
        : `Migration ${type === "undo" ? "U" : type === "baseline" ? "B" : "V"}${version}`,
    title,
    schema,
    table,
    column: options["column"] ?? "column_name",
    references: options["references"] ?? "parent_table",
  });
}
