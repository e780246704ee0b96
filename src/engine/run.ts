// One run of migrate: what was done so far, and the outcome made of it.
import { type ErrorCode, GodwitError } from "../base/errors.ts";
import type { HistoryRow } from "../history/row.ts";
import type { Entry } from "../history/state.ts";
import type { ResolvedMigration } from "../migrations/migration.ts";
import { type ApplyRequest, type MigrationFailure, refOf } from "./attempt.ts";
import { LOCK_NOT_AVAILABLE } from "./back-off.ts";
import { categoryOf, outcomeBase, schemaName, timestamp } from "./common.ts";
import type { Engine } from "./engine.ts";
import { withEventSession } from "./event-session.ts";
import type { LockWait } from "./migration-lock.ts";
import type { MigrateEntry, MigrateOutcome } from "./outcome.ts";
import { engineFor } from "./timing.ts";

/** The state of one run: what was done so far. */
export interface Run {
  readonly engine: Engine;
  readonly wait: LockWait;
  readonly installedBy: string;
  readonly applied: {
    readonly migration: ResolvedMigration;
    readonly row: HistoryRow;
    readonly entry: Entry;
  }[];
  initialVersion: string | null;
  /** The history table has triggers, which may keep rows out. */
  guardsRows: boolean;
  pendingTotal: number;
  versionedEnded: boolean;
  repeatablesBegun: boolean;
}

/** When the first repeatable comes after versioned work: afterVersioned, then beforeRepeatables. */
export async function beginRepeatables(run: Run): Promise<void> {
  if (run.repeatablesBegun) return;
  run.repeatablesBegun = true;
  await endVersioned(run);
  await withEventSession(run.engine, "beforeRepeatables");
}

export async function endVersioned(run: Run): Promise<void> {
  if (run.versionedEnded) return;
  run.versionedEnded = true;
  await withEventSession(run.engine, "afterVersioned");
}

// --- requests ----------------------------------------------------------------------------------------------------

/** One file of a run, in its turn. */
interface Turn extends Pick<ApplyRequest, "entry" | "migration" | "script" | "lastRank"> {
  readonly outOfOrder: boolean;
  /** 1-based. */
  readonly index: number;
  /** Where the group decides it, not the file. */
  readonly transactional?: boolean;
}

export function requestFor(run: Run, turn: Turn): ApplyRequest {
  const { outOfOrder, index, transactional: decided, ...file } = turn;
  const engine = engineFor(run.engine, file.migration);
  return {
    engine,
    ...file,
    guardsRow: run.guardsRows,
    installedBy: run.installedBy,
    wait: run.wait,
    onStart: (transactional = decided ?? file.script?.transactional ?? true) =>
      engine.emit({
        type: "migration-start",
        migration: refOf(file.migration),
        index,
        total: run.pendingTotal,
        outOfOrder,
        transactional,
        skipped: engine.settings.skipExecutingMigrations,
      }),
  };
}

// --- outcomes --------------------------------------------------------------------------------------------------------

/**
 * The file is not to blame but its history row, or a callback round it: Flyway then gives the error alone, with the
 * code of its cause, and no result of migrate.
 */
function notOfTheFile(
  run: Run,
  migration: ResolvedMigration,
  failure: MigrationFailure,
  code: ErrorCode,
  notReached: readonly ResolvedMigration[],
  callback?: unknown,
): GodwitError {
  return new GodwitError(code, failure.message, {
    ...(failure.sql === undefined ? {} : { sql: failure.sql }),
    ...(failure.place === undefined ? {} : { place: failure.place }),
    ...(failure.advice === undefined ? {} : { advice: failure.advice }),
    details: {
      failed: refOf(migration),
      rolledBack: failure.rolledBack,
      applied: run.applied.map((a) => refOf(a.migration)),
      notReached: notReached.map(refOf),
      ...(callback === undefined ? {} : { callback }),
    },
    cause: failure.cause,
  });
}

/** The failure of one migration, with everything that was done before it. */
export function failed(
  run: Run,
  entry: Entry,
  migration: ResolvedMigration,
  failure: MigrationFailure,
  queue: readonly Entry[],
): GodwitError {
  run.engine.emit({ type: "migration-failed", migration: refOf(migration), rolledBack: failure.rolledBack });
  const advice = failure.advice ?? adviceOnHolder(run.engine, failure);
  const notReached = queue
    .slice(queue.indexOf(entry) + 1)
    .flatMap((e) => (e.migration === undefined ? [] : [e.migration]));
  if (failure.atRow) return notOfTheFile(run, migration, failure, "DB_CONNECTION", notReached);
  const thrown = failure.cause instanceof GodwitError ? failure.cause : undefined;
  if (thrown?.details["callback"] !== undefined) {
    return notOfTheFile(run, migration, failure, thrown.code, notReached, thrown.details["callback"]);
  }
  const code: ErrorCode =
    migration.kind === "baseline"
      ? "FAILED_BASELINE_MIGRATION"
      : migration.kind === "repeatable"
        ? "FAILED_REPEATABLE_MIGRATION"
        : "FAILED_VERSIONED_MIGRATION";
  const outcome = {
    ...failureOutcome(run, failure.message, {
      errorCode: code,
      sqlState: failure.sql?.sqlState ?? null,
      sqlErrorCode: 0,
      message: failure.message,
      lineNumber: failure.statementLine,
      // Flyway names a script that is not SQL by its name only.
      path:
        failure.cause instanceof GodwitError && failure.sql === undefined
          ? migration.script
          : migration.file.path,
      cause: null,
      ...(failure.place === undefined ? {} : { line: failure.place.line, column: failure.place.column }),
    }),
    notReached: notReached.map((m) => ({
      version: m.version?.text ?? "",
      description: m.description,
      filepath: m.file.path,
    })),
  };
  return new GodwitError(code, failure.message, {
    ...(advice === undefined ? {} : { advice }),
    ...(failure.place === undefined ? {} : { place: failure.place }),
    ...(failure.sql === undefined ? {} : { sql: failure.sql }),
    details: {
      outcome,
      failed: refOf(migration),
      rolledBack: failure.rolledBack,
      applied: run.applied.map((a) => refOf(a.migration)),
      notReached: notReached.map(refOf),
    },
    cause: failure.cause,
  });
}

/** What ended at lock_timeout was kept waiting by somebody, who may have been seen. */
function adviceOnHolder({ activity }: Engine, { sql }: MigrationFailure): string | undefined {
  if (sql?.sqlState !== LOCK_NOT_AVAILABLE || activity.holder === undefined) return undefined;
  return `The lock was held by ${activity.holder}.`;
}

function failureOutcome(
  run: Run,
  message: string,
  error: NonNullable<MigrateOutcome["error"]>,
): MigrateOutcome {
  return { ...successOutcome(run), success: false, exception: message, targetSchemaVersion: null, error };
}

export function successOutcome(run: Run): MigrateOutcome {
  const { engine, applied } = run;
  const lastVersioned = applied.findLast((a) => a.migration.version !== undefined);
  return {
    ...outcomeBase(engine),
    operation: "migrate",
    initialSchemaVersion: run.initialVersion,
    targetSchemaVersion: lastVersioned?.migration.version?.text ?? null,
    schemaName: schemaName(engine),
    migrations: applied.map(toMigrateEntry),
    migrationsExecuted: applied.length,
    success: true,
    databaseType: "PostgreSQL",
    totalMigrationTime: applied.reduce((sum, a) => sum + a.row.executionTime, 0),
    timestamp: timestamp(engine.world.now()),
    exception: null,
    licenseFailed: false,
    skipNotices: engine.skipNotices,
  };
}

function toMigrateEntry({ migration, row }: Run["applied"][number]): MigrateEntry {
  return {
    category: categoryOf({ type: row.type, version: migration.version }),
    version: migration.version?.text ?? "",
    description: migration.description,
    type: row.type,
    filepath: migration.file.path,
    executionTime: row.executionTime,
  };
}

/** A failure of migrate that is no file's: its result so far, with neither line nor path. */
export function withoutFile(run: Run, code: ErrorCode, message: string, advice: string): GodwitError {
  const error = {
    errorCode: code,
    sqlState: null,
    sqlErrorCode: 0,
    message,
    lineNumber: null,
    path: null,
    cause: null,
  };
  return new GodwitError(code, message, {
    advice,
    details: { outcome: failureOutcome(run, message, error) },
  });
}

/** The same error, saying also what was applied before it and what was not reached. */
export function withProgress(
  run: Run,
  migration: ResolvedMigration,
  queue: readonly Entry[],
  error: GodwitError,
): GodwitError {
  const at = queue.findIndex((e) => e.migration === migration);
  const rest = queue.slice(at + 1).flatMap((e) => (e.migration === undefined ? [] : [refOf(e.migration)]));
  return new GodwitError(error.code, error.message, {
    ...(error.advice === undefined ? {} : { advice: error.advice }),
    ...(error.place === undefined ? {} : { place: error.place }),
    ...(error.sql === undefined ? {} : { sql: error.sql }),
    details: {
      ...error.details,
      failed: refOf(migration),
      rolledBack: true,
      applied: run.applied.map((a) => refOf(a.migration)),
      notReached: rest,
    },
    cause: error.cause,
  });
}
