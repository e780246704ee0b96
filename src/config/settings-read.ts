// The door of this folder: arguments, environment and files in, one frozen Settings out, or one failure with
// every complaint.
import { resolve } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { ParsedOption } from "./arguments.ts";
import type { Complaint, Origin } from "./complaint.ts";
import { addEnvironmentSetting, addSetting, type Entries, type EntryList, newEntries } from "./entry.ts";
import type { ConfigFiles } from "./files.ts";
import type { Variables } from "./properties.ts";
import { nodeConfigFiles, readConfigFiles, splitNames } from "./read.ts";
import type { GitCommand } from "./resolvers.ts";
import type { Settings } from "./settings.ts";
import { makeSettings } from "./settings-make.ts";
import { readVariables } from "./variables.ts";

/** What the process gives; everything has its place here so that tests can give their own. */
export interface Surroundings {
  readonly env: Variables;
  readonly cwd: string;
  readonly home?: string | undefined;
  /** Directory with `conf/`, where Flyway's installation has it. */
  readonly installDir?: string | undefined;
  /** Name of the operating system's user. */
  readonly osUser?: string | undefined;
  readonly platform?: string;
  readonly files?: ConfigFiles;
  readonly git?: GitCommand;
}

export interface SettingsInput extends Surroundings {
  /** Options of parseArguments. */
  readonly options: readonly ParsedOption[];
  /** Flyway's `init`, run alone, puts up with unknown settings, which it may be there to mend. */
  readonly ignoreUnknown?: boolean;
}

/** Everything that was read, before an environment is chosen. Holds secrets in the clear: do not print it. */
export interface Configuration {
  readonly surroundings: Surroundings & { readonly files: ConfigFiles };
  readonly workingDirectory: string;
  readonly workingDirectoryGiven: boolean;
  readonly mode: "toml" | "conf";
  readonly configFiles: readonly string[];
  readonly missingFiles: readonly string[];
  readonly content: Entries;
}

/** Reads all sources and makes the settings of the selected environment. */
export async function readSettings(input: SettingsInput): Promise<Settings> {
  return makeSettings(await readConfiguration(input));
}

/**
 * Settings for the library, from the same names as on the command line; maps and namespaces may be nested
 * (`{ placeholders: { owner: "app" } }`). No configuration file is read but those of `configFiles`.
 */
export async function settingsFromObject(
  options: SettingsObject,
  env: Variables,
  cwd: string,
  more: Partial<Omit<Surroundings, "env" | "cwd">> = {},
): Promise<Settings> {
  const flat = flatten(options, "");
  const text = (name: string) => flat.find(([key]) => key === name)?.[1];
  const surroundings = { ...more, env, cwd, files: more.files ?? nodeConfigFiles() };
  return makeSettings(
    await readSources(surroundings, {
      configFiles: toNames(text("configFiles")),
      encoding: toText(text("configFileEncoding")),
      workingDirectory: toText(text("workingDirectory")),
      defaultFiles: false,
      add: (list) => {
        for (const [name, value] of flat) {
          addNamed(list, name, name, value, { text: "options", kind: "object" });
        }
      },
    }),
  );
}

export type SettingsValue =
  | string
  | number
  | boolean
  | undefined
  | readonly (string | number)[]
  | { readonly [name: string]: SettingsValue };

export interface SettingsObject {
  readonly [name: string]: SettingsValue;
}

/** Reads all sources; settings of several environments can be made of it. */
export async function readConfiguration(input: SettingsInput): Promise<Configuration> {
  const option = (key: string) =>
    input.options.find((item) => item.kind !== "command" && item.key === key)?.value;
  const configuration = await readSources(
    { ...input, files: input.files ?? nodeConfigFiles() },
    {
      configFiles: splitNames(option("configFiles") ?? ""),
      encoding: option("configFileEncoding"),
      workingDirectory: option("workingDirectory"),
      defaultFiles: true,
      add: (list) => addOptions(list, input.options),
    },
  );
  return input.ignoreUnknown === true ? withoutUnknown(configuration) : configuration;
}

interface TopLayer {
  readonly configFiles: readonly string[];
  readonly encoding: string | undefined;
  readonly workingDirectory: string | undefined;
  readonly defaultFiles: boolean;
  /** Adds the entries of highest precedence; the list's environments are those declared below them. */
  readonly add: (list: EntryList) => void;
}

async function readSources(
  surroundings: Surroundings & { readonly files: ConfigFiles },
  top: TopLayer,
): Promise<Configuration> {
  const { env, cwd, files } = surroundings;
  const given = top.workingDirectory || env["FLYWAY_WORKING_DIRECTORY"] || undefined;
  const workingDirectory = resolve(cwd, given ?? ".");
  if (given !== undefined && !files.isDirectory(workingDirectory)) throw noWorkingDirectory(workingDirectory);
  const read = await readConfigFiles({
    files,
    env,
    cwd,
    workingDirectory: given === undefined ? undefined : workingDirectory,
    home: surroundings.home,
    installDir: surroundings.installDir,
    configFiles: top.configFiles,
    encoding: top.encoding,
    defaultFiles: top.defaultFiles,
  });
  const list = read.content;
  const variables = readVariables(env, list.environments);
  append(list, variables);
  const last = newEntries();
  last.environments.push(...list.environments);
  top.add(last);
  append(list, last);
  return {
    surroundings,
    workingDirectory,
    workingDirectoryGiven: given !== undefined,
    mode: read.mode,
    configFiles: read.paths,
    missingFiles: read.missing,
    content: list,
  };
}

/** Else a slip of the pen would find neither configuration nor files, and end up in an embedded database there. */
const noWorkingDirectory = (path: string): GodwitError =>
  new GodwitError("CONFIGURATION", `The working directory ${path} does not exist.`, {
    advice:
      "Correct -workingDirectory (or FLYWAY_WORKING_DIRECTORY); a relative one counts from where you are.",
  });

function append(all: EntryList, more: Entries): void {
  all.entries.push(...more.entries);
  all.environments.push(...more.environments.filter((name) => !all.environments.includes(name)));
  all.complaints.push(...more.complaints);
  all.warnings.push(...more.warnings);
}

function withoutUnknown(configuration: Configuration): Configuration {
  const complaints = configuration.content.complaints.filter(
    ({ kind }) => kind !== "unknown" && kind !== "obsolete",
  );
  return { ...configuration, content: { ...configuration.content, complaints } };
}

const COMMAND_LINE: Origin = { text: "command line", kind: "argument" };

/** -url first, then -environments.NAME.url, which Flyway merges after it. */
function addOptions(list: EntryList, options: readonly ParsedOption[]): void {
  const settings = options.filter((option) => option.kind !== "command");
  const named = (option: ParsedOption) => option.key.startsWith("environments.");
  for (const option of [...settings.filter((o) => !named(o)), ...settings.filter(named)]) {
    addNamed(list, option.key, option.written, option.value, COMMAND_LINE);
  }
}

type FlatValue = string | readonly string[];

function addNamed(list: EntryList, name: string, written: string, value: FlatValue, origin: Origin): void {
  const [head, environment = "", ...property] = name.split(".");
  if (head?.toLowerCase() !== "environments") {
    addSetting(list, { name: name.replace(/^(flyway|godwit)\./, ""), written, value, origin, anyCase: true });
    return;
  }
  const exact = list.environments.includes(environment);
  const sameName = list.environments.filter((other) => other.toLowerCase() === environment.toLowerCase());
  if (!exact && sameName.length > 1) {
    list.complaints.push(ambiguous(written, sameName, origin));
    return;
  }
  const target = exact ? environment : (sameName[0] ?? environment);
  addEnvironmentSetting(list, target, { name: property.join("."), written, value, origin, anyCase: true });
}

function ambiguous(written: string, names: readonly string[], origin: Origin): Complaint {
  return {
    kind: "value",
    name: written,
    origin,
    message: `${written} may mean the environments ${names.join(" and ")}, which differ only in case.`,
    advice: "Write the exact name of the environment.",
  };
}

function flatten(value: SettingsObject, prefix: string): readonly (readonly [string, FlatValue])[] {
  return Object.entries(value).flatMap(([name, item]): readonly (readonly [string, FlatValue])[] => {
    if (item === undefined) return [];
    if (isList(item)) return [[prefix + name, item.map(String)]];
    if (typeof item === "object") return flatten(item, `${prefix}${name}.`);
    return [[prefix + name, String(item)]];
  });
}

function isList(value: SettingsValue): value is readonly (string | number)[] {
  return Array.isArray(value);
}

function toText(value: FlatValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function toNames(value: FlatValue | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? splitNames(value) : value;
}
