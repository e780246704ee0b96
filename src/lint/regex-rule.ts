// Flyway's regular expression rules (TOML files of check.rulesLocation) as rules of lint. They see the file's own text,
// comments and placeholders included, and any match is a finding.
import { GodwitError } from "../base/errors.ts";
import { suggest } from "../base/suggest.ts";
import type { Severity } from "./finding.ts";
import { JavaRegexError, javaRegex } from "./java-regex.ts";
import type { At, Rule } from "./rule.ts";

export interface RegexSource {
  /** Path as the user knows it. */
  readonly file: string;
  readonly document: Readonly<Record<string, unknown>>;
  /** The line of a key. */
  readonly lineOf: (key: string) => number;
}

const KEYS = ["code", "dialects", "rules", "description", "severity", "passOnRegexMatch"];
/** Of every database. */
const TEXT = "text";

/**
 * undefined for a rule of another database. Keys that Flyway may get later are passed over.
 * @throws GodwitError with file and line.
 */
export function regexRule(source: RegexSource, dialect: string): Rule | undefined {
  refuseMisspelt(source);
  const dialects = texts(source, "dialects").map((d) => d.toLowerCase());
  if (dialects.length > 0 && !dialects.includes(TEXT) && !dialects.includes(dialect)) return undefined;
  const { code, description } = names(source);
  const patterns = texts(source, "rules");
  if (patterns.length === 0) throw wrong(source, "rules", "holds no regular expression");
  const regexes = patterns.map((pattern) => compiled(source, pattern));
  const severity = severityOf(source);
  const wantsMatch = isTrue(source, "passOnRegexMatch");
  const id = idOf(code);
  if (id === "") throw wrong(source, "code", `is "${code}", without a letter or digit`);
  return {
    id,
    family: "team",
    severity: severity === "disabled" ? "warning" : severity,
    presets: [],
    summary: description.replace(/\.$/, ""),
    why: `The rule ${code} of \`${source.file}\`. ${wantsMatch ? "Wanted in each file" : "Not wanted in any file"}: ${patterns.map((p) => `\`${p}\``).join(", ")} (Java's regular expressions).`,
    instead: `Write it so that ${source.file} ${wantsMatch ? "matches" : "does not match"}.`,
    bad: [],
    good: [],
    team: { file: source.file, inForce: severity === "disabled" ? "asked" : "always", code },
    file: ({ file, report }) => {
      const text = file.source.text ?? "";
      const places = matches(text, regexes);
      if (wantsMatch && places.length === 0) report({ start: 0, inFile: true }, description);
      if (!wantsMatch) for (const at of places) report(at, description);
    },
  };
}

/** What suppressions and settings call it. */
export const idOf = (code: string): string =>
  code
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

/** Where there is something to see: patterns often begin with the blank before a word. */
function matches(text: string, regexes: readonly RegExp[]): readonly At[] {
  const found = new Map<number, At>();
  for (const regex of regexes) {
    let isFirstEmpty = true;
    for (const { 0: match, index } of text.matchAll(regex)) {
      const isEmpty = match.trim() === "";
      // A pattern that matches nothing at all does so everywhere: once a file says it.
      if (match === "" && !isFirstEmpty) continue;
      if (match === "") isFirstEmpty = false;
      const start = isEmpty ? index : index + match.length - match.trimStart().length;
      const end = isEmpty ? index + match.length : index + match.trimEnd().length;
      if (!found.has(start)) found.set(start, { start, end, inFile: true });
    }
  }
  return [...found.values()];
}

/** A__B.toml: code and description, unless the file says them. */
function names(source: RegexSource): { readonly code: string; readonly description: string } {
  const name = source.file.slice(source.file.lastIndexOf("/") + 1).replace(/\.toml$/i, "");
  const at = name.indexOf("__");
  const [code, rest] = at === -1 ? [name, name] : [name.slice(0, at), name.slice(at + 2)];
  return {
    code: text(source, "code") ?? code,
    description: text(source, "description") ?? rest.replaceAll("_", " "),
  };
}

function compiled(source: RegexSource, pattern: string): RegExp {
  try {
    return javaRegex(pattern);
  } catch (error) {
    if (!(error instanceof JavaRegexError)) throw error;
    throw wrong(source, "rules", `has ${JSON.stringify(pattern)}, which cannot be read: ${error.message}`);
  }
}

function severityOf(source: RegexSource): Severity | "disabled" {
  const written = text(source, "severity") ?? "error";
  const found = (["error", "warning", "disabled"] as const).find((s) => s === written.toLowerCase());
  if (found !== undefined) return found;
  throw wrong(source, "severity", `is "${written}", not error, warning or disabled`);
}

function text(source: RegexSource, key: string): string | undefined {
  const value = source.document[key];
  if (value === undefined) return undefined;
  if (typeof value === "string") return value.trim() === "" ? undefined : value;
  throw wrong(source, key, "is no text");
}

function texts(source: RegexSource, key: string): readonly string[] {
  const value = source.document[key];
  if (value === undefined) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item !== "string") throw wrong(source, key, "is no list of texts");
    return item;
  });
}

function isTrue(source: RegexSource, key: string): boolean {
  const value = source.document[key];
  if (value === undefined || value === false || value === "false") return false;
  if (value === true || value === "true") return true;
  throw wrong(source, key, "is neither true nor false");
}

function refuseMisspelt(source: RegexSource): void {
  for (const key of Object.keys(source.document)) {
    const near = KEYS.includes(key) ? undefined : suggest(key, KEYS);
    if (near !== undefined) throw wrong(source, key, "is no key of a rule", `Did you mean ${near}?`);
  }
}

const wrong = (source: RegexSource, key: string, fault: string, advice?: string): GodwitError =>
  new GodwitError("CONFIGURATION", `${source.file}: "${key}" ${fault}.`, {
    place: { file: source.file, line: source.lineOf(key), column: 1 },
    advice: advice ?? "docs/team-rules.md says what a file of a rule holds.",
  });
