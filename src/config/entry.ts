// One value of one source, before it is typed: what every reader of configuration yields, lowest precedence
// first. Not the merging (merge.ts) nor the typing (settings-read.ts).
import type { Complaint, Origin } from "./complaint.ts";
import type { SettingKey } from "./keys.ts";
import { findObsolete, findSetting, suggestSettings } from "./lookup.ts";

export type RawValue = string | readonly string[];

export interface Entry {
  /** "environment": a property of an environment; "override": its [environments.NAME.flyway]. */
  readonly scope: "flyway" | "environment" | "override";
  /** Name of the environment; undefined = the one that will be selected. */
  readonly environment: string | undefined;
  /** Canonical. */
  readonly key: string;
  /** As the user wrote it, such as "flyway.url" or "-url". */
  readonly name: string;
  readonly setting: SettingKey;
  readonly value: RawValue;
  readonly origin: Origin;
}

export interface Entries {
  readonly entries: readonly Entry[];
  /** Names of environments that were declared, also those without any property. */
  readonly environments: readonly string[];
  readonly complaints: readonly Complaint[];
  readonly warnings: readonly string[];
}

/** A list under construction; readers fill it and hand it on as Entries. */
export interface EntryList {
  readonly entries: Entry[];
  readonly environments: string[];
  readonly complaints: Complaint[];
  readonly warnings: string[];
}

export function newEntries(): EntryList {
  return { entries: [], environments: [], complaints: [], warnings: [] };
}

export interface Named {
  /** Without `flyway.`, `godwit.` or a dash. */
  readonly name: string;
  /** As the user wrote it. */
  readonly written: string;
  readonly value: RawValue;
  readonly origin: Origin;
  readonly anyCase: boolean;
}

/** Adds a setting of [flyway] or a property of the selected environment; complains when there is no such name. */
export function addSetting(list: EntryList, named: Named): void {
  const found = findSetting(named.name, named.anyCase);
  if (found === undefined) {
    list.complaints.push(unknownSetting(named.name, named.written, named.origin));
    return;
  }
  const { kind } = named.origin;
  if (found.entry.commandLineOnly === true && (kind === "file" || kind === "stdin")) {
    list.warnings.push(`${named.origin.text}: ${named.written} is ignored: it belongs on the command line.`);
    return;
  }
  list.entries.push({
    scope: found.entry.scope === "environment" ? "environment" : "flyway",
    environment: undefined,
    key: found.key,
    name: named.written,
    setting: found.entry,
    value: named.value,
    origin: named.origin,
  });
}

/**
 * Adds `environments.NAME.KEY`. A property that no environment has is only a warning, as in Flyway; a key of
 * its `flyway` table that is unknown is a complaint.
 */
export function addEnvironmentSetting(list: EntryList, environment: string, named: Named): void {
  if (!list.environments.includes(environment)) list.environments.push(environment);
  const override = named.name.startsWith("flyway.");
  const name = override ? named.name.slice("flyway.".length) : named.name;
  const found = findSetting(name, named.anyCase);
  if (found === undefined || (!override && found.entry.scope !== "environment")) {
    if (override) list.complaints.push(unknownSetting(name, named.written, named.origin));
    else {
      const moved =
        found === undefined
          ? ""
          : ` ${found.key} belongs to [flyway] or to [environments.${environment}.flyway].`;
      list.warnings.push(
        `${named.origin.text}: ${named.written} is no property of an environment; ignored.${moved}`,
      );
    }
    return;
  }
  list.entries.push({
    scope: override ? "override" : "environment",
    environment,
    key: found.key,
    name: named.written,
    setting: found.entry,
    value: named.value,
    origin: named.origin,
  });
}

/** The complaint about a name that is no setting (any more). */
export function unknownSetting(name: string, written: string, origin: Origin): Complaint {
  const obsolete = findObsolete(name);
  if (obsolete !== undefined) return obsoleteSetting(name, written, origin, obsolete);
  const suggestions = suggestSettings(name);
  const meant =
    suggestions.length === 0
      ? ""
      : ` Did you mean ${suggestions.length === 1 ? "" : "one of "}${suggestions.join(", ")}?`;
  return {
    kind: "unknown",
    name: written,
    origin,
    message: `${written} is not a setting.${meant}`,
    advice: "Correct the name or remove it.",
  };
}

function obsoleteSetting(
  name: string,
  written: string,
  origin: Origin,
  { name: old, entry }: NonNullable<ReturnType<typeof findObsolete>>,
): Complaint {
  const replacement =
    entry.replacement === undefined ? null : `flyway.${entry.replacement}${name.slice(old.length)}`;
  return {
    kind: "obsolete",
    name: written,
    origin,
    message:
      replacement === null
        ? `${written} no longer exists; Flyway dropped it.`
        : `${written} is now called ${replacement}.`,
    advice: replacement === null ? "Remove it." : "Rename it.",
    obsolete: { rawKey: `flyway.${name}`, kind: entry.kind, replacement, reason: null },
  };
}
