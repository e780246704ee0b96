// The files of lint: the project's migrations as values, with placeholders replaced, and which of them are judged.
import { isAbsolute, relative, resolve, sep } from "node:path";
import { GodwitError } from "../base/errors.ts";
import { readScriptConfig } from "../config/script-config.ts";
import type { Settings } from "../config/settings.ts";
import type { World } from "../engine/engine.ts";
import { scanFiles } from "../engine/files.ts";
import { placeholderOptions } from "../engine/script.ts";
import type { LintFile, LintFolder, Project } from "../lint/source.ts";
import { readTextIfThere } from "../migrations/files-write.ts";
import { candidateRoots, distinctLocations } from "../migrations/locations.ts";
import type {
  CallbackFile,
  MigrationKind,
  ResolvedMigration,
  ScannedFile,
  ScriptConfig,
  Version,
} from "../migrations/migration.ts";
import { nameGrammar } from "../migrations/name.ts";
import { readMigrationText } from "../migrations/read.ts";
import { readFolder } from "../migrations/resolve.ts";
import { type Replaced, replacePlaceholders } from "../sql/placeholders.ts";

/** Every migration of the project that is SQL. @throws GodwitError for unreadable files and bad names. */
export function readLintFolder(world: World): LintFolder {
  const { settings } = world;
  const scan = scanFiles(settings);
  // Values of placeholders do not matter for names, and a missing one is not lint's to refuse.
  const asIs = (text: string): string => text;
  const { folder } = readFolder({
    lazyChecksums: true,
    settings,
    scan,
    readScriptConfig: (text, file) =>
      readScriptConfig(text, file, { env: world.env, replacePlaceholders: asIs }),
    replacePlaceholders: asIs,
    replaceScriptPlaceholders: asIs,
  });
  const migrations = [...folder.migrations, ...folder.undos].map((m) => fileOf(world, m, m.kind, m.version));
  const callbacks = folder.callbacks
    .filter((c) => c.language === "sql")
    .map((c) => fileOf(world, { ...c, description: c.event }, "callback", undefined));
  const known = new Set(
    [...folder.migrations, ...folder.undos, ...folder.callbacks].map(({ file }) => file.path),
  );
  return {
    files: [...migrations, ...callbacks],
    strays: straysOf(
      scan.files.filter((f) => !known.has(f.path)),
      settings,
    ),
  };
}

type Readable = Pick<
  ResolvedMigration | CallbackFile,
  "file" | "encoding" | "config" | "description" | "language"
>;

function fileOf(
  world: World,
  file: Readable,
  kind: MigrationKind | "callback",
  version: Version | undefined,
): LintFile {
  const text = file.language === "sql" ? readMigrationText(file) : undefined;
  const replace = (other: string): Replaced | undefined =>
    replacedText(other, file.file, file.config, world.settings);
  return {
    absolute: file.file.path,
    encoding: file.encoding,
    replace,
    source: {
      path: file.file.configuredPath,
      name: file.file.name,
      kind,
      version,
      description: file.description,
      text,
      replaced: text === undefined ? undefined : replace(text),
      executeInTransaction: file.config.executeInTransaction,
    },
  };
}

/** A placeholder without a value stands for a name: itself. migrate refuses it, with its place. */
export function replacedText(
  text: string,
  file: ScannedFile,
  config: ScriptConfig,
  settings: Settings,
): Replaced | undefined {
  const { placeholderPrefix: prefix, placeholderSuffix: suffix, placeholderSeparator: separator } = settings;
  if (!(config.placeholderReplacement ?? settings.placeholderReplacement) || !text.includes(prefix))
    return undefined;
  const names: Record<string, string> = {};
  for (let at = text.indexOf(prefix); at !== -1; at = text.indexOf(prefix, at + 1)) {
    const close = text.indexOf(suffix, at + prefix.length);
    if (close === -1) return undefined;
    const name = text.slice(at + prefix.length, close).toLowerCase();
    names[name] = name.replace(/\W+/g, "_");
  }
  const builtIn = `flyway${separator}`.toLowerCase();
  const values = {
    ...names,
    ...settings.placeholders,
    [`${builtIn}defaultschema`]: defaultSchema(settings),
    [`${builtIn}table`]: settings.table,
  };
  return replacePlaceholders(text, placeholderOptions(settings, values, file));
}

export const defaultSchema = (settings: Settings): string =>
  settings.defaultSchema ?? settings.schemas[0] ?? "public";

/** Where unqualified names are looked up. */
export const sessionPath = (settings: Settings): readonly string[] => [
  defaultSchema(settings),
  "$user",
  "public",
];

/** What has the name of a migration and something behind it; the settings of a script are meant to be there. */
const SWITCHED_OFF = /\.sql(?:\.(?!conf$)[\w-]+|~)$|\.(?:bak|disabled|old|orig|rej|save|swp)$/i;

function straysOf(files: readonly ScannedFile[], settings: Settings): Project["strays"] {
  const grammar = nameGrammar(settings);
  return files.flatMap(({ name, configuredPath: path }) => {
    if (SWITCHED_OFF.test(name)) return [{ path, reason: `ends in ${name.slice(name.lastIndexOf("."))}` }];
    const parsed = grammar.sql(name);
    return parsed !== undefined && !parsed.valid
      ? [{ path, reason: "has no name that a migration can have" }]
      : [];
  });
}

const NO_CONFIG: ScriptConfig = {
  executeInTransaction: undefined,
  placeholderReplacement: undefined,
  encoding: undefined,
  shouldExecute: undefined,
};

/** A file that is not on the disk yet; undefined when it would be no migration of the project there. */
export function unsavedFile({ settings }: World, absolute: string, text: string): LintFile | undefined {
  const { locations } = distinctLocations(settings.locations, settings.workingDirectory);
  for (const location of locations) {
    for (const root of candidateRoots(location, settings.workingDirectory)) {
      const below = relative(root.absolute, absolute).split(sep);
      const script = below.join("/");
      if (isAbsolute(script) || below.some((part) => part.startsWith(".")) || below[0] === "") continue;
      if (location.pattern?.test(script) === false) continue;
      const configuredPath = `${root.configured.replace(/\/$/, "")}/${script}`;
      const file = { path: absolute, configuredPath, name: below.at(-1) ?? "", script };
      const name = nameGrammar(settings).sql(file.name);
      if (name?.valid !== true) return undefined;
      const replace = (now: string): Replaced | undefined => replacedText(now, file, NO_CONFIG, settings);
      return {
        absolute,
        encoding: settings.encoding,
        replace,
        source: {
          path: configuredPath,
          name: file.name,
          kind: name.kind,
          version: name.version,
          description: name.kind === "callback" ? name.prefix : name.description,
          text,
          replaced: replace(text),
          executeInTransaction: undefined,
        },
      };
    }
  }
  return undefined;
}

/** A file that is no migration of the project, named on the command line: judged against the whole of it. */
export function looseFile(world: World, path: string): LintFile {
  const { settings } = world;
  const absolute = resolve(settings.workingDirectory, path);
  const name = absolute.slice(Math.max(absolute.lastIndexOf("/"), absolute.lastIndexOf("\\")) + 1);
  const file = { path: absolute, configuredPath: shownPath(settings, absolute, path), name, script: name };
  if (!/\.(?:sql|psql|pgsql|ddl)$/i.test(name)) {
    throw new GodwitError("ERROR", `${path} is no SQL file.`, { advice: "Name files that end in .sql." });
  }
  if (readTextIfThere(absolute) === undefined) {
    throw new GodwitError("ERROR", `There is no file ${path}.`, {
      advice: `Paths are taken from ${settings.workingDirectory}. Without files, lint judges the whole folder.`,
    });
  }
  const loose = { file, encoding: settings.encoding, config: NO_CONFIG, description: name } as const;
  // Whatever the suffixes of migrations are: it was named.
  return fileOf(world, { ...loose, language: "sql" }, "callback", undefined);
}

function shownPath(settings: Settings, absolute: string, given: string): string {
  const near = relative(settings.workingDirectory, absolute);
  return near.startsWith("..") || isAbsolute(near) ? given : near;
}
