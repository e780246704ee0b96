// Merged entries into the frozen Settings: resolving, typing, defaults, cross-checks. All complaints at once.
import { join } from "node:path";
import { GodwitError } from "../base/errors.ts";
import { secret } from "../base/secret.ts";
import { type Complaint, complaintsError } from "./complaint.ts";
import { readConnection } from "./connection.ts";
import type { ConnectionTarget } from "./connection-target.ts";
import type { Entry } from "./entry.ts";
import { type Merged, mergeEntries } from "./merge.ts";
import type { ResolverContext } from "./resolvers.ts";
import type { Settings } from "./settings.ts";
import { readExtra } from "./settings-extra.ts";
import type { Configuration } from "./settings-read.ts";
import { newReader, type Reader } from "./typed.ts";
import {
  decodeEnum,
  decodeLocation,
  decodeOverride,
  decodePattern,
  decodeTarget,
  decodeVersion,
} from "./values.ts";

/**
 * Settings of an environment; of the selected one unless `environment` names another. Throws one failure with
 * all complaints.
 */
export function makeSettings(configuration: Configuration, environment?: string): Settings {
  const { content } = configuration;
  const complaints: Complaint[] = [...content.complaints];
  const warnings: string[] = [...content.warnings];
  const merged = mergeFor(configuration, environment, complaints, warnings);
  const { reader, context } = makeReader(configuration, merged, complaints);
  // Was needed to merge; read again for its origin and for complaints.
  reader.required("environment");
  const locations = reader.items("locations", decodeLocation);
  const separator = context.placeholderSeparator;
  const settings: Omit<Settings, "extra" | "origins" | "warnings" | "ignored"> = {
    workingDirectory: configuration.workingDirectory,
    workingDirectoryGiven: configuration.workingDirectoryGiven,
    environment: merged.environment,
    environmentDisplayName: reader.text("displayName"),
    connection: connectionOf(configuration, reader, complaints, warnings),
    connectRetries: reader.int("connectRetries", 0),
    connectRetriesInterval: reader.int("connectRetriesInterval", 0),
    initSql: reader.text("initSql"),
    user: reader.text("user"),
    password: wrap(reader.text("password")),

    schemas: reader.list("schemas"),
    defaultSchema: reader.text("defaultSchema"),
    createSchemas: reader.bool("createSchemas"),
    table: reader.required("table"),
    tablespace: reader.text("tablespace"),
    installedBy: reader.text("installedBy"),
    lockRetryCount: reader.int("lockRetryCount", -1),
    transactionalLock: reader.bool("postgresql.transactional.lock"),

    locations: locations.length > 0 ? locations : defaultLocations(configuration, reader, warnings),
    callbackLocations: reader.items("callbackLocations", decodeLocation),
    failOnMissingLocations: reader.bool("failOnMissingLocations"),
    sqlMigrationPrefix: reader.textOrEmpty("sqlMigrationPrefix"),
    repeatableSqlMigrationPrefix: reader.textOrEmpty("repeatableSqlMigrationPrefix"),
    baselineMigrationPrefix: reader.textOrEmpty("baselineMigrationPrefix"),
    undoSqlMigrationPrefix: reader.textOrEmpty("undoSqlMigrationPrefix"),
    sqlMigrationSeparator: reader.required("sqlMigrationSeparator"),
    sqlMigrationSuffixes: reader.list("sqlMigrationSuffixes"),
    validateMigrationNaming: reader.bool("validateMigrationNaming"),
    encoding: reader.required("encoding"),
    detectEncoding: reader.bool("detectEncoding"),
    placeholderReplacement: reader.bool("placeholderReplacement"),
    placeholders: checkedPlaceholders(reader, separator, merged, complaints),
    placeholderPrefix: reader.required("placeholderPrefix"),
    placeholderSuffix: reader.required("placeholderSuffix"),
    placeholderSeparator: reader.required("placeholderSeparator"),
    scriptPlaceholderPrefix: reader.required("scriptPlaceholderPrefix"),
    scriptPlaceholderSuffix: reader.required("scriptPlaceholderSuffix"),
    powershellExecutable: powershell(reader),
    skipDefaultCallbacks: reader.bool("skipDefaultCallbacks"),
    skipDefaultResolvers: reader.bool("skipDefaultResolvers"),

    target: reader.one("target", decodeTarget),
    cherryPick: reader.list("cherryPick"),
    outOfOrder: reader.bool("outOfOrder"),
    group: reader.bool("group"),
    mixed: reader.bool("mixed"),
    executeInTransaction: reader.bool("executeInTransaction"),
    skipExecutingMigrations: reader.bool("skipExecutingMigrations"),
    batch: reader.bool("batch"),
    stream: reader.bool("stream"),
    outputQueryResults: reader.bool("outputQueryResults"),
    errorOverrides: reader.items("errorOverrides", decodeOverride),
    dryRunOutput: reader.text("dryRunOutput"),

    validateOnMigrate: reader.bool("validateOnMigrate"),
    ignoreMigrationPatterns: reader.items("ignoreMigrationPatterns", decodePattern),
    baselineOnMigrate: reader.bool("baselineOnMigrate"),
    baselineVersion: reader.one("baselineVersion", decodeVersion) ?? "1",
    baselineDescription: reader.required("baselineDescription"),
    cleanDisabled: reader.bool("cleanDisabled"),

    lockTimeoutMs: reader.duration("lockTimeout"),
    statementTimeoutMs: reader.duration("statementTimeout"),
    lockTimeoutRetries: reader.int("lockTimeoutRetries", 0),
    waitForGapMs: reader.duration("waitForGap"),
    failOnSkipNotices: reader.bool("failOnSkipNotices"),

    reportEnabled: reader.bool("reportEnabled"),
    reportFilename: reader.required("reportFilename"),
    configFiles: configuration.configFiles,
  };
  const extra = readExtra(merged, reader);
  if (complaints.length > 0) throw complaintsError(complaints);
  const origins = reader.origins();
  const idle = withoutEffect(merged);
  // They are accepted so that a project runs unchanged; that they do nothing must not be a surprise.
  const missed = idle.filter(({ key }) => UNSUPPORTED.test(key));
  warnings.push(...missed.map(({ origin, name }) => `${origin.text}: ${name} has no effect in godwit.`));
  const ignored = idle.filter((entry) => !missed.includes(entry)).map(({ name }) => name);
  return freezeAll({ ...settings, extra, origins, warnings, ignored });
}

/** The connection of a URL that is no environment's, such as check.buildUrl. */
export function connectionTo(
  configuration: Configuration,
  source: {
    readonly url: string | undefined;
    readonly user: string | undefined;
    readonly password: string | undefined;
    readonly jdbcProperties?: Readonly<Record<string, string>>;
  },
): ConnectionTarget | undefined {
  const { env, home, osUser, platform, files } = configuration.surroundings;
  return readConnection({
    jdbcProperties: {},
    ...source,
    env,
    directory: configuration.workingDirectory,
    home,
    osUser,
    windows: platform === "win32",
    files,
  });
}

function wrap(value: string | undefined) {
  return value === undefined ? undefined : secret(value);
}

/** The list of names; `default` always exists. */
function environmentsOf({ content }: Configuration): readonly string[] {
  return content.environments.includes("default")
    ? content.environments
    : ["default", ...content.environments];
}

function mergeFor(
  configuration: Configuration,
  asked: string | undefined,
  complaints: Complaint[],
  warnings: string[],
): Merged {
  const { entries } = configuration.content;
  const names = environmentsOf(configuration);
  const selected = selectedEnvironment(configuration);
  const environment = asked ?? selected;
  if (!names.includes(environment)) complaints.push(unknownEnvironment(configuration, environment, names));
  warnings.push(...sameButForCase(names));
  const merged = mergeEntries({ entries, environment, selected: environment === selected });
  warnings.push(...merged.warnings);
  return merged;
}

/** flyway.environment may itself come from a resolver, such as ${env.STAGE}. */
function selectedEnvironment(configuration: Configuration): string {
  const entries = configuration.content.entries.filter(
    (entry) => entry.key === "environment" && entry.scope === "flyway",
  );
  const values = new Map(entries.map((entry) => [entry.key, entry]));
  const merged = { environment: "default", values, warnings: [] };
  return makeReader(configuration, merged, []).reader.required("environment");
}

function unknownEnvironment(
  { content }: Configuration,
  environment: string,
  names: readonly string[],
): Complaint {
  const entry = content.entries.findLast((item) => item.key === "environment" && item.scope === "flyway");
  const meant = names.find((name) => name.toLowerCase() === environment.toLowerCase());
  return {
    kind: "environment",
    name: environment,
    origin: entry?.origin,
    message: `there is no environment "${environment}".${meant === undefined ? "" : ` Did you mean "${meant}"?`}`,
    advice: `Environments are: ${names.join(", ")}.`,
  };
}

function sameButForCase(names: readonly string[]): readonly string[] {
  const byLower = new Map<string, string[]>();
  for (const name of names) {
    const lower = name.toLowerCase();
    byLower.set(lower, [...(byLower.get(lower) ?? []), name]);
  }
  return [...byLower.values()]
    .filter((same) => same.length > 1)
    .map((same) => `The environments ${same.join(" and ")} differ only in case; they are taken for two.`);
}

/** [flyway] values of a .conf project are not resolved, only those of the environment, as in Flyway. */
function makeReader(
  configuration: Configuration,
  merged: Merged,
  complaints: Complaint[],
): { readonly reader: Reader; readonly context: ResolverContext } {
  const { env, git } = configuration.surroundings;
  const literal = configuration.mode === "conf";
  const base: ResolverContext = {
    env,
    placeholders: {},
    placeholderSeparator: ":",
    git,
    environment: merged.environment,
  };
  // The reader proper complains about these two again.
  const placeholders = newReader({ merged, context: base, complaints: [], literal }).placeholders();
  const before = newReader({ merged, context: { ...base, placeholders }, complaints: [], literal });
  const context = {
    ...base,
    placeholders,
    placeholderSeparator: before.textOrEmpty("placeholderSeparator") || ":",
  };
  const reader = newReader({ merged, context, complaints, literal });
  return { reader, context };
}

function connectionOf(
  configuration: Configuration,
  reader: Reader,
  complaints: Complaint[],
  warnings: string[],
): ConnectionTarget | undefined {
  const url = reader.text("url");
  const entry = reader.entryOf("url");
  if (url === undefined && entry !== undefined && !reader.failed("url")) {
    complaints.push(emptyUrl(entry));
    return undefined;
  }
  const source = {
    url,
    user: reader.text("user"),
    password: reader.text("password"),
    jdbcProperties: reader.map("jdbcProperties."),
  };
  // Values that cannot be resolved have been complained about; a second complaint would only confuse.
  if (reader.failed("url")) return undefined;
  try {
    const target = connectionTo(configuration, source);
    if (target === undefined && configuration.missingFiles.length > 0) {
      complaints.push(noUrl(configuration.missingFiles));
    }
    warnings.push(...(target?.warnings ?? []));
    return target;
  } catch (error) {
    if (!(error instanceof GodwitError)) throw error;
    complaints.push({
      kind: error.code === "JDBC_DRIVER" ? "driver" : "connection",
      name: "url",
      origin: entry?.origin,
      message: error.message,
      ...(error.advice === undefined ? {} : { advice: error.advice }),
    });
    return undefined;
  }
}

/** Mostly `-url=$URL` with a variable that is unset: the embedded database would be a trap here too. */
function emptyUrl({ name, origin }: Entry): Complaint {
  return {
    kind: "value",
    name,
    origin,
    message: `${name} is empty.`,
    advice: "Give it a value; to use the embedded PostgreSQL, remove it.",
  };
}

/** A file was meant to say where the database is: going on with the embedded one would be a trap. */
function noUrl(missing: readonly string[]): Complaint {
  return {
    kind: "connection",
    name: "url",
    origin: undefined,
    message: `There is no url, and ${missing.join(", ")}, which may hold it, does not exist.`,
    advice: "Correct configFiles (relative names count from the working directory), or set the url.",
  };
}

/** Flyway's command line looks into sql; db/migration, where most projects keep their files, goes before it. */
function defaultLocations(
  { workingDirectory, surroundings }: Configuration,
  reader: Reader,
  warnings: string[],
): readonly string[] {
  const found = ["db/migration", "sql"].find((name) =>
    surroundings.files.isDirectory(join(workingDirectory, name)),
  );
  if (found === undefined) {
    warnings.push("No locations are configured, and there is neither db/migration nor sql.");
  }
  reader.setOrigin("locations", found === undefined ? "default" : `default (${found} exists)`);
  return [`filesystem:${found ?? "sql"}`];
}

function checkedPlaceholders(
  reader: Reader,
  separator: string,
  merged: Merged,
  complaints: Complaint[],
): Readonly<Record<string, string>> {
  const reserved = `flyway${separator}`.toLowerCase();
  for (const [key, entry] of merged.values) {
    const name = key.slice("placeholders.".length);
    if (!key.startsWith("placeholders.") || !name.toLowerCase().startsWith(reserved)) continue;
    complaints.push({
      kind: "value",
      name: entry.name,
      origin: entry.origin,
      message: `the placeholder ${name} cannot be set: names that begin with ${reserved} are Flyway's own.`,
      advice: "Give the placeholder another name.",
    });
  }
  return reader.placeholders();
}

function powershell(reader: Reader): Settings["powershellExecutable"] {
  const value = reader.one("powershellExecutable", (text) => decodeEnum(text, ["powershell", "pwsh"]));
  return value === "powershell" || value === "pwsh" ? value : undefined;
}

/** Settings are handed through the whole program: nobody may change them on the way. */
function freezeAll<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.freeze(value);
    for (const item of Object.values(value)) freezeAll(item);
  }
  return value;
}

/** Settings that change what a run does or leaves in some edition of Flyway, and that godwit does not carry out (yet). */
const UNSUPPORTED =
  /^(tags\.|vault\.|dapr\.|gcsm\.|akv\.|(provisioner|provisionMode|reportEnabled|publishResult|checkDriftOnMigrate|migrationResolvers|callbacks|jarDirs|kerberosConfigFile)$|(migrate|undo|deploy)\.saveSnapshot$)/;

/** Accepted settings that do nothing, where they are not at their defaults. */
function withoutEffect(merged: Merged): readonly Entry[] {
  return [...merged.values.values()].filter(
    ({ setting, value }) => setting.ignored === true && String(value) !== (setting.default ?? ""),
  );
}
