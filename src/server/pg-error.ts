// Errors and notices of the server as the rest of godwit knows them.
import type { SqlErrorFields } from "../base/errors.ts";
import type { Notice } from "./session.ts";
import { isSkipNotice } from "./skip-notice.ts";

/** The fields of an ErrorResponse or NoticeResponse, named as the pg driver names them. */
export interface ServerMessage {
  readonly severity?: string | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly position?: string | undefined;
  readonly internalPosition?: string | undefined;
  readonly internalQuery?: string | undefined;
  readonly where?: string | undefined;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
  readonly routine?: string | undefined;
}

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** True for an answer of the server, false for a failure of the connection (whose code is such as ECONNRESET). */
export function isServerMessage(error: unknown): error is ServerMessage {
  return (
    typeof error === "object" &&
    error !== null &&
    "severity" in error &&
    typeof error.severity === "string" &&
    "code" in error &&
    typeof error.code === "string" &&
    SQLSTATE.test(error.code)
  );
}

export function errorFields(message: ServerMessage): SqlErrorFields {
  const position = toNumber(message.position);
  const internalPosition = toNumber(message.internalPosition);
  const sqlState = message.code ?? "XX000";
  return {
    sqlState,
    severity: plainSeverity(message.severity, sqlState, "ERROR"),
    message: message.message ?? "",
    ...(message.detail === undefined ? {} : { detail: message.detail }),
    ...(message.hint === undefined ? {} : { hint: message.hint }),
    ...(position === undefined ? {} : { position }),
    ...(message.where === undefined ? {} : { where: message.where }),
    ...(message.internalQuery === undefined ? {} : { internalQuery: message.internalQuery }),
    ...(internalPosition === undefined ? {} : { internalPosition }),
    ...(message.schema === undefined ? {} : { schema: message.schema }),
    ...(message.table === undefined ? {} : { table: message.table }),
    ...(message.column === undefined ? {} : { column: message.column }),
    ...(message.constraint === undefined ? {} : { constraint: message.constraint }),
  };
}

export function noticeFields(message: ServerMessage): Notice {
  const sqlState = message.code ?? "00000";
  const text = message.message ?? "";
  const skipped = isSkipNotice({ sqlState, message: text, routine: message.routine });
  return {
    severity: skipped ? "NOTICE" : plainSeverity(message.severity, sqlState, "NOTICE"),
    sqlState,
    message: text,
    detail: message.detail,
    hint: message.hint,
    where: message.where,
    skipped,
  };
}

/** States after which the server ends the session: shutdown, crash, time-outs of idle sessions and transactions. */
const FATAL_STATES: ReadonlySet<string> = new Set(["57P01", "57P02", "57P03", "57P05", "25P03", "25P04"]);

/** True when the server ends the connection with this error. */
export const endsConnection = (error: SqlErrorFields): boolean =>
  error.severity === "FATAL" || error.severity === "PANIC" || FATAL_STATES.has(error.sqlState);

const SEVERITIES: ReadonlySet<string> = new Set([
  ...["PANIC", "FATAL", "ERROR", "WARNING", "NOTICE", "INFO", "LOG"],
  ...["DEBUG", "DEBUG1", "DEBUG2", "DEBUG3", "DEBUG4", "DEBUG5"],
]);

/** Success, and "identifier will be truncated": the states of notices. Any other state makes a warning. */
const NOTICE_STATES: ReadonlySet<string> = new Set(["00000", "42622"]);

/**
 * The severity in English. The driver gives only the field that follows lc_messages; where that is another language,
 * the SQLSTATE tells.
 */
function plainSeverity(
  severity: string | undefined,
  sqlState: string,
  otherwise: "ERROR" | "NOTICE",
): string {
  if (severity !== undefined && SEVERITIES.has(severity)) return severity;
  if (otherwise === "ERROR") return FATAL_STATES.has(sqlState) ? "FATAL" : "ERROR";
  return NOTICE_STATES.has(sqlState) ? "NOTICE" : "WARNING";
}

const toNumber = (text: string | undefined): number | undefined =>
  text === undefined || text === "" ? undefined : Number(text);
