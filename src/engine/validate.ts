// What is wrong between files and history, before anything is done. Pure judgement plus the verb round it
// (flyway-core 13 DbValidate and MigrationInfoImpl.validate).

import type { ErrorCode } from "../base/errors.ts";
import { GodwitError } from "../base/errors.ts";
import type { IgnorePattern } from "../config/settings.ts";
import { isBaseline, isSynthetic, isUndo } from "../history/row.ts";
import {
  checksumMatches,
  type Entry,
  ignoresState,
  isIgnored,
  STATES,
  type States,
} from "../history/state.ts";
import { abbreviateTail } from "../history/table.ts";
import { compareVersions } from "../migrations/version.ts";
import { runCallbacks } from "./callbacks.ts";
import { changedLines } from "./changed-lines.ts";
import { finishEvent, outcomeBase } from "./common.ts";
import { type Engine, existingSchemas } from "./engine.ts";
import { firstLook } from "./first-look.ts";
import type { ValidateEntry, ValidateOutcome } from "./outcome.ts";

export interface Invalid {
  readonly entry: Entry;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Every complaint, in the order of info. */
export function judge(
  states: States,
  patterns: readonly IgnorePattern[],
  cherryPicking: boolean,
): readonly Invalid[] {
  const invalid: Invalid[] = [];
  for (const entry of states.entries) {
    const complaint = judgeEntry(entry, states, patterns, cherryPicking);
    if (complaint !== undefined) invalid.push({ entry, ...complaint });
  }
  return invalid;
}

type Complaint = Pick<Invalid, "code" | "message">;

function judgeEntry(
  entry: Entry,
  states: States,
  patterns: readonly IgnorePattern[],
  cherryPicking: boolean,
): Complaint | undefined {
  if (isAsApplied(entry)) return undefined;
  const { state } = entry;
  if (state === "UNDONE" || state === "ABOVE_TARGET" || state === "DELETED" || isIgnored(entry, patterns)) {
    return undefined;
  }
  if (STATES[state].failed && !(state === "FUTURE_FAILED" && ignoresState("future", patterns))) {
    return failedComplaint(entry);
  }
  // Files left out by cherryPick or by shouldExecute are nobody's mistake.
  const leftOut = entry.migration?.config.shouldExecute?.value === false || cherryPicking;
  if (state === "IGNORED" && leftOut) return undefined;
  return (
    unresolvedComplaint(entry, patterns) ??
    notAppliedComplaint(entry, patterns) ??
    mismatchComplaint(entry, states, patterns)
  );
}

/** Nearly every entry, of which there is nothing to say whatever the patterns are: a version whose row is its file's. */
const isAsApplied = ({ row, migration, state, version }: Entry): boolean =>
  state === "SUCCESS" &&
  row !== undefined &&
  migration !== undefined &&
  version !== undefined &&
  row.checksum === migration.checksum &&
  row.type === migration.type &&
  row.description === migration.description;

const isVersioned = (entry: Entry): boolean => entry.version !== undefined;

const nameOf = (entry: Entry): string =>
  entry.version === undefined ? `repeatable "${entry.description}"` : `version ${entry.version.text}`;

function failedComplaint(entry: Entry): Complaint {
  const title = entry.version === undefined ? nameOf(entry) : `${nameOf(entry)} (${entry.description})`;
  return {
    code: isVersioned(entry) ? "FAILED_VERSIONED_MIGRATION" : "FAILED_REPEATABLE_MIGRATION",
    message: `${capital(title)} failed when it was run.\nUndo by hand what it left behind, then run repair to remove its row.`,
  };
}

function unresolvedComplaint(entry: Entry, patterns: readonly IgnorePattern[]): Complaint | undefined {
  if (entry.migration !== undefined || entry.row === undefined) return undefined;
  if (isSynthetic(entry.row.type) || isUndo(entry.row.type) || entry.state === "SUPERSEDED") return undefined;
  const missing = entry.state === "MISSING_SUCCESS" || entry.state === "MISSING_FAILED";
  const future = entry.state === "FUTURE_SUCCESS" || entry.state === "FUTURE_FAILED";
  if ((missing && ignoresState("missing", patterns)) || (future && ignoresState("future", patterns)))
    return undefined;
  return {
    code: isVersioned(entry)
      ? "APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED"
      : "APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED",
    message: `${capital(nameOf(entry))} was applied, but its file ${entry.row.script} is not in the locations.\nPut the file back. If it was removed on purpose, run repair to mark it as deleted.`,
  };
}

function notAppliedComplaint(entry: Entry, patterns: readonly IgnorePattern[]): Complaint | undefined {
  const code = isVersioned(entry)
    ? "RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED"
    : "RESOLVED_REPEATABLE_MIGRATION_NOT_APPLIED";
  const file = entry.migration?.file.name ?? entry.row?.script ?? "";
  if (
    entry.state === "IGNORED" &&
    !isBaseline(entry.type) &&
    !isUndo(entry.type) &&
    !ignoresState("ignored", patterns)
  ) {
    const how = isVersioned(entry)
      ? "Run migrate with -outOfOrder=true to apply it, or set -ignoreMigrationPatterns='*:ignored' to leave it out."
      : "Set -ignoreMigrationPatterns='*:ignored' to leave it out.";
    return {
      code,
      message: `${capital(nameOf(entry))} (${file}) was passed over: a higher version is applied already.\n${how}`,
    };
  }
  if (entry.state === "PENDING" && !ignoresState("pending", patterns)) {
    return {
      code,
      message: `${capital(nameOf(entry))} (${file}) is pending.\nRun migrate, or set -ignoreMigrationPatterns='*:pending' to accept pending files.`,
    };
  }
  if (entry.state === "OUTDATED" && !ignoresState("pending", patterns)) {
    return {
      code: "OUTDATED_REPEATABLE_MIGRATION",
      message: `${capital(nameOf(entry))} changed since it was applied.\nRun migrate to apply it again.`,
    };
  }
  return undefined;
}

function mismatchComplaint(
  entry: Entry,
  states: States,
  patterns: readonly IgnorePattern[],
): Complaint | undefined {
  const { row, migration } = entry;
  if (row === undefined || migration === undefined || row.type === "DELETE" || isUndo(row.type))
    return undefined;
  const baseline = states.appliedBaseline;
  const compared =
    entry.version === undefined || baseline === undefined || compareVersions(entry.version, baseline) > 0;
  if (!compared) return undefined;
  if (row.type !== migration.type) return mismatch(entry, "TYPE_MISMATCH", "type", row.type, migration.type);
  const checked =
    isVersioned(entry) ||
    (ignoresState("pending", patterns) && entry.state !== "OUTDATED" && entry.state !== "SUPERSEDED");
  if (
    checked &&
    row.checksum !== undefined &&
    migration.checksum !== undefined &&
    !checksumMatches(row, migration)
  ) {
    return mismatch(entry, "CHECKSUM_MISMATCH", "checksum", String(row.checksum), String(migration.checksum));
  }
  const description = abbreviateTail(migration.description, 200);
  if (description !== row.description) {
    return mismatch(entry, "DESCRIPTION_MISMATCH", "description", row.description, description);
  }
  return undefined;
}

function mismatch(entry: Entry, code: ErrorCode, part: string, stored: string, resolved: string): Complaint {
  const what = entry.version === undefined ? (entry.migration?.script ?? "") : nameOf(entry);
  const cause = {
    checksum: "The file was edited after it was applied.",
    description: "The file was renamed after it was applied.",
    type: "The file is of another kind than the one that was applied.",
  }[part];
  return {
    code,
    message: `${capital(what)}: the ${part} differs. ${cause}\n  in the database: ${stored}\n  in the file:     ${resolved}\nPut the file back as it was and make the change in a new migration; or, if the database is right as it is, run repair.`,
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

// --- the verb ----------------------------------------------------------------------------------------------------

/**
 * Judges files against history. Problems are in the outcome; nothing is thrown for them.
 * @throws GodwitError when the judging itself cannot be done.
 */
export async function validate(
  engine: Engine,
  extraPatterns: readonly IgnorePattern[] = [],
): Promise<ValidateOutcome> {
  const started = engine.world.clock();
  const patterns = [...engine.settings.ignoreMigrationPatterns, ...extraPatterns];
  if (!(await existingSchemas(engine)).includes(engine.defaultSchema)) return withoutSchema(engine, patterns);
  await runCallbacks(engine, engine.session, "beforeValidate");
  const { states } = await firstLook(engine);
  const invalid = await explained(engine, judge(states, patterns, engine.settings.cherryPick.length > 0));
  const elapsed = engine.world.clock() - started;
  const outcome = toOutcome(engine, states, invalid, elapsed);
  await runCallbacks(engine, engine.session, invalid.length === 0 ? "afterValidate" : "afterValidateError");
  if (invalid.length === 0) {
    engine.emit({ type: "validated", count: states.entries.length, elapsedMs: elapsed });
    for (const message of outcome.warnings)
      engine.emit({ type: "log", level: "warn", code: "NOTHING_RESOLVED", message });
  }
  return outcome;
}

/** Says of each edited file what was changed, where git still has the text that was applied. */
async function explained(engine: Engine, invalid: readonly Invalid[]): Promise<readonly Invalid[]> {
  const result: Invalid[] = [];
  for (const complaint of invalid) {
    const { row, migration } = complaint.entry;
    const lines =
      complaint.code === "CHECKSUM_MISMATCH" && row?.checksum !== undefined && migration !== undefined
        ? await changedLines(engine.world, migration, row.checksum)
        : undefined;
    // Before the last line, which says what to do.
    const at = complaint.message.lastIndexOf("\n");
    result.push(
      lines === undefined
        ? complaint
        : {
            ...complaint,
            message: `${complaint.message.slice(0, at)}\n${lines}${complaint.message.slice(at)}`,
          },
    );
  }
  return result;
}

/** The verb as typed: validation plus the event at its end. */
export async function validateVerb(engine: Engine): Promise<ValidateOutcome> {
  const outcome = await validate(engine);
  await finishEvent(engine, "Validate");
  return outcome;
}

function withoutSchema(engine: Engine, patterns: readonly IgnorePattern[]): ValidateOutcome {
  const resolved = engine.folder.migrations.length > 0;
  const bad = resolved && !ignoresState("pending", patterns);
  return {
    ...outcomeBase(engine),
    operation: "validate",
    errorDetails: bad
      ? {
          errorCode: "SCHEMA_DOES_NOT_EXIST",
          errorMessage: `The schema "${engine.defaultSchema}" does not exist yet, so nothing is applied. Run migrate to create it.`,
        }
      : null,
    invalidMigrations: [],
    validationSuccessful: !bad,
    validateCount: 0,
    allErrorMessages: "",
    validationTime: 0,
  };
}

function toOutcome(
  engine: Engine,
  states: States,
  invalid: readonly Invalid[],
  elapsed: number,
): ValidateOutcome {
  const ok = invalid.length === 0;
  return {
    ...outcomeBase(engine),
    warnings: ok ? emptyWarnings(engine, states) : [],
    operation: "validate",
    errorDetails: ok
      ? null
      : {
          errorCode: "VALIDATE_ERROR",
          errorMessage: `${invalid.length} ${invalid.length === 1 ? "problem" : "problems"} between files and history`,
        },
    invalidMigrations: invalid.map(toValidateEntry),
    validationSuccessful: ok,
    validateCount: ok ? states.entries.length : 0,
    allErrorMessages: invalid.map((i) => i.message).join("\n"),
    validationTime: Math.round(elapsed),
  };
}

function toValidateEntry({ entry, code, message }: Invalid): ValidateEntry {
  return {
    version: entry.version?.text ?? "",
    description: entry.description,
    filepath: entry.migration?.file.path ?? "",
    errorDetails: { errorCode: code, errorMessage: message },
  };
}

function emptyWarnings(engine: Engine, states: States): readonly string[] {
  if (states.entries.length === 0) {
    return [`No migration files found in ${engine.settings.locations.join(", ")}. Check flyway.locations.`];
  }
  if (engine.folder.migrations.length > 0) return [];
  const applied = states.entries.filter(
    (e) => STATES[e.state].applied && !isSynthetic(e.type) && e.state !== "DELETED" && e.state !== "UNDONE",
  ).length;
  if (applied === 0) return [];
  return [
    `No migration files found in ${engine.settings.locations.join(", ")}, although ${applied} are applied. Check flyway.locations.`,
  ];
}

/** What `validate` and `migrate` throw for an outcome with problems. */
export function validationError(outcome: ValidateOutcome): GodwitError {
  const details = outcome.errorDetails;
  const code = details?.errorCode === "SCHEMA_DOES_NOT_EXIST" ? "SCHEMA_DOES_NOT_EXIST" : "VALIDATE_ERROR";
  const list = outcome.allErrorMessages === "" ? "" : `\n${outcome.allErrorMessages}`;
  return new GodwitError(code, `Validation failed: ${details?.errorMessage ?? ""}${list}`, {
    details: { outcome },
  });
}
