// argv by its grammar: verbs, flags, options, words. Options come out under their canonical names, scoped to
// their verb as Flyway scopes them; their values are judged by settings-read.ts with those of all other sources.
import { GodwitError } from "../base/errors.ts";
import { isListType, SETTING_KEYS, type SettingType } from "./keys.ts";
import { findSetting, isNamespaceKey, nearest, suggestSettings } from "./lookup.ts";

export interface ParsedOption {
  /** Canonical name such as "check.buildUrl" or "environments.dev.url"; as written when it is unknown. */
  readonly key: string;
  readonly value: string;
  /** As written, without the value: "-url". */
  readonly written: string;
  /** "command": one of `grammar.options`; the others are settings, known or not. */
  readonly kind: "setting" | "command" | "unknown";
}

export interface ParsedWord {
  readonly text: string;
  readonly verb: string;
}

export interface ArgumentProblem {
  readonly message: string;
  readonly advice: string;
}

export interface ParsedArguments {
  readonly verbs: readonly string[];
  /** Canonical: X, q, help, version, migrationIds, and a verb's own such as drift. */
  readonly flags: readonly string[];
  readonly options: readonly ParsedOption[];
  /** Free words of the verbs that take some. */
  readonly words: readonly ParsedWord[];
  /** Arguments that are accepted without effect, for a debug line. */
  readonly ignored: readonly string[];
  readonly problems: readonly ArgumentProblem[];
}

export interface CommandOption {
  readonly name: string;
  readonly type: "bool" | "value" | "list";
}

/** What commands add to the grammar. */
export interface ArgumentGrammar {
  /** Options that are no settings, by verb. */
  readonly options?: Readonly<Record<string, readonly CommandOption[]>>;
  /** Flags of a verb besides those of Flyway. */
  readonly flags?: Readonly<Record<string, readonly string[]>>;
  /** Verbs that take free words, such as file names. */
  readonly wordVerbs?: readonly string[];
}

const FLAGS: Readonly<Record<string, string>> = {
  X: "X",
  q: "q",
  v: "version",
  version: "version",
  "?": "help",
  h: "help",
  help: "help",
  migrationIds: "migrationIds",
};

/** Licensing, prompting and editions: gone or never ours. */
const NO_OPS = new Set([
  "n",
  "skipCheckForUpdate",
  "communityFallback",
  "community",
  "pro",
  "teams",
  "enterprise",
]);

const VERB_FLAGS: Readonly<Record<string, readonly string[]>> = {
  check: ["code", "drift", "changes", "dryrun"],
  auth: ["IAgreeToTheEula", "logout", "startEnterpriseTrial"],
};

/** Flyway takes the first occurrence of these. */
const FIRST_WINS = new Set([
  "color",
  "configFileEncoding",
  "configFiles",
  "infoOfState",
  "infoSinceDate",
  "infoSinceVersion",
  "infoUntilDate",
  "infoUntilVersion",
  "outputFile",
  "outputLogsInJson",
  "outputType",
  "workingDirectory",
]);

interface Scan {
  readonly argv: readonly string[];
  readonly known: ReadonlySet<string>;
  readonly grammar: ArgumentGrammar;
  readonly verbs: string[];
  readonly flags: string[];
  readonly options: (ParsedOption & { readonly list: boolean })[];
  readonly words: ParsedWord[];
  readonly ignored: string[];
  readonly problems: ArgumentProblem[];
  verb: string | undefined;
  /** Last flag behind the last verb. */
  flag: string | undefined;
}

/**
 * Reads arguments. Options are `-key=value`, `--key=value`, `-key value`, `--key value`; a true/false setting
 * may stand without a value. An option given twice must say the same twice, but lists are joined, and of the
 * options that Flyway reads before all others the first one counts.
 */
export function parseArguments(
  argv: readonly string[],
  verbs: readonly string[],
  grammar: ArgumentGrammar = {},
): ParsedArguments {
  const scan: Scan = {
    argv: argv.filter((token) => token.trim() !== ""),
    known: new Set(verbs),
    grammar,
    verbs: [],
    flags: [],
    options: [],
    words: [],
    ignored: [],
    problems: [],
    verb: undefined,
    flag: undefined,
  };
  let i = 0;
  while (i < scan.argv.length) i += readToken(scan, i);
  return {
    verbs: scan.verbs,
    flags: [...new Set(scan.flags)],
    options: joinRepeated(scan),
    words: scan.words,
    ignored: scan.ignored,
    problems: scan.problems,
  };
}

/** The failure that says all problems. */
export function argumentsError(problems: readonly ArgumentProblem[]): GodwitError {
  const advice = [...new Set(problems.map((problem) => problem.advice))].join(" ");
  return new GodwitError("ERROR", problems.map((problem) => problem.message).join("\n"), { advice });
}

/** Value of a setting among the options, such as outputType before any configuration is read. */
export function optionValue(parsed: ParsedArguments, key: string): string | undefined {
  return parsed.options.find((option) => option.kind === "setting" && option.key === key)?.value;
}

/** Reads the token at `i`; the result is how many tokens were used. */
function readToken(scan: Scan, i: number): number {
  const token = scan.argv[i] ?? "";
  if (!token.startsWith("-") || token === "-") {
    readWord(scan, token, i);
    return 1;
  }
  const body = token.slice(token.startsWith("--") ? 2 : 1);
  const equals = body.indexOf("=");
  if (equals >= 0) {
    const written = token.slice(0, token.indexOf("="));
    addOption(scan, written, body.slice(0, equals), body.slice(equals + 1));
    return 1;
  }
  if (readFlag(scan, token, body)) return 1;
  return readSpacedOption(scan, i, token, body);
}

function readWord(scan: Scan, token: string, i: number): void {
  if (scan.known.has(token)) {
    scan.verbs.push(token);
    scan.verb = token;
    scan.flag = undefined;
  } else if (scan.verb !== undefined && scan.grammar.wordVerbs?.includes(scan.verb)) {
    scan.words.push({ text: token, verb: scan.verb });
  } else {
    scan.problems.push(unknownWord(scan, token, i));
  }
}

function unknownWord(scan: Scan, token: string, i: number): ArgumentProblem {
  if (token === "=") {
    return {
      message: `A lone equals sign follows ${scan.argv[i - 1] ?? "nothing"}.`,
      advice: "Write -key=value without blanks.",
    };
  }
  if (token.startsWith(".")) {
    return {
      message: `${token} is not a command; it looks like the rest of ${scan.argv[i - 1] ?? "an option"}.`,
      advice: "PowerShell cuts arguments at a dot: put the whole argument in double quotes.",
    };
  }
  const meant = nearest(token, [...scan.known])[0];
  return {
    message: `${token} is not a command.`,
    advice: meant === undefined ? "godwit help lists the commands." : `Did you mean ${meant}?`,
  };
}

function readFlag(scan: Scan, token: string, body: string): boolean {
  const name = FLAGS[body];
  if (name !== undefined) scan.flags.push(name);
  else if (NO_OPS.has(body)) scan.ignored.push(token);
  else if (body === "json") addOption(scan, token, "outputType", "json");
  else if (verbFlags(scan).includes(body)) {
    scan.flags.push(body);
    scan.flag = body;
  } else return false;
  return true;
}

/** Flags of the last verb; before any verb those of all verbs in the line. */
function verbFlags({ verb, argv, known, grammar }: Scan): readonly string[] {
  const verbs = verb === undefined ? argv.filter((token) => known.has(token)) : [verb];
  return verbs.flatMap((name) => [...(VERB_FLAGS[name] ?? []), ...(grammar.flags?.[name] ?? [])]);
}

/** An option without an equals sign: a true/false setting, or one whose value is the next token. */
function readSpacedOption(scan: Scan, i: number, token: string, body: string): number {
  const option = resolveOption(scan, body);
  if (option === undefined) {
    scan.problems.push(unknownFlag(scan, token, body, i));
    return 1;
  }
  const next = scan.argv[i + 1];
  if (option.type === "bool") {
    const given = next === "true" || next === "false";
    push(scan, token, option, given ? next : "true");
    return given ? 2 : 1;
  }
  if (next === undefined || !isValue(scan, next, option.type)) {
    scan.problems.push({
      message: `${token} needs a value${next === undefined ? "" : `, but ${next} follows`}.`,
      advice: `Write ${token}=VALUE.`,
    });
    return 1;
  }
  push(scan, token, option, next);
  return 2;
}

/** A verb as a value is taken for a forgotten value as long as no verb was given. */
function isValue(scan: Scan, next: string, type: ResolvedOption["type"]): boolean {
  if (next.startsWith("-") && next !== "-") return type === "int" && /^-\d+$/.test(next);
  return next !== "=" && (scan.verb !== undefined || !scan.known.has(next));
}

function unknownFlag(scan: Scan, token: string, body: string, i: number): ArgumentProblem {
  const next = scan.argv[i + 1];
  if (next === "=" || next?.startsWith("=")) {
    return { message: `There is a blank behind ${token}.`, advice: "Write -key=value without blanks." };
  }
  const flags = [
    ...Object.keys(FLAGS),
    ...verbFlags(scan),
    ...commandOptions(scan).map((option) => option.name),
  ];
  const meant =
    nearest(
      body,
      flags.filter((flag) => flag.length > 1),
    )[0] ?? suggestSettings(body)[0];
  return {
    message: `${token} is neither a flag nor a setting.`,
    advice: meant === undefined ? "godwit help lists flags and settings." : `Did you mean -${meant}?`,
  };
}

interface ResolvedOption {
  readonly key: string;
  readonly kind: "setting" | "command";
  readonly type: SettingType | CommandOption["type"];
}

function addOption(scan: Scan, written: string, name: string, value: string): void {
  if (/^environments(\.[^.]*)?$/i.test(name)) {
    scan.problems.push({
      message: `${written} names no property of an environment.`,
      advice: "Write -environments.NAME.KEY=VALUE.",
    });
    return;
  }
  const option = resolveOption(scan, name);
  if (option !== undefined) push(scan, written, option, value);
  else scan.options.push({ key: plainName(name), value, written, kind: "unknown", list: false });
}

function push(scan: Scan, written: string, option: ResolvedOption, value: string): void {
  scan.options.push({ key: option.key, value, written, kind: option.kind, list: isListType(option.type) });
}

function plainName(name: string): string {
  return /^(flyway|godwit)\./.test(name) ? name.slice(name.indexOf(".") + 1) : name;
}

/** --out-of-order is understood as outOfOrder. */
function camelCase(name: string): string {
  return name.replace(/-+([a-zA-Z])/g, (_, letter: string) => letter.toUpperCase());
}

function resolveOption(scan: Scan, raw: string): ResolvedOption | undefined {
  const name = plainName(raw);
  for (const candidate of new Set([name, camelCase(name)])) {
    const command = commandOptions(scan).find((option) => option.name === candidate || option.name === name);
    if (command !== undefined) return { key: command.name, kind: "command", type: command.type };
    const found = resolveSetting(scopeName(scan, candidate));
    if (found !== undefined) return found;
  }
  return undefined;
}

function commandOptions({ verb, argv, known, grammar }: Scan): readonly CommandOption[] {
  const verbs = verb === undefined ? argv.filter((token) => known.has(token)) : [verb];
  return verbs.flatMap((name) => grammar.options?.[name] ?? []);
}

/** Flyway's scoping: a key of the verb's namespace, or of the flag's within it, gets that prefix. */
function scopeName({ verb, flag }: Scan, name: string): string {
  if (verb === undefined) return name;
  if (isNamespaceKey(verb, name)) return `${verb}.${name}`;
  if (flag !== undefined && isNamespaceKey(verb, `${flag}.${name}`)) return `${verb}.${flag}.${name}`;
  return name;
}

function resolveSetting(name: string): ResolvedOption | undefined {
  const environment = /^environments\.([^.]+)\.(.+)$/i.exec(name);
  if (environment !== null) {
    const property = environment[2] ?? "";
    const found = findSetting(property.replace(/^flyway\./i, ""), true);
    const key = `environments.${environment[1]}.${property}`;
    return { key, kind: "setting", type: found?.entry.type ?? "string" };
  }
  const found = findSetting(name, true);
  return found === undefined ? undefined : { key: found.key, kind: "setting", type: found.entry.type };
}

function joinRepeated(scan: Scan): readonly ParsedOption[] {
  const byKey = new Map<string, Scan["options"][number]>();
  for (const option of scan.options) {
    const before = byKey.get(option.key);
    if (before === undefined) byKey.set(option.key, option);
    else if (FIRST_WINS.has(option.key) || before.value === option.value) continue;
    else if (option.list) byKey.set(option.key, { ...before, value: `${before.value},${option.value}` });
    else scan.problems.push(givenTwice(option));
  }
  return [...byKey.values()].map(({ key, value, written, kind }) => ({ key, value, written, kind }));
}

function givenTwice({ key, written, value }: ParsedOption): ArgumentProblem {
  const secret =
    SETTING_KEYS.find((entry) => entry.key === key)?.secret === true || /password|url$/i.test(key);
  return {
    message: `${written} is given twice with different values${secret ? "" : ` (the last one is ${value})`}.`,
    advice: "Leave one of them out.",
  };
}
