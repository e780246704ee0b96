// beforeMigrate.sql and its kin: which files answer which event, in which order. When events happen is the verbs'.
import { GodwitError } from "../base/errors.ts";
import { CALLBACK_EVENTS, DEPLOY_EVENTS } from "./events.ts";
import type { Remark } from "./locations.ts";
import type { CallbackFile, ScannedFile } from "./migration.ts";
import type { ValidName } from "./name.ts";
import type { FileFacts } from "./script-configs.ts";

/** A file with the name of an event. */
export interface CallbackCandidate {
  readonly file: ScannedFile;
  readonly name: ValidName;
  readonly language: CallbackFile["language"];
}

export interface CallbackInput {
  readonly candidates: readonly CallbackCandidate[];
  readonly facts: FileFacts;
  readonly skipDefaultCallbacks: boolean;
  /** True when the files come from callbackLocations. */
  readonly ownLocations: boolean;
}

/**
 * The callbacks in order of event, then description (UTF-16 order, none first); SQL before scripts of the same
 * description. skipDefaultCallbacks leaves scripts in, as in Flyway 13.
 * @throws GodwitError when two SQL files have one event and description.
 */
export function resolveCallbacks({ candidates, facts, skipDefaultCallbacks, ownLocations }: CallbackInput): {
  readonly callbacks: readonly CallbackFile[];
  readonly remarks: readonly Remark[];
} {
  const remarks: Remark[] = [];
  const kept = candidates.filter((candidate) => {
    if (candidate.language === "sql" && skipDefaultCallbacks) return false;
    const why = neverRuns(candidate, ownLocations);
    if (why !== undefined) remarks.push(why);
    return why === undefined;
  });
  refuseTwins(kept);
  const callbacks = kept.map(({ file, name, language }): CallbackFile => {
    const config = facts.configOf(file);
    const encoding = facts.charsetOf(file, config).name;
    return { event: name.prefix, description: name.description, language, file, encoding, config };
  });
  return { callbacks: callbacks.sort(byEvent), remarks };
}

function neverRuns({ file, name, language }: CallbackCandidate, ownLocations: boolean): Remark | undefined {
  if (name.prefix === "beforeConnect" && language === "sql") {
    return {
      level: "warn",
      message: `${file.configuredPath} never runs: before the connection there is nothing to run SQL on. Write a script, such as beforeConnect.sh.`,
    };
  }
  if (DEPLOY_EVENTS.has(name.prefix) && !ownLocations) {
    return {
      level: "debug",
      message: `${file.configuredPath} never runs: callbacks of deploy are looked for in callbackLocations only.`,
    };
  }
  return undefined;
}

function refuseTwins(candidates: readonly CallbackCandidate[]): void {
  const seen = new Map<string, ScannedFile>();
  for (const { file, name, language } of candidates) {
    if (language !== "sql") continue;
    const key = `${name.prefix}\n${name.description}`;
    const twin = seen.get(key);
    if (twin !== undefined) throw twins(name, twin, file);
    seen.set(key, file);
  }
}

function twins({ prefix, description }: ValidName, first: ScannedFile, second: ScannedFile): GodwitError {
  const what = description === "" ? prefix : `${prefix} "${description}"`;
  return new GodwitError(
    "ERROR",
    `Two files are the callback ${what}: ${first.configuredPath} and ${second.configuredPath}.`,
    {
      advice: `Delete one, or give each its own description: ${prefix}__first.sql, ${prefix}__second.sql.`,
      details: { files: [first.path, second.path] },
    },
  );
}

const RANK: ReadonlyMap<string, number> = new Map(CALLBACK_EVENTS.map((event, i) => [event, i]));

function byEvent(a: CallbackFile, b: CallbackFile): number {
  const rank = (RANK.get(a.event) ?? 0) - (RANK.get(b.event) ?? 0);
  if (rank !== 0) return rank;
  if (a.description !== b.description) return a.description < b.description ? -1 : 1;
  if (a.language !== b.language) return a.language === "sql" ? -1 : 1;
  return a.file.path < b.file.path ? -1 : 1;
}
