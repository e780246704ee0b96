// Failures that a user can mend, and the table of their codes. Not for findings (finding.ts) and not for bugs.
import type { Place } from "./place.ts";

interface CodeEntry {
  /** Exit code of the process when this failure ends it. */
  readonly exit: number;
  /** What the code means, for the reference page. */
  readonly meaning: string;
}

/**
 * Every code a failure can carry. Upper-case names that Flyway has too mean the same there
 * (Flyway 13 reference, "Exit codes and error codes"); the others are godwit's own.
 */
export const ERROR_CODES = {
  FAULT: { exit: 1, meaning: "Something that is not a failure of the user's: a bug." },
  ERROR: { exit: 1, meaning: "A failure with no code of its own." },
  JDBC_DRIVER: { exit: 1, meaning: "The URL names a database that godwit does not speak." },
  DB_CONNECTION: { exit: 1, meaning: "The server refused a connection or a statement of godwit's own." },
  CONFIGURATION: { exit: 1, meaning: "A setting is unknown, malformed or contradicts another." },
  CONFIGURATION_RECOVERABLE: {
    exit: 1,
    meaning: "Only settings that were removed or renamed are in the way.",
  },
  DUPLICATE_VERSIONED_MIGRATION: { exit: 1, meaning: "Two files have one version." },
  DUPLICATE_REPEATABLE_MIGRATION: { exit: 1, meaning: "Two repeatable files have one description." },
  DUPLICATE_UNDO_MIGRATION: { exit: 1, meaning: "Two undo files have one version." },
  DUPLICATE_DELETED_MIGRATION: { exit: 1, meaning: "The history marks one version as deleted twice." },
  NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE: {
    exit: 1,
    meaning: "The schema holds objects but no history table, and baselineOnMigrate is off.",
  },
  VALIDATE_ERROR: { exit: 1, meaning: "Files and history do not agree." },
  SCHEMA_DOES_NOT_EXIST: { exit: 1, meaning: "The default schema is missing." },
  FAILED_BASELINE_MIGRATION: { exit: 1, meaning: "A baseline file failed." },
  FAILED_REPEATABLE_MIGRATION: {
    exit: 1,
    meaning: "A repeatable file failed, or the history holds such a failure.",
  },
  FAILED_VERSIONED_MIGRATION: {
    exit: 1,
    meaning: "A versioned file failed, or the history holds such a failure.",
  },
  FAILED_UNDO_MIGRATION: { exit: 1, meaning: "An undo file failed." },
  APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED: {
    exit: 1,
    meaning: "The file of an applied repeatable is gone.",
  },
  APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED: { exit: 1, meaning: "The file of an applied version is gone." },
  RESOLVED_REPEATABLE_MIGRATION_NOT_APPLIED: { exit: 1, meaning: "A repeatable file has not been applied." },
  RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED: { exit: 1, meaning: "A versioned file has not been applied." },
  OUTDATED_REPEATABLE_MIGRATION: { exit: 1, meaning: "A repeatable file changed since it was applied." },
  TYPE_MISMATCH: { exit: 1, meaning: "File and history row are of different types." },
  CHECKSUM_MISMATCH: { exit: 1, meaning: "A file changed after it was applied." },
  DESCRIPTION_MISMATCH: { exit: 1, meaning: "A file was renamed after it was applied." },
  ENVIRONMENT_RESOLVE: { exit: 1, meaning: "A value of an environment could not be resolved." },
  ENVIRONMENT_PROVISION: { exit: 1, meaning: "An environment could not be provided." },
  CHECK_CODE_REVIEW_VIOLATION: {
    exit: 1,
    meaning: "check -code found an error, and check.code.failOnError is on.",
  },
  LOCK_TIMEOUT: { exit: 1, meaning: "Another runner held the migration lock for too long." },
  ABORTED: { exit: 130, meaning: "The run was stopped from outside (Ctrl-C, SIGTERM or an abort signal)." },
} as const satisfies Record<string, CodeEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** What the server said about a failed statement, in the server's own fields. */
export interface SqlErrorFields {
  readonly sqlState: string;
  readonly severity: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  /** 1-based, in characters (code points) of the statement text as it was sent. */
  readonly position?: number;
  readonly where?: string;
  readonly internalQuery?: string;
  readonly internalPosition?: number;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
}

export interface GodwitErrorFields {
  /** What to do next: one or more short imperative sentences. */
  readonly advice?: string;
  readonly place?: Place;
  readonly sql?: SqlErrorFields;
  /** Flyway's `subErrorCode`, such as CONNECTION_FAILURE. */
  readonly subCode?: string;
  /** Further data for JSON output and for programs; never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

const MARK = Symbol.for("godwit.GodwitError");

/**
 * A failure the user can mend. The message says what happened to which thing; `advice` says what to do.
 * Anything thrown that is not a GodwitError is a bug.
 */
export class GodwitError extends Error {
  /** An error is known by its mark: parts of the program that are bundled apart have a class of their own each. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && MARK in value;
  }

  readonly [MARK] = true;
  override readonly name = "GodwitError";
  readonly code: ErrorCode;
  readonly advice: string | undefined;
  readonly place: Place | undefined;
  readonly sql: SqlErrorFields | undefined;
  readonly subCode: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, fields: GodwitErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = code;
    this.advice = fields.advice;
    this.place = fields.place;
    this.sql = fields.sql;
    this.subCode = fields.subCode;
    this.details = fields.details ?? {};
  }

  get exitCode(): number {
    return ERROR_CODES[this.code].exit;
  }
}

/** What was thrown, in words: anything can be. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
