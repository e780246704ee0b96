// Entries of all sources into one value a key, for one environment, by Flyway's precedence. Typing the values
// is settings-read.ts.
import type { Entry } from "./entry.ts";

export interface Merged {
  readonly environment: string;
  /** By canonical key. */
  readonly values: ReadonlyMap<string, Entry>;
  readonly warnings: readonly string[];
}

export interface MergeQuery {
  /** Lowest precedence first. */
  readonly entries: readonly Entry[];
  readonly environment: string;
  /**
   * False for an environment beside the selected one (the source of a diff): values without an environment,
   * such as -url, then do not apply to it.
   */
  readonly selected: boolean;
}

/**
 * Merges. An override of the environment ([environments.X.flyway]) beats [flyway] of every source, as in
 * Flyway, with one exception: cleanDisabled=true on the command line cannot be switched off by a file.
 */
export function mergeEntries({ entries, environment, selected }: MergeQuery): Merged {
  const values = new Map<string, Entry>();
  const overrides = new Map<string, Entry>();
  for (const entry of entries) {
    if (entry.scope === "flyway") put(values, entry);
    else if (entry.environment === undefined ? selected : entry.environment === environment) {
      put(entry.scope === "override" ? overrides : values, entry);
    }
  }
  const mode = overrides.get("placeholdersMode") ?? values.get("placeholdersMode");
  if (mode?.value === "replace") replacePlaceholders(values, overrides);
  return { environment, values, warnings: applyOverrides(values, overrides) };
}

/** Later wins, but an empty list never replaces another (Flyway's merging of TOML files). */
function put(values: Map<string, Entry>, entry: Entry): void {
  if (Array.isArray(entry.value) && entry.value.length === 0 && values.has(entry.key)) return;
  values.set(entry.key, entry);
}

function isPlaceholder(key: string): boolean {
  return key.startsWith("placeholders.");
}

/** Flyway: the environment's placeholders stand for all of them. */
function replacePlaceholders(values: Map<string, Entry>, overrides: ReadonlyMap<string, Entry>): void {
  if (![...overrides.keys()].some(isPlaceholder)) return;
  for (const key of [...values.keys()].filter(isPlaceholder)) values.delete(key);
}

function applyOverrides(
  values: Map<string, Entry>,
  overrides: ReadonlyMap<string, Entry>,
): readonly string[] {
  const warnings: string[] = [];
  for (const [key, override] of overrides) {
    const given = values.get(key);
    if (given?.origin.kind !== "argument" || sameText(given, override)) {
      values.set(key, override);
      continue;
    }
    const where = `[environments.${override.environment}.flyway] (${override.origin.text})`;
    if (key === "cleanDisabled" && String(given.value).toLowerCase() === "true") {
      warnings.push(`${given.name} on the command line counts, although ${where} says otherwise.`);
      continue;
    }
    warnings.push(
      `${given.name} has no effect: ${where} goes before it. Use -environments.${override.environment}.flyway.${key}.`,
    );
    values.set(key, override);
  }
  return warnings;
}

function sameText(a: Entry, b: Entry): boolean {
  return String(a.value) === String(b.value);
}
