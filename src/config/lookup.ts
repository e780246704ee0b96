// Names into entries of the table of settings, and the nearest name for one that is unknown.
import { editDistance } from "../base/suggest.ts";
import { FORMER_NAMES, OBSOLETE_KEYS, type ObsoleteKey, SETTING_KEYS, type SettingKey } from "./keys.ts";

export interface KnownSetting {
  readonly entry: SettingKey;
  /** Canonical name; for a map with the tail as it was written, such as `placeholders.Owner`. */
  readonly key: string;
}

interface Index {
  readonly exact: ReadonlyMap<string, SettingKey>;
  readonly anyCase: ReadonlyMap<string, SettingKey>;
  readonly byVariable: ReadonlyMap<string, SettingKey>;
  /** Maps and open names, longest first; `head` ends in a dot, in lower case. */
  readonly trees: readonly { readonly head: string; readonly entry: SettingKey }[];
}

let made: Index | undefined;

function index(): Index {
  if (made !== undefined) return made;
  const exact = new Map<string, SettingKey>();
  const anyCase = new Map<string, SettingKey>();
  const byVariable = new Map<string, SettingKey>();
  const trees: { head: string; entry: SettingKey }[] = [];
  for (const entry of SETTING_KEYS) {
    if (entry.key.endsWith(".*")) {
      trees.push({ head: entry.key.slice(0, -1).toLowerCase(), entry });
      continue;
    }
    for (const name of [entry.key, ...(entry.aliases ?? [])]) {
      exact.set(name, entry);
      anyCase.set(name.toLowerCase(), entry);
    }
    if (entry.env !== undefined) byVariable.set(entry.env, entry);
  }
  // .conf calls the Java classes flyway.resolvers; FLYWAY_RESOLVERS says the same.
  const resolvers = exact.get("migrationResolvers");
  if (resolvers !== undefined) exact.set("resolvers", resolvers);
  trees.sort((a, b) => b.head.length - a.head.length);
  made = { exact, anyCase, byVariable, trees };
  return made;
}

/**
 * The setting of a name without `flyway.`. Names of [flyway] must be written exactly (`anyCase` false, as in
 * files); names inside a namespace are matched in any case everywhere, as Flyway does.
 */
export function findSetting(name: string, anyCase: boolean): KnownSetting | undefined {
  const { exact, anyCase: folded, trees } = index();
  const direct = exact.get(name);
  if (direct !== undefined) return { entry: direct, key: direct.key };
  const lower = name.toLowerCase();
  if (anyCase || name.includes(".")) {
    const found = folded.get(lower);
    if (found !== undefined) return { entry: found, key: found.key };
  }
  for (const { head, entry } of trees) {
    if (lower.length > head.length && lower.startsWith(head)) {
      return { entry, key: entry.key.slice(0, -1) + name.slice(head.length) };
    }
  }
  return undefined;
}

/** The setting of an environment variable such as FLYWAY_CLEAN_DISABLED or GODWIT_LOCK_TIMEOUT. */
export function findVariable(name: string): SettingKey | undefined {
  const { byVariable } = index();
  const found = byVariable.get(name);
  if (found !== undefined) return found;
  return name.startsWith("FLYWAY_") ? byVariable.get(`GODWIT_${name.slice(7)}`) : undefined;
}

export function variableNames(): readonly string[] {
  return [...index().byVariable.keys()];
}

/** True when `verb.name` is a setting: what Flyway's scoping of arguments asks. */
export function isNamespaceKey(verb: string, name: string): boolean {
  const found = findSetting(`${verb}.${name}`, true);
  return found !== undefined && found.entry.type !== "open";
}

export function findObsolete(
  name: string,
): { readonly name: string; readonly entry: ObsoleteKey } | undefined {
  for (const [key, entry] of Object.entries(OBSOLETE_KEYS)) {
    if (name === key || name.startsWith(`${key}.`)) return { name: key, entry };
  }
  return undefined;
}

/** Up to three names that may have been meant, best first; an instruction for names of old versions. */
export function suggestSettings(name: string): readonly string[] {
  const former = FORMER_NAMES[name];
  if (former !== undefined) return [former];
  const lower = name.toLowerCase();
  const tail = lower.slice(lower.lastIndexOf(".") + 1);
  const names = SETTING_KEYS.filter((entry) => entry.type !== "open" && entry.scope !== "root").map(
    (entry) => entry.key,
  );
  const sameTail = names.filter((key) => key.slice(key.lastIndexOf(".") + 1).toLowerCase() === tail);
  if (sameTail.length > 0) return sameTail.slice(0, 3);
  return nearest(name, names);
}

/** The nearest names by edit distance, at most three, none when all are far away. */
export function nearest(name: string, candidates: readonly string[]): readonly string[] {
  const lower = name.toLowerCase();
  const limit = Math.max(1, Math.floor(lower.length / 3));
  const near: { candidate: string; distance: number }[] = [];
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - lower.length) > limit) continue;
    const distance = editDistance(lower, candidate.toLowerCase());
    if (distance <= limit) near.push({ candidate, distance });
  }
  near.sort((a, b) => a.distance - b.distance);
  const best = near[0]?.distance;
  return near
    .filter((item) => item.distance === best)
    .slice(0, 3)
    .map((item) => item.candidate);
}
