// Which configuration files there are, and their content as entries: the lookup order of Flyway, TOML or CONF.
// The only file of this folder that touches the disk.
import { existsSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { Origin } from "./complaint.ts";
import { decodeText, isKnownEncoding } from "./encoding.ts";
import { addSetting, type EntryList, newEntries } from "./entry.ts";
import type { ConfigFiles } from "./files.ts";
import { nearest } from "./lookup.ts";
import { readProperties, type Variables } from "./properties.ts";

/** The real file system. */
export function nodeConfigFiles(): ConfigFiles {
  const stat = (path: string) => statSync(path, { throwIfNoEntry: false });
  return {
    readFile(path) {
      try {
        return readFileSync(path);
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }
    },
    isFile: (path) => quietly(() => stat(path)?.isFile()) ?? false,
    isDirectory: (path) => quietly(() => stat(path)?.isDirectory()) ?? false,
    exists: (path) => existsSync(path),
    permissions: (path) => quietly(() => stat(path)?.mode),
    readStdin: () => readFileSync(0),
  };
}

/** ENOTDIR and EACCES on the way to a file mean that it is not there for us. */
function quietly<T>(ask: () => T | undefined): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

export interface ConfigFileQuery {
  readonly files: ConfigFiles;
  readonly env: Variables;
  readonly cwd: string;
  /** As given by -workingDirectory, made absolute; undefined when it was not given. */
  readonly workingDirectory: string | undefined;
  readonly home: string | undefined;
  readonly installDir: string | undefined;
  /** Names of -configFiles, in order; "-" is standard input. */
  readonly configFiles: readonly string[];
  /** -configFileEncoding; FLYWAY_CONFIG_FILE_ENCODING comes before it, as in Flyway. */
  readonly encoding: string | undefined;
  /** False: only files that are named are read (the library). */
  readonly defaultFiles: boolean;
}

export interface ConfigFileContent {
  readonly mode: "toml" | "conf";
  /** Absolute, in the order of reading. */
  readonly paths: readonly string[];
  /** Files that were named but do not exist. */
  readonly missing: readonly string[];
  /** Of the files and then of standard input, lowest precedence first. */
  readonly content: EntryList;
}

/** Finds and reads every configuration file. */
export async function readConfigFiles(query: ConfigFileQuery): Promise<ConfigFileContent> {
  const content = newEntries();
  const named = namedFiles(query);
  const mode = chooseMode(query, named, content.warnings);
  const paths = unique([
    ...defaultFiles(query, mode).filter((path) => query.files.isFile(path)),
    ...named.found.filter((path) => isToml(path) === (mode === "toml")),
  ]);
  const missing = named.missing.map((path) => shownPath(path, query.cwd));
  if (missing.length > 0) {
    content.warnings.push(
      `${missing.length === 1 ? "This configuration file does" : "These configuration files do"} not exist: ${missing.join(", ")}.`,
    );
  }
  for (const path of paths) append(content, await readConfigFile(path, query));
  if (named.stdin) append(content, await readStandardInput(query));
  return { mode, paths, missing, content };
}

interface NamedFiles {
  readonly found: readonly string[];
  readonly missing: readonly string[];
  readonly stdin: boolean;
  /** Which of FLYWAY_CONFIG_FILES and -configFiles named something, -configFiles first. */
  readonly lists: readonly (readonly string[])[];
}

/** FLYWAY_CONFIG_FILES, then -configFiles. */
function namedFiles(query: ConfigFileQuery): NamedFiles {
  const base = query.workingDirectory ?? query.cwd;
  const fromVariable = splitNames(query.env["FLYWAY_CONFIG_FILES"] ?? "");
  const names = [...fromVariable, ...query.configFiles].filter((name) => name !== "-");
  const paths = names.map((name) => resolve(base, name));
  const isThere = (path: string) => query.files.exists(path);
  const existing = (list: readonly string[]) =>
    list.filter((name) => name !== "-" && isThere(resolve(base, name))).map((name) => resolve(base, name));
  return {
    found: paths.filter(isThere),
    missing: paths.filter((path) => !isThere(path)),
    stdin: fromVariable.includes("-") || query.configFiles.includes("-"),
    lists: [existing(query.configFiles), existing(fromVariable)],
  };
}

export function splitNames(text: string): readonly string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function isToml(path: string): boolean {
  return path.endsWith(".toml");
}

/** Flyway: -configFiles decides, else FLYWAY_CONFIG_FILES, else the default files; TOML when there is nothing. */
function chooseMode(query: ConfigFileQuery, named: NamedFiles, warnings: string[]): "toml" | "conf" {
  const there = (mode: "toml" | "conf") =>
    defaultFiles(query, mode).filter((path) => query.files.isFile(path));
  for (const list of named.lists) {
    if (list.length === 0) continue;
    const toml = list.filter(isToml);
    const conf = list.filter((path) => !isToml(path));
    if (toml.length > 0 && conf.length > 0) throw bothKinds(toml, conf, query.cwd);
    const mode = toml.length > 0 ? "toml" : "conf";
    warnUnread(
      [...there(mode === "toml" ? "conf" : "toml"), ...otherKind(named, mode)],
      list,
      query,
      warnings,
    );
    return mode;
  }
  const toml = there("toml");
  const conf = there("conf");
  if (toml.length > 0) {
    warnUnread(conf, toml, query, warnings);
    return "toml";
  }
  return conf.length > 0 ? "conf" : "toml";
}

function otherKind(named: NamedFiles, mode: "toml" | "conf"): readonly string[] {
  return named.found.filter((path) => isToml(path) !== (mode === "toml"));
}

function warnUnread(
  unread: readonly string[],
  because: readonly string[],
  { cwd }: ConfigFileQuery,
  warnings: string[],
): void {
  if (unread.length === 0) return;
  const shown = unread.map((path) => shownPath(path, cwd)).join(", ");
  const cause = shownPath(because[0] ?? "", cwd);
  warnings.push(`Not read: ${shown}. A run reads either TOML or .conf files, and ${cause} decides.`);
}

function bothKinds(toml: readonly string[], conf: readonly string[], cwd: string): GodwitError {
  const shown = (paths: readonly string[]) => paths.map((path) => shownPath(path, cwd)).join(", ");
  return new GodwitError(
    "CONFIGURATION",
    `TOML files (${shown(toml)}) and .conf files (${shown(conf)}) are given together, but a run reads only one kind.`,
    { advice: "Leave one kind out." },
  );
}

function defaultFiles(query: ConfigFileQuery, mode: "toml" | "conf"): readonly string[] {
  const { installDir, home, cwd, workingDirectory } = query;
  if (!query.defaultFiles) return [];
  const directories = [
    installDir === undefined ? undefined : join(installDir, "conf"),
    home,
    cwd,
    workingDirectory,
  ];
  const names = mode === "toml" ? ["flyway.toml", "flyway.user.toml"] : ["flyway.conf"];
  return directories.flatMap((directory) =>
    directory === undefined ? [] : names.map((name) => join(directory, name)),
  );
}

/** A path that comes twice keeps its last place: later files win. */
function unique(paths: readonly string[]): readonly string[] {
  return paths.filter((path, i) => paths.indexOf(path, i + 1) < 0);
}

/** Relative to the current directory where that is inside it. */
export function shownPath(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

async function readConfigFile(path: string, query: ConfigFileQuery): Promise<EntryList> {
  const shown = shownPath(path, query.cwd);
  const bytes = readBytes(path, shown, query.files);
  if (isToml(path)) return readTomlText(decodeText(bytes, "UTF-8"), shown);
  return readConf(decodeText(bytes, encodingOf(query)), query.env, (line) => ({
    text: `${shown}:${line}`,
    kind: "file",
    file: shown,
    line,
  }));
}

function readBytes(path: string, shown: string, files: ConfigFiles): Uint8Array {
  try {
    return files.readFile(path) ?? new Uint8Array();
  } catch (error) {
    throw new GodwitError("CONFIGURATION", `The configuration file ${shown} cannot be read.`, {
      advice: "Check that it is a plain file and that you may read it.",
      cause: error,
    });
  }
}

function encodingOf({ env, encoding }: ConfigFileQuery): string {
  const name = env["FLYWAY_CONFIG_FILE_ENCODING"] || encoding || "UTF-8";
  if (isKnownEncoding(name)) return name;
  throw new GodwitError(
    "CONFIGURATION",
    `configFileEncoding is ${name}, which is no encoding that godwit knows.`,
    {
      advice: "Use UTF-8, ISO-8859-1, US-ASCII, UTF-16, UTF-16BE or UTF-16LE.",
    },
  );
}

/** TOML when a line begins with a bracket, else properties. */
async function readStandardInput(query: ConfigFileQuery): Promise<EntryList> {
  const text = decodeText(query.files.readStdin(), "UTF-8");
  const name = "standard input";
  if (/^\s*\[/m.test(text)) return asStdin(await readTomlText(text, name));
  return readConf(text, query.env, (line) => ({ text: `${name}:${line}`, kind: "stdin" }));
}

function asStdin(list: EntryList): EntryList {
  return {
    ...list,
    entries: list.entries.map((entry) => ({ ...entry, origin: { text: entry.origin.text, kind: "stdin" } })),
  };
}

async function readTomlText(text: string, shown: string): Promise<EntryList> {
  const { readToml } = await import("./toml.ts");
  return readToml(text, shown);
}

/** Keys begin with flyway. (or godwit. for godwit's own); others are not ours, as in Flyway. */
function readConf(text: string, env: Variables, originAt: (line: number) => Origin): EntryList {
  const list = newEntries();
  for (const { key, value, line } of readProperties(text, env)) {
    const dot = key.indexOf(".");
    const head = key.slice(0, dot);
    const origin = originAt(line);
    if (head === "flyway" || head === "godwit") {
      addSetting(list, {
        name: key.slice(dot + 1),
        written: key,
        value,
        origin,
        anyCase: false,
      });
    } else if (dot > 0 && nearest(head, ["flyway", "godwit"]).length > 0) {
      list.warnings.push(`${origin.text}: ${key} is ignored: settings begin with flyway.`);
    }
  }
  return list;
}

function append(all: EntryList, more: EntryList): void {
  all.entries.push(...more.entries);
  all.environments.push(...more.environments.filter((name) => !all.environments.includes(name)));
  all.complaints.push(...more.complaints);
  all.warnings.push(...more.warnings);
}
