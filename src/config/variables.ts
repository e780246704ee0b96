// Environment variables into entries: FLYWAY_*, GODWIT_*, flyway_*, environments_* and ENVIRONMENTS_*. Not the
// PG* variables, which belong to the connection (connection.ts).
import type { Origin } from "./complaint.ts";
import { addEnvironmentSetting, addSetting, type EntryList, type Named, newEntries } from "./entry.ts";
import { environmentName } from "./keys.ts";
import { findSetting, findVariable, nearest, variableNames } from "./lookup.ts";
import type { Variables } from "./properties.ts";

/** Variables of Flyway's that are no settings. */
const NO_SETTINGS = new Set([
  "FLYWAY_CALLER",
  "FLYWAY_DO_NOT_REDACT_URL",
  "FLYWAY_EDITION",
  "FLYWAY_HOME",
  "FLYWAY_JAVA_CMD",
  "FLYWAY_LOG_DEBUG_CONFIGURATION_MAP",
  "FLYWAY_NATIVE_CONNECTORS",
  "FLYWAY_NEW_REPORTS",
  "FLYWAY_NEXT_MAJOR_VERSION",
  "FLYWAY_VERSION",
]);

/** Maps whose entries come one a variable; the rest of the name is lower-cased, as Flyway does. */
const MAPS = [
  { prefix: "FLYWAY_PLACEHOLDERS_", key: "placeholders." },
  { prefix: "FLYWAY_JDBC_PROPERTIES_", key: "jdbcProperties." },
];

/** Entries of all variables; `environments` are the names that configuration files declare. */
export function readVariables(env: Variables, environments: readonly string[]): EntryList {
  const list = newEntries();
  const upper: string[] = [];
  const lower: string[] = [];
  for (const name of Object.keys(env).sort()) {
    if (env[name] === undefined) continue;
    if (name.startsWith("FLYWAY_") || name.startsWith("GODWIT_")) upper.push(name);
    else if (name.startsWith("flyway_")) lower.push(name);
    else if (/^environments_/i.test(name)) addEnvironmentVariable(list, name, env[name], environments);
  }
  for (const name of upper) addUpper(list, name, env[name] ?? "");
  for (const name of lower) addLower(list, name, env[name] ?? "", env);
  return list;
}

function variableOrigin(name: string): Origin {
  return { text: name, kind: "variable" };
}

/**
 * An empty variable counts as unset, because docker compose and CI systems pass many of them; but an empty list
 * means none.
 */
function addVariable(list: EntryList, item: Named): void {
  const type = findSetting(item.name, true)?.entry.type;
  const keepsEmpty = type === "list" || type === "map" || type === "patterns" || type === "overrides";
  if (item.value !== "" || keepsEmpty) addSetting(list, item);
}

function named(name: string, written: string, value: string): Named {
  return { name, written, value, origin: variableOrigin(written), anyCase: true };
}

function addUpper(list: EntryList, name: string, value: string): void {
  const map = MAPS.find(({ prefix }) => name.startsWith(prefix) && name.length > prefix.length);
  if (map !== undefined) {
    addVariable(list, named(map.key + name.slice(map.prefix.length).toLowerCase(), name, value));
    return;
  }
  const setting = findVariable(name);
  if (setting !== undefined) addVariable(list, named(setting.key, name, value));
  else if (!NO_SETTINGS.has(name) && !isOtherDatabase(name)) {
    const meant = nearestVariable(name);
    // Other parts of godwit and its users may have variables of their own.
    if (name.startsWith("FLYWAY_") || meant !== undefined) list.warnings.push(unmatched(name, meant));
  }
}

/** FLYWAY_ORACLE_SQLPLUS and so on: the settings of other databases are accepted and ignored. */
function isOtherDatabase(name: string): boolean {
  const head = name.slice(name.indexOf("_") + 1).split("_")[0] ?? "";
  return findSetting(`${head.toLowerCase()}.x`, false)?.entry.group === "other databases";
}

/** Compared without the prefix, which all have in common. */
function nearestVariable(name: string): string | undefined {
  const bare = (variable: string) => variable.slice("FLYWAY_".length);
  const names = variableNames();
  const [meant] = nearest(bare(name.toUpperCase()), names.map(bare));
  return meant === undefined ? undefined : names.find((variable) => bare(variable) === meant);
}

function unmatched(name: string, meant: string | undefined): string {
  if (name.startsWith("FLYWAY_PLUGINS_")) {
    return `${name} is ignored: Flyway gave up the plugins namespace; drop PLUGINS_ from the name.`;
  }
  return `${name} is ignored: no setting has this variable.${meant === undefined ? "" : ` Did you mean ${meant}?`}`;
}

/** flyway_check_buildUrl: every underscore is a dot. flyway_clean_disabled is understood as well. */
function addLower(list: EntryList, name: string, value: string, env: Variables): void {
  const dotted = name.slice("flyway_".length).replaceAll("_", ".");
  const found = findSetting(dotted, true);
  const setting = found ?? findVariableOfLower(name);
  if (setting === undefined) {
    const meant = nearestVariable(name);
    list.warnings.push(
      `${name} is ignored: ${dotted} is not a setting.${meant === undefined ? "" : ` Did you mean ${meant}?`}`,
    );
    return;
  }
  const upper = setting.entry.env ?? environmentName(setting.key);
  if (env[upper] !== undefined) {
    list.warnings.push(`Both ${name} and ${upper} are set; ${name} counts. Remove one of them.`);
  }
  addVariable(list, named(setting.key, name, value));
}

function findVariableOfLower(name: string) {
  const entry = findVariable(name.toUpperCase());
  return entry === undefined ? undefined : { entry, key: entry.key };
}

/**
 * environments_dev_url, ENVIRONMENTS_DEV_URL. In the upper-case form the environment's name matches in any
 * case (Flyway 13.1); names that hold underscores are found among the declared ones.
 */
function addEnvironmentVariable(
  list: EntryList,
  name: string,
  value: string | undefined,
  environments: readonly string[],
): void {
  const rest = name.slice("environments_".length);
  const anyCase = !name.startsWith("environments_");
  const { environment, property } = splitEnvironment(rest, environments, anyCase);
  if (environment === undefined) {
    list.complaints.push({
      kind: "value",
      name,
      origin: variableOrigin(name),
      message: `${name} may mean several environments, which differ only in case.`,
      advice: "Write it as environments_NAME_KEY, with the exact name of the environment.",
    });
    return;
  }
  if (property === "") {
    list.warnings.push(`${name} is ignored: it names no property of the environment.`);
    return;
  }
  if (value === "") return;
  addEnvironmentSetting(list, environment, named(propertyName(property), name, value ?? ""));
}

function splitEnvironment(
  rest: string,
  environments: readonly string[],
  anyCase: boolean,
): { readonly environment: string | undefined; readonly property: string } {
  const fold = (text: string) => (anyCase ? text.toLowerCase() : text);
  const matching = environments
    .filter((candidate) => fold(rest).startsWith(`${fold(candidate)}_`))
    .sort((a, b) => b.length - a.length);
  const [first, second] = matching;
  if (first !== undefined) {
    const ambiguous = second !== undefined && fold(second) === fold(first);
    return { environment: ambiguous ? undefined : first, property: rest.slice(first.length + 1) };
  }
  const cut = rest.indexOf("_");
  if (cut < 0) return { environment: rest, property: "" };
  const head = rest.slice(0, cut);
  return { environment: anyCase ? head.toLowerCase() : head, property: rest.slice(cut + 1) };
}

/** Every underscore is a dot (jdbcProperties_ssl, flyway_cleanDisabled); CONNECT_RETRIES is understood too. */
function propertyName(property: string): string {
  const dotted = property.replaceAll("_", ".");
  const plain = dotted.toLowerCase().startsWith("flyway.") ? dotted.slice("flyway.".length) : dotted;
  const override = plain === dotted ? "" : "flyway.";
  if (findSetting(plain, true) !== undefined) return override + plain;
  const upper = property.toUpperCase();
  if (upper.startsWith("JDBC_PROPERTIES_")) {
    return `jdbcProperties.${property.slice("JDBC_PROPERTIES_".length).toLowerCase()}`;
  }
  const entry = findVariable(upper.startsWith("FLYWAY_") ? upper : `FLYWAY_${upper}`);
  return entry === undefined ? dotted : override + entry.key;
}
