// Reads single settings out of merged entries: resolves them, decodes them, falls back to the default of the
// table, complains, and remembers where each came from.
import type { Complaint } from "./complaint.ts";
import type { Entry } from "./entry.ts";
import { SETTING_KEYS, type SettingKey } from "./keys.ts";
import type { Merged } from "./merge.ts";
import { displayUrl } from "./parsed-url.ts";
import { type ResolverContext, resolveValue } from "./resolvers.ts";
import { type Decoded, decodeBool, decodeDuration, decodeInt, splitList } from "./values.ts";

export interface Reader {
  bool(key: string): boolean;
  int(key: string, least: number): number;
  /** Milliseconds. */
  duration(key: string): number | undefined;
  /** undefined when unset or empty. */
  text(key: string): string | undefined;
  textOrEmpty(key: string): string;
  /** Must not be empty. */
  required(key: string): string;
  list(key: string): readonly string[];
  items<T>(key: string, decode: (text: string) => Decoded<T>): readonly T[];
  one<T>(key: string, decode: (text: string) => Decoded<T>): T | undefined;
  /** Entries below a map's name (which ends in a dot), by the rest of their names. */
  map(prefix: string): Readonly<Record<string, string>>;
  /** User placeholders, names in lower case. */
  placeholders(): Readonly<Record<string, string>>;
  /** Resolved text of an entry that is kept as it is; undefined after a complaint. */
  raw(entry: Entry): string | undefined;
  failed(key: string): boolean;
  entryOf(key: string): Entry | undefined;
  setOrigin(key: string, text: string): void;
  origins(): Readonly<Record<string, string>>;
}

export interface ReaderInput {
  readonly merged: Merged;
  readonly context: ResolverContext;
  readonly complaints: Complaint[];
  /** Leave ${...} in [flyway] settings alone. */
  readonly literal: boolean;
}

let defaults: ReadonlyMap<string, SettingKey> | undefined;

function defaultOf(key: string): string | undefined {
  defaults ??= new Map(SETTING_KEYS.map((entry) => [entry.key, entry]));
  return defaults.get(key)?.default;
}

/** A value as complaints show it. */
function shown(entry: Entry, text: string): string {
  if (entry.setting.secret === true) return "(hidden)";
  return /url$/i.test(entry.key) ? displayUrl(text) : `"${text}"`;
}

export function newReader({ merged, context, complaints, literal }: ReaderInput): Reader {
  const origins = new Map<string, string>();
  const failures = new Set<string>();
  const resolved = new Map<string, readonly string[] | undefined>();

  const complain = (entry: Entry, message: string, advice: string, kind: Complaint["kind"] = "value") => {
    failures.add(entry.key);
    complaints.push({
      kind,
      name: entry.name,
      origin: entry.origin,
      message: `${entry.name} ${message}`,
      advice,
    });
  };
  const entryOf = (key: string): Entry | undefined => {
    const entry = merged.values.get(key);
    origins.set(key, entry?.origin.text ?? "default");
    return entry;
  };
  const resolveText = (entry: Entry, text: string): string | undefined => {
    if (literal && entry.setting.scope !== "environment") return text;
    const result = resolveValue(text, context);
    if (result.ok) return result.value;
    complain(
      entry,
      `cannot be resolved: ${result.message}.`,
      result.advice,
      result.outside ? "resolver" : "value",
    );
    return undefined;
  };
  /** The items of a value, resolved once; a single text is one item. */
  const partsOf = (entry: Entry): readonly string[] | undefined => {
    if (resolved.has(entry.key)) return resolved.get(entry.key);
    const texts = typeof entry.value === "string" ? [entry.value] : entry.value;
    const parts = texts.map((text) => resolveText(entry, text));
    const whole = parts.filter((part) => part !== undefined);
    const result = whole.length === parts.length ? whole : undefined;
    resolved.set(entry.key, result);
    return result;
  };
  const single = (key: string): { readonly entry: Entry | undefined; readonly text: string | undefined } => {
    const entry = entryOf(key);
    if (entry === undefined) return { entry, text: defaultOf(key) };
    if (typeof entry.value !== "string") {
      if (!failures.has(key)) complain(entry, "takes one value, but a list is given.", "Give one value.");
      return { entry, text: undefined };
    }
    return { entry, text: partsOf(entry)?.[0] };
  };
  const decodeText = <T>(entry: Entry, text: string, decode: (text: string) => Decoded<T>): T | undefined => {
    const result = decode(text);
    if (result.ok) return result.value;
    const written = typeof entry.value === "string" && entry.value.includes("${") ? entry.value : text;
    complain(
      entry,
      `is ${shown(entry, written)}; expected ${result.expected}.`,
      "Correct the value or remove it.",
    );
    return undefined;
  };
  const one = <T>(key: string, decode: (text: string) => Decoded<T>): T | undefined => {
    const { entry, text } = single(key);
    if (text === undefined) return undefined;
    if (entry !== undefined) return decodeText(entry, text, decode);
    const result = decode(text);
    return result.ok ? result.value : undefined;
  };
  const list = (key: string): readonly string[] => {
    const entry = entryOf(key);
    if (entry === undefined) return splitList(defaultOf(key) ?? "");
    const parts = partsOf(entry) ?? [];
    return typeof entry.value === "string" ? splitList(parts[0] ?? "") : parts.filter((part) => part !== "");
  };
  const defaulted = <T>(key: string, decode: (text: string) => Decoded<T>, otherwise: T): T => {
    const value = one(key, decode);
    if (value !== undefined) return value;
    const result = decode(defaultOf(key) ?? "");
    return result.ok ? result.value : otherwise;
  };
  const map = (prefix: string): Readonly<Record<string, string>> => {
    const found: [string, string][] = [];
    for (const [key, entry] of merged.values) {
      if (!key.startsWith(prefix)) continue;
      origins.set(key, entry.origin.text);
      const parts = partsOf(entry);
      if (parts !== undefined) found.push([key.slice(prefix.length), parts.join(",")]);
    }
    return Object.fromEntries(found);
  };

  return {
    bool: (key) => defaulted(key, decodeBool, false),
    int: (key, least) => defaulted(key, (text) => decodeInt(text, least), 0),
    duration: (key) => one(key, decodeDuration),
    text: (key) => single(key).text || undefined,
    textOrEmpty: (key) => single(key).text ?? "",
    required: (key) => {
      const { entry, text } = single(key);
      if (text === "" && entry !== undefined && !failures.has(key)) {
        complain(entry, "must not be empty.", "Give it a value or remove it.");
      }
      return text || (defaultOf(key) ?? "");
    },
    list,
    items: (key, decode) => {
      const entry = entryOf(key);
      return list(key).flatMap((item) => {
        const value = entry === undefined ? undefined : decodeText(entry, item, decode);
        if (entry !== undefined) return value === undefined ? [] : [value];
        const result = decode(item);
        return result.ok ? [result.value] : [];
      });
    },
    one,
    map,
    placeholders: () =>
      Object.fromEntries(
        Object.entries(map("placeholders.")).map(([name, value]) => [name.toLowerCase(), value]),
      ),
    raw: (entry) => {
      origins.set(entry.key, entry.origin.text);
      return partsOf(entry)?.join(",");
    },
    failed: (key) => failures.has(key),
    entryOf: (key) => merged.values.get(key),
    setOrigin: (key, text) => void origins.set(key, text),
    origins: () => Object.freeze(Object.fromEntries(origins)),
  };
}
