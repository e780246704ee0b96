// Files into migrations, undos and callbacks. What has been applied is history's, what to do about it the engine's.
import { sep } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { Settings } from "../config/settings.ts";
import { type CallbackCandidate, resolveCallbacks } from "./callbacks.ts";
import { checksumOfText } from "./checksum.ts";
import { byOrder, type Duplicate, duplicatesError, findDuplicates } from "./duplicates.ts";
import type { Charset } from "./encoding.ts";
import { readSmallFile, type Scan, scanLocations } from "./files.ts";
import type { Remark } from "./locations.ts";
import type {
  InvalidName,
  Language,
  MigrationKind,
  ResolvedFolder,
  ResolvedMigration,
  ResolvedType,
  ScannedFile,
  ScriptConfig,
} from "./migration.ts";
import { type NameGrammar, type NameSettings, nameGrammar, type ValidName } from "./name.ts";
import { checksumOfBytes, checksumOfFile, readRawText } from "./read.ts";
import { type FileFacts, fileFacts, type ReadScriptConfig } from "./script-configs.ts";

export type FileSettings = NameSettings &
  Pick<
    Settings,
    | "workingDirectory"
    | "locations"
    | "callbackLocations"
    | "failOnMissingLocations"
    | "validateMigrationNaming"
    | "encoding"
    | "detectEncoding"
    | "placeholderReplacement"
    | "placeholderPrefix"
    | "scriptPlaceholderPrefix"
    | "skipDefaultCallbacks"
    | "skipDefaultResolvers"
  >;

/** Text with its placeholders replaced; `fileName` is the value of flyway:filename, `shown` the path in messages. */
export type ReplacePlaceholders = (text: string, fileName: string, shown: string) => string;

export interface ResolveInput {
  readonly settings: FileSettings;
  /** What scanLocations gave, when it was asked already. */
  readonly scan?: Scan;
  readonly readScriptConfig: ReadScriptConfig;
  /** For repeatable SQL, `${name}`. */
  readonly replacePlaceholders: ReplacePlaceholders;
  /** For repeatable scripts, `FP__name__`. */
  readonly replaceScriptPlaceholders: ReplacePlaceholders;
  /** Migrations in TypeScript and JavaScript count. Default true: Flyway passes over such files. */
  readonly modules?: boolean;
  /** Files are read for their checksums when somebody asks for one, for commands that look at the texts. */
  readonly lazyChecksums?: true;
}

/** A folder with all that is wrong in it, for commands that mend or judge. */
export interface FolderReading {
  readonly folder: ResolvedFolder;
  readonly duplicates: readonly Duplicate[];
}

/**
 * The migrations of a project.
 * @throws GodwitError for duplicates, for bad names with validateMigrationNaming, for files that cannot be read.
 */
export function resolveFolder(input: ResolveInput): ResolvedFolder {
  const { folder, duplicates } = readFolder(input);
  const error = duplicatesError(duplicates);
  if (error !== undefined) throw error;
  return folder;
}

/** As resolveFolder, but duplicates are told instead of refused; the folder then holds all of them. */
export function readFolder(input: ResolveInput): FolderReading {
  const { settings } = input;
  const scan = input.scan ?? scanLocations({ ...settings, forCallbacks: false });
  const grammar = nameGrammar(settings);
  const sorted = sortFiles(scan.files, grammar, input);
  const naming = judgeNames(sorted.invalidNames, settings.validateMigrationNaming);
  const facts = fileFacts(scan.files, settings, input.readScriptConfig);
  const { callbacks, remarks: callbackRemarks } = findCallbacks(
    input,
    grammar,
    scan,
    sorted.callbacks,
    facts,
  );
  const wanted = settings.skipDefaultResolvers
    ? sorted.migrations.filter(({ language }) => language === "module")
    : sorted.migrations;
  const resolved: ResolvedMigration[] = [];
  for (const named of wanted) addMigrations(resolved, named, facts, input);
  resolved.sort(byOrder);
  const regular = findDuplicates(resolved.filter(({ kind }) => kind !== "undo"));
  const undos = findDuplicates(resolved.filter(({ kind }) => kind === "undo"));
  return {
    folder: {
      migrations: regular.migrations,
      undos: undos.migrations,
      callbacks,
      invalidNames: sorted.invalidNames,
      remarks: [...scan.remarks, ...naming, ...sorted.remarks, ...callbackRemarks],
    },
    duplicates: [...regular.duplicates, ...undos.duplicates],
  };
}

// --- names -----------------------------------------------------------------------------------------------------

interface NamedFile {
  readonly file: ScannedFile;
  readonly name: ValidName;
  readonly kind: MigrationKind;
  readonly language: Language;
}

interface SortedFiles {
  readonly migrations: readonly NamedFile[];
  readonly callbacks: readonly CallbackCandidate[];
  readonly invalidNames: readonly InvalidName[];
  readonly remarks: readonly Remark[];
}

/** What each file is, by its name alone. Only SQL files can have a wrong name: others may be anything. */
function sortFiles(
  files: readonly ScannedFile[],
  grammar: NameGrammar,
  input: Pick<ResolveInput, "modules">,
): SortedFiles {
  const sorted = {
    migrations: [] as NamedFile[],
    callbacks: [] as CallbackCandidate[],
    invalidNames: [] as InvalidName[],
    remarks: [] as Remark[],
  };
  for (const file of files) {
    const { name, language } = parse(file.name, grammar, input.modules ?? true);
    if (name === undefined) continue;
    if (name.valid) {
      const { kind } = name;
      if (kind === "callback") {
        sorted.callbacks.push({ file, name, language: language === "sql" ? "sql" : "script" });
      } else sorted.migrations.push({ file, name, kind, language });
    } else if (language === "sql") sorted.invalidNames.push({ file, message: name.reason });
    else if (name.meant && language === "script") {
      sorted.remarks.push({
        level: "info",
        message: `${file.configuredPath} was passed over. ${name.reason}`,
      });
    }
  }
  return sorted;
}

const DOTLESS_SCRIPTS = sep === "/";

function parse(name: string, grammar: NameGrammar, modules: boolean) {
  const sql = grammar.sql(name);
  if (sql !== undefined) return { name: sql, language: "sql" } as const;
  const script = grammar.script(name, DOTLESS_SCRIPTS);
  if (script !== undefined) return { name: script, language: "script" } as const;
  return { name: modules ? grammar.module(name) : undefined, language: "module" } as const;
}

function judgeNames(invalid: readonly InvalidName[], refuse: boolean): readonly Remark[] {
  if (invalid.length === 0) return [];
  const count = invalid.length === 1 ? "1 SQL file has" : `${invalid.length} SQL files have`;
  if (!refuse) {
    const message = `${count} no name that a migration or callback can have, and will not run. Set validateMigrationNaming=true to see which, and to have such names refused.`;
    return [{ level: "info", message }];
  }
  const list = invalid.map(({ file, message }) => `${file.configuredPath}: ${message}`);
  throw new GodwitError(
    "ERROR",
    [`${count} a name that no migration or callback can have:`, ...list].join("\n"),
    {
      advice: "Rename them as shown, move them out of the locations, or set validateMigrationNaming=false.",
      details: { files: invalid.map(({ file }) => file.path) },
    },
  );
}

function findCallbacks(
  input: ResolveInput,
  grammar: NameGrammar,
  scan: Scan,
  candidates: readonly CallbackCandidate[],
  facts: FileFacts,
): { readonly callbacks: ResolvedFolder["callbacks"]; readonly remarks: readonly Remark[] } {
  const { settings } = input;
  const { skipDefaultCallbacks } = settings;
  if (settings.callbackLocations.length === 0) {
    return resolveCallbacks({ candidates, facts, skipDefaultCallbacks, ownLocations: false });
  }
  const own = scanLocations({ ...settings, locations: settings.callbackLocations, forCallbacks: true });
  const sorted = sortFiles(own.files, grammar, input);
  const found = resolveCallbacks({
    candidates: sorted.callbacks,
    facts: fileFacts(own.files, settings, input.readScriptConfig),
    skipDefaultCallbacks,
    ownLocations: true,
  });
  const known = new Set(scan.files.map(({ path }) => path));
  const misnamed = sorted.invalidNames
    .filter(({ file }) => !known.has(file.path))
    .map(
      ({ file, message }): Remark => ({
        level: "info",
        message: `${file.configuredPath} is no callback. ${message}`,
      }),
    );
  return { callbacks: found.callbacks, remarks: [...own.remarks, ...misnamed, ...found.remarks] };
}

// --- migrations ------------------------------------------------------------------------------------------------

function typeOf(kind: MigrationKind, language: Language): ResolvedType {
  switch (kind) {
    // Flyway gives a baseline script the type of baseline SQL.
    case "baseline":
      return "SQL_BASELINE";
    case "undo":
      return language === "sql" ? "UNDO_SQL" : "UNDO_SCRIPT";
    case "versioned":
    case "repeatable":
      return language === "sql" ? "SQL" : language === "script" ? "SCRIPT" : "CUSTOM";
  }
}

/** A module may hold its own undo, a function `down`. It is found by its text: looking must not run the file. */
const EXPORTS_DOWN =
  /\bexport\s+(?:(?:async\s+)?function\s*\*?|const|let|var)\s+down\b|\bexport\s*\{[^}]*\bdown\b[^}]*\}|\bexports\.down\b|\bmodule\.exports\s*=\s*\{[^}]*\bdown\b/;

function addMigrations(
  to: ResolvedMigration[],
  named: NamedFile,
  facts: FileFacts,
  input: ResolveInput,
): void {
  const migration = makeMigration(named, facts, input);
  to.push(migration);
  if (named.language !== "module" || named.kind !== "versioned") return;
  const text = readRawText(named.file, facts.charsetOf(named.file, migration.config));
  if (EXPORTS_DOWN.test(text)) to.push({ ...migration, kind: "undo", type: "UNDO_SCRIPT" });
}

function makeMigration(named: NamedFile, facts: FileFacts, input: ResolveInput): ResolvedMigration {
  const { file, name, kind, language } = named;
  const config = facts.configOf(file);
  const charset = facts.charsetOf(file, config);
  const checksums = kind === "repeatable" ? repeatableChecksums(named, charset, config, input) : undefined;
  const isLazy = kind === "undo" || (checksums === undefined && input.lazyChecksums === true);
  const checksum = checksums?.replaced ?? (isLazy ? undefined : checksumOfFile(file, charset));
  const migration: ResolvedMigration = {
    kind,
    type: typeOf(kind, language),
    version: name.version,
    description: name.description,
    script: file.script,
    checksum,
    equivalentChecksum: checksums?.raw,
    language,
    file,
    encoding: charset.name,
    config,
  };
  return isLazy ? withLazyChecksum(migration, () => checksumOfFile(file, charset)) : migration;
}

/** That of an undo file is wanted only when it runs. */
function withLazyChecksum(migration: ResolvedMigration, compute: () => number): ResolvedMigration {
  let known: number | undefined;
  return {
    ...migration,
    get checksum() {
      known ??= compute();
      return known;
    },
  };
}

/**
 * A repeatable's checksum is that of its text after placeholders were replaced, so that a new value of a placeholder
 * runs it again; the text as it stands counts as equal (Flyway 13, SqlMigrationResolver).
 */
function repeatableChecksums(
  { file, name, language }: NamedFile,
  charset: Charset,
  config: ScriptConfig,
  { settings, replacePlaceholders, replaceScriptPlaceholders }: ResolveInput,
): { readonly raw: number; readonly replaced: number } {
  const isSql = language === "sql";
  // A script's .conf has no say here: Flyway asks the setting only.
  const replace = (isSql ? config.placeholderReplacement : undefined) ?? settings.placeholderReplacement;
  if (!replace || language === "module") {
    const raw = checksumOfFile(file, charset);
    return { raw, replaced: raw };
  }
  const prefix = isSql ? settings.placeholderPrefix : settings.scriptPlaceholderPrefix;
  const small = charset.kind === "utf-8" ? readSmallFile(file) : undefined;
  if (small !== undefined && !small.includes(prefix)) {
    const raw = checksumOfBytes(file, charset, small);
    return { raw, replaced: raw };
  }
  const text = readRawText(file, charset);
  const replaced = (isSql ? replacePlaceholders : replaceScriptPlaceholders)(
    text,
    name.rebuilt,
    file.configuredPath,
  );
  return { raw: checksumOfText(text), replaced: checksumOfText(replaced) };
}
