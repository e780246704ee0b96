// What the driver throws, as the fields the rest of godwit knows.
import type { SqlErrorFields } from "../base/errors.ts";

/** The fields of an ErrorResponse as pg-protocol gives them. */
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
}

/** True for an answer of the server, false for a failure of the connection. */
export function isServerMessage(error: unknown): error is ServerMessage {
  return (
    typeof error === "object" &&
    error !== null &&
    "severity" in error &&
    typeof error.severity === "string" &&
    "code" in error
  );
}

export function toSqlError(message: ServerMessage): SqlErrorFields {
  const optional = {
    detail: message.detail,
    hint: message.hint,
    where: message.where,
    internalQuery: message.internalQuery,
    schema: message.schema,
    table: message.table,
    column: message.column,
    constraint: message.constraint,
    position: toNumber(message.position),
    internalPosition: toNumber(message.internalPosition),
  };
  return {
    sqlState: message.code ?? "XX000",
    severity: message.severity ?? "ERROR",
    message: message.message ?? "",
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}

const toNumber = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);
