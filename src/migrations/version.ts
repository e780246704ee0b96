// Versions: reading them and ordering them as Flyway does. Names of files are name.ts.
import { GodwitError } from "../base/errors.ts";
import type { Version } from "./migration.ts";

/** The version of a database without any migration; below every other. */
export const EMPTY_VERSION: Version = special("empty", "<< Empty Schema >>");
export const CURRENT_VERSION: Version = special("current", "<< Current Version >>");
export const NEXT_VERSION: Version = special("next", "<< Next Version >>");
export const LATEST_VERSION: Version = special("latest", "<< Latest Version >>");

/** Java's largest long is another spelling of "latest" (Flyway 13, MigrationVersion). */
const LATEST_AS_NUMBER = "9223372036854775807";
const SHAPE = /^[+-]?\d+(?:\.\d+)*$/;
const PLAIN_INTEGER = /^\d{1,15}$/;

const WORDS: ReadonlyMap<string, Version> = new Map([
  ["current", CURRENT_VERSION],
  ["next", NEXT_VERSION],
  ["latest", LATEST_VERSION],
]);

/** The version a text stands for, or undefined when it stands for none. */
export function tryParseVersion(raw: string): Version | undefined {
  if (PLAIN_INTEGER.test(raw)) return { text: raw, raw, parts: [Number(raw)], special: undefined };
  const word = WORDS.get(raw.toLowerCase());
  if (word !== undefined) return word;
  if (raw === LATEST_AS_NUMBER) return LATEST_VERSION;
  const text = raw.replaceAll("_", ".");
  if (!SHAPE.test(text)) return undefined;
  return { text, raw, parts: significantParts(text), special: undefined };
}

/**
 * The version a text stands for.
 * @throws GodwitError when it stands for none.
 */
export function parseVersion(raw: string): Version {
  const version = tryParseVersion(raw);
  if (version !== undefined) return version;
  throw new GodwitError("ERROR", `"${raw}" is not a version.`, {
    advice: "Write digits, with dots or underscores between them: 7, 1.2 or 2024_01_31_1200.",
  });
}

/** Below zero when `a` comes first, zero when the two are one version (1, 1.0 and 01 are). */
export function compareVersions(a: Version, b: Version): number {
  if (a.parts.length === 1 && b.parts.length === 1) return comparePart(a.parts[0], b.parts[0]);
  if (a.special !== undefined || b.special !== undefined) return rank(a) - rank(b);
  const count = Math.max(a.parts.length, b.parts.length);
  for (let i = 0; i < count; i++) {
    const order = comparePart(a.parts[i], b.parts[i]);
    if (order !== 0) return order;
  }
  return 0;
}

const comparePart = (a: number | bigint = 0, b: number | bigint = 0): number =>
  a === b ? 0 : a < b ? -1 : 1;

/** True when the two are numerically one version, or both are absent (repeatables). */
export function equalVersions(a: Version | undefined, b: Version | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return compareVersions(a, b) === 0;
}

function special(kind: NonNullable<Version["special"]>, text: string): Version {
  return Object.freeze({ text, raw: text, parts: [], special: kind });
}

/** Trailing zeros do not count, but the first part always does. */
function significantParts(text: string): (number | bigint)[] {
  // BigInt reads "-3" but not "+3", which Java's BigInteger does.
  const parts = (text.startsWith("+") ? text.slice(1) : text).split(".").map(toPart);
  while (parts.length > 1 && parts.at(-1) === 0) parts.pop();
  return parts;
}

function toPart(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

function rank(version: Version): number {
  switch (version.special) {
    case "empty":
      return 0;
    case "current":
      return 1;
    case undefined:
      return 2;
    case "next":
      return 3;
    case "latest":
      return 4;
  }
}
