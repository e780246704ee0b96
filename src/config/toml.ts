// flyway.toml into entries. The TOML library is loaded here and nowhere else, and only when there is a TOML
// file: a run with flyway.conf does not pay for it.
import { GodwitError } from "../base/errors.ts";
import type { Complaint, Origin } from "./complaint.ts";
import { addEnvironmentSetting, addSetting, type EntryList, newEntries, type RawValue } from "./entry.ts";
import { isListType } from "./keys.ts";
import { findSetting, nearest } from "./lookup.ts";
import { tomlLines } from "./toml-lines.ts";

interface Leaf {
  readonly path: readonly string[];
  readonly value: RawValue;
  /** A number with a fraction: as a version it would lose its zeros. */
  readonly fraction: boolean;
  /** A number, true or false, and no list of them. */
  readonly bare?: boolean;
}

/** Reads the text of a TOML file; `file` is its name for messages. */
export async function readToml(text: string, file: string): Promise<EntryList> {
  const document = await parseToml(text.replace(/^\uFEFF/, ""), file);
  const lines = tomlLines(text);
  const list = newEntries();
  declareEnvironments(list, document);
  for (const leaf of leaves(document, [])) addLeaf(list, leaf, originAt(file, lines, leaf.path));
  return list;
}

/** Any TOML document. @throws GodwitError with its place. */
export async function parseToml(text: string, file: string): Promise<Record<string, unknown>> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    return parse(text, { integersAsBigInt: "asNeeded" });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = (error.message.split("\n")[0] ?? "").replace("Invalid TOML document: ", "");
    const wrong = text.split(/\r?\n/)[error.line - 1]?.trim() ?? "";
    throw new GodwitError(
      "CONFIGURATION",
      `${file}:${error.line}:${error.column}: this is not valid TOML: ${reason}.${wrong === "" ? "" : ` The line is: ${maskAssignment(wrong)}`}`,
      {
        advice: "Strings need quotes, lists need brackets, and a table or key may stand only once.",
        place: { file, line: error.line, column: error.column },
        cause: error,
      },
    );
  }
}

/** A broken line may hold a password; everything after the equals sign is hidden when its key looks secret. */
function maskAssignment(line: string): string {
  const equals = line.indexOf("=");
  if (equals < 0) return line;
  return /password|token|secret|license|url/i.test(line.slice(0, equals))
    ? `${line.slice(0, equals)}= ***`
    : line;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function declareEnvironments(list: EntryList, document: Record<string, unknown>): void {
  const environments = document["environments"];
  if (isTable(environments)) list.environments.push(...Object.keys(environments));
}

function* leaves(table: Record<string, unknown>, path: readonly string[]): Generator<Leaf> {
  for (const [name, value] of Object.entries(table)) {
    const here = [...path, name];
    if (isTable(value)) yield* leaves(value, here);
    else if (Array.isArray(value))
      yield { path: here, value: listValue(value), fraction: value.some(isFraction) };
    else yield { path: here, value: scalar(value), fraction: isFraction(value), bare: isBare(value) };
  }
}

const isBare = (value: unknown): boolean => ["number", "bigint", "boolean"].includes(typeof value);

function isFraction(value: unknown): boolean {
  return typeof value === "number" && !Number.isInteger(value);
}

function scalar(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

/** A list of tables (static data tables) has no text form of its own: it is kept as JSON. */
function listValue(values: readonly unknown[]): RawValue {
  return values.some((value) => typeof value === "object" && !(value instanceof Date))
    ? JSON.stringify(values)
    : values.map(scalar);
}

function originAt(file: string, lines: ReadonlyMap<string, number>, path: readonly string[]): Origin {
  for (let length = path.length; length > 0; length--) {
    const line = lines.get(path.slice(0, length).join("\0"));
    if (line !== undefined) return { text: `${file}:${line}`, kind: "file", file, line };
  }
  return { text: file, kind: "file", file };
}

function addLeaf(list: EntryList, leaf: Leaf, origin: Origin): void {
  const [root = "", ...rest] = leaf.path;
  const written = leaf.path.join(".");
  if (leaf.fraction) {
    list.complaints.push(unquotedNumber(written, origin));
    return;
  }
  if (leaf.bare === true && isListType(findSetting(rest.at(-1) ?? "", false)?.entry.type ?? "")) {
    list.complaints.push(noList(written, String(leaf.value), origin));
    return;
  }
  const named = { written, value: leaf.value, origin, anyCase: false };
  if (root === "flyway" || root === "godwit") {
    addSetting(list, { ...named, name: rest.join(".") });
  } else if (root === "environments") {
    const [environment, ...property] = rest;
    if (environment === undefined || property.length === 0)
      list.complaints.push(noEnvironmentTable(written, origin));
    else addEnvironmentSetting(list, environment, { ...named, name: property.join(".") });
  } else if (findSetting(written, false)?.entry.scope === "root") {
    addSetting(list, { ...named, name: written });
  } else {
    list.warnings.push(unknownRoot(root, written, origin));
  }
}

function unquotedNumber(written: string, origin: Origin): Complaint {
  return {
    kind: "value",
    name: written,
    origin,
    message: `${written} is a number with a fraction, which TOML reads without trailing zeros (1.10 becomes 1.1).`,
    advice: "Put the value in quotes.",
  };
}

function noList(written: string, value: string, origin: Origin): Complaint {
  return {
    kind: "value",
    name: written,
    origin,
    message: `${written} is ${value}; expected a list of texts, or one text with commas.`,
    advice: "Put the value in quotes.",
  };
}

function noEnvironmentTable(written: string, origin: Origin): Complaint {
  return {
    kind: "value",
    name: written,
    origin,
    message: `${written} is a value where the table of an environment is expected.`,
    advice: `Write [${written}] and its properties below it.`,
  };
}

function unknownRoot(root: string, written: string, origin: Origin): string {
  const meant = nearest(root, ["flyway", "environments", "godwit", "redgateCompare", "flywayDesktop"])[0];
  return `${origin.text}: ${written} is ignored: there is no table ${root}.${meant === undefined ? "" : ` Did you mean ${meant}?`}`;
}
