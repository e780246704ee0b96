// Small pieces of sentences: durations, counts, lists, names of migrations.
import { harmless } from "./width.ts";

/** "340 ms", "1.24 s", "2 min 3 s", "1 h 5 min". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return parts(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  return parts(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

const parts = (major: number, majorUnit: string, minor: number, minorUnit: string): string =>
  minor === 0 ? `${major} ${majorUnit}` : `${major} ${majorUnit} ${minor} ${minorUnit}`;

/** "1 migration", "3 migrations". */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** "a", "a and b", "a, b and c". */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

/** The first few, and how many more. */
export function listedUpTo(items: readonly string[], most: number): string {
  if (items.length <= most) return listed(items);
  return `${items.slice(0, most).join(", ")} and ${items.length - most} more`;
}

const LETTERS: Readonly<Record<string, string>> = {
  versioned: "V",
  repeatable: "R",
  baseline: "B",
  undo: "U",
};

export interface Named {
  readonly version: string;
  readonly description: string;
  readonly kind: string;
}

/** "V5", "B12", "U3"; "R" for repeatables. */
export const shortName = (migration: Named): string =>
  `${LETTERS[migration.kind] ?? ""}${harmless(migration.version)}`;

/** "V5 Create users", "R Grants". */
export const fullName = (migration: Named): string =>
  `${shortName(migration)} ${harmless(migration.description)}`.trim();

/** The kind behind the category of Flyway's JSON, for rows that carry no MigrationRef. */
export function kindOf(entry: { readonly version: string; readonly category?: string }): string {
  if (entry.category === "Baseline") return "baseline";
  if (entry.category === "Undo") return "undo";
  return entry.version === "" ? "repeatable" : "versioned";
}

/** file:line:column, as editors and terminals make links of. */
export const placeText = (place: {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}): string => `${harmless(place.file)}:${place.line}:${place.column}`;
