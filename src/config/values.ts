// Texts into typed values. Each decoder says what it expected when it cannot; complaining is settings-read.ts's.
import type { ErrorOverride, IgnorePattern, Target } from "./settings.ts";

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  /** `expected` completes "is X; expected ...". */
  | { readonly ok: false; readonly expected: string };

function ok<T>(value: T): Decoded<T> {
  return { ok: true, value };
}

function wrong(expected: string): { readonly ok: false; readonly expected: string } {
  return { ok: false, expected };
}

export function decodeBool(text: string): Decoded<boolean> {
  const lower = text.toLowerCase();
  if (lower === "true") return ok(true);
  return lower === "false" ? ok(false) : wrong("true or false");
}

export function decodeInt(text: string, least: number): Decoded<number> {
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value)) return wrong("a whole number");
  return value < least ? wrong(`a whole number from ${least} up`) : ok(value);
}

/** The documented spelling of a value written in any case. */
export function decodeEnum(text: string, values: readonly string[]): Decoded<string> {
  const found = values.find((value) => value.toLowerCase() === text.toLowerCase());
  return found === undefined ? wrong(`one of ${values.join(", ")}`) : ok(found);
}

const UNITS_MS: Readonly<Record<string, number>> = {
  "": 1,
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of `5s`, `500ms`, `2min`, `1h`; a bare number is milliseconds, as in PostgreSQL. */
export function decodeDuration(text: string): Decoded<number> {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const unit = UNITS_MS[(match?.[2] ?? "?").toLowerCase()];
  if (match === null || unit === undefined) return wrong("a duration such as 500ms, 5s or 2min");
  return ok(Math.round(Number(match[1]) * unit));
}

/** Flyway's version syntax: numbers joined by dots or underscores. */
export function isVersionText(text: string): boolean {
  return /^[+-]?\d+([._][+-]?\d+)*$/.test(text.trim());
}

export function decodeVersion(text: string): Decoded<string> {
  return isVersionText(text) ? ok(text.trim()) : wrong("a version such as 1 or 2.1");
}

/** Java's largest long stands for latest, as in MigrationVersion. */
const LATEST = "9223372036854775807";

export function decodeTarget(text: string): Decoded<Target> {
  const trimmed = text.trim();
  const lower = trimmed.toLowerCase();
  if (lower === "latest" || trimmed === LATEST) return ok({ kind: "latest" });
  if (lower === "current") return ok({ kind: "current" });
  if (lower === "next") return ok({ kind: "next" });
  const lenient = trimmed.endsWith("?");
  const version = (lenient ? trimmed.slice(0, -1) : trimmed).trim();
  if (!isVersionText(version)) return wrong("latest, current, next, a version, or a version followed by ?");
  return ok({ kind: "version", text: version, failIfMissing: !lenient });
}

const PATTERN_TYPES = ["*", "repeatable", "versioned"] as const;
const PATTERN_STATES = ["*", "missing", "pending", "ignored", "future"] as const;

export function decodePattern(text: string): Decoded<IgnorePattern> {
  const parts = text.split(":").map((part) => part.trim().toLowerCase());
  if (parts.length !== 2) return wrong("TYPE:STATE, such as *:missing");
  const type = PATTERN_TYPES.find((candidate) => candidate === parts[0]);
  if (type === undefined) return wrong(`a type before the colon that is one of ${PATTERN_TYPES.join(", ")}`);
  const state = PATTERN_STATES.find((candidate) => candidate === parts[1]);
  if (state === undefined)
    return wrong(`a state after the colon that is one of ${PATTERN_STATES.join(", ")}`);
  return ok({ type, state });
}

const BEHAVIORS: Readonly<Record<string, ErrorOverride["behavior"]>> = {
  D: "debug",
  I: "info",
  W: "warning",
  E: "error",
};

export function decodeOverride(text: string): Decoded<ErrorOverride> {
  const parts = text.split(":").map((part) => part.trim());
  const [state = "", code = "", behaviour = ""] = parts;
  if (parts.length !== 3) return wrong("STATE:CODE:BEHAVIOUR, such as 42P07:*:I");
  if (state !== "*" && !/^[0-9A-Z]{5}$/i.test(state)) return wrong("a SQL state of five characters, or *");
  if (code !== "*" && !/^-?\d+$/.test(code)) return wrong("a number, or *, as the error code");
  const behavior = BEHAVIORS[behaviour.charAt(0).toUpperCase()];
  const bare = behaviour.length === 2 && behaviour.endsWith("-");
  if (behavior === undefined || (behaviour.length !== 1 && !bare)) {
    return wrong("a behaviour that is D, I, W or E, perhaps followed by -");
  }
  return ok({ sqlState: state.toUpperCase(), code, behavior, bare, text });
}

const PREFIXES = ["filesystem", "classpath", "s3", "gcs"];

/** A descriptor, trimmed. A drive letter and file:/// are no prefixes. */
export function decodeLocation(text: string): Decoded<string> {
  const trimmed = text.trim();
  const prefix = /^([a-z][a-z0-9+.-]+):/i.exec(trimmed)?.[1]?.toLowerCase();
  if (prefix === undefined || prefix === "file" || PREFIXES.includes(prefix)) return ok(trimmed);
  return wrong(`a location that begins with ${PREFIXES.map((name) => `${name}:`).join(", ")} or is a path`);
}

/** Comma-separated text into items: trimmed, without empty ones. */
export function splitList(text: string): readonly string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
