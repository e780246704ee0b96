// Results and errors as Flyway's JSON documents (Flyway 13, -outputType=json). Keys of results are in alphabetical
// order as Jackson 3 puts them, godwit's own after them; those of `error` and `cause` keep their declared order.
import { GodwitError } from "../base/errors.ts";
import type { FailureFacts } from "./failure-facts.ts";
import { factsOf, recordOf } from "./failure-facts.ts";
import { jacksonText } from "./jackson.ts";
import { remedyOf } from "./remedies.ts";

/** Version of the document that holds several results. */
const COMPOSITE_VERSION = 1;

/** Keys that Flyway does not have: they stand last, so that the known part of a document looks as ever. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  "godwitVersion",
  "installedOn",
  "stateCode",
  "progress",
  "notReached",
  "skipNotices",
  "validationTime",
  "server",
]);
const DECLARED_ORDER: ReadonlySet<string> = new Set(["error", "cause"]);

export interface HasOperation {
  readonly operation: string;
}

/** The document of a run: the result of one verb, or of several in `individualResults`. */
export function outcomesJson(outcomes: readonly HasOperation[]): string {
  const [first, ...others] = outcomes;
  if (first !== undefined && others.length === 0) return jacksonText(ordered(first));
  return jacksonText({ individualResults: outcomes.map(ordered), schemaVersion: COMPOSITE_VERSION });
}

/** The document of a run that ended in an error, whatever verbs went before it (Flyway 13). */
export const errorJson = (error: unknown): string => jacksonText(errorDocument(error));

/** The same as a value. */
export function errorDocument(error: unknown): unknown {
  if (!(error instanceof GodwitError)) return { error: faultObject(error) };
  const facts = factsOf(error);
  const failed = facts.outcome?.["success"] === false ? facts.outcome : undefined;
  return failed === undefined ? { error: errorObject(error) } : failedResult(error, facts, failed);
}

// --- results -----------------------------------------------------------------------------------------------------

/** The value with the keys of its objects in order, all the way down. */
export function ordered(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(ordered);
  const record = recordOf(value);
  if (record === undefined || "toJSON" in record) return value;
  const result: Record<string, unknown> = {};
  for (const key of inOrder(Object.keys(record))) {
    result[key] = DECLARED_ORDER.has(key) ? record[key] : ordered(record[key]);
  }
  return result;
}

/** Thousands of rows have the same keys: each set of keys is sorted once. */
const sortedKeys = new Map<string, readonly string[]>();

function inOrder(keys: readonly string[]): readonly string[] {
  const id = keys.join();
  let sorted = sortedKeys.get(id);
  if (sorted === undefined) {
    const isOwn = (key: string): boolean => OWN_KEYS.has(key);
    sorted = [...keys.filter((k) => !isOwn(k)).sort(), ...keys.filter(isOwn).sort()];
    sortedKeys.set(id, sorted);
  }
  return sorted;
}

/** A migrate (or undo) that failed is its result so far, with the error in it. */
function failedResult(
  error: GodwitError,
  facts: FailureFacts,
  outcome: Readonly<Record<string, unknown>>,
): unknown {
  const entry = recordOf(outcome["error"]) ?? {};
  return ordered({
    ...outcome,
    error: {
      errorCode: error.code,
      sqlState: error.sql?.sqlState ?? null,
      sqlErrorCode: 0,
      message: error.message,
      // null where Flyway has no file to name: a failed row in the history, a group of both kinds.
      lineNumber:
        "lineNumber" in entry ? entry["lineNumber"] : (facts.statementLine ?? error.place?.line ?? -1),
      path: entry["path"] === null ? null : (facts.path ?? error.place?.file ?? ""),
      cause: causeOf(error),
      ...entryExtras(entry),
      ...ownFields(error),
    },
  });
}

const entryExtras = (entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  ...(typeof entry["line"] === "number" ? { line: entry["line"] } : {}),
  ...(typeof entry["column"] === "number" ? { column: entry["column"] } : {}),
});

// --- errors ------------------------------------------------------------------------------------------------------

function errorObject(error: GodwitError): unknown {
  const isSql = error.sql !== undefined || error.code === "DB_CONNECTION";
  const obsolete = error.details["obsoleteParameters"];
  return {
    errorCode: error.code,
    ...(isSql
      ? { subErrorCode: error.subCode ?? null, sqlState: error.sql?.sqlState ?? null, sqlErrorCode: 0 }
      : {}),
    message: error.message,
    cause: causeOf(error),
    ...(obsolete === undefined ? {} : { obsoleteParameters: obsolete }),
    ...ownFields(error),
    ...(error.place === undefined ? {} : { place: error.place }),
  };
}

function faultObject(error: unknown): unknown {
  const isError = error instanceof Error;
  return {
    errorCode: "FAULT",
    message: isError && error.message !== "" ? error.message : isError ? error.name : String(error),
    stackTrace: isError ? (error.stack ?? "") : "",
    cause: isError ? nested(error.cause, true) : null,
  };
}

/** godwit's own: what a person would be told beside the message. */
function ownFields(error: GodwitError): Readonly<Record<string, unknown>> {
  const remedy = remedyOf(error);
  return {
    ...(error.sql?.detail === undefined ? {} : { detail: error.sql.detail }),
    ...(error.sql?.hint === undefined ? {} : { hint: error.sql.hint }),
    ...(remedy === undefined ? {} : { usualCause: remedy.cause, remedy: remedy.cure }),
    ...(error.advice === undefined ? {} : { advice: error.advice }),
  };
}

/**
 * The cause in Flyway's shape. For a server error it is what the driver would have said; stacks are given for bugs
 * only, because they tell a user nothing.
 */
function causeOf(error: GodwitError): unknown {
  const { sql } = error;
  if (sql === undefined) return nested(error.cause, false);
  const position = sql.position === undefined ? "" : `\n  Position: ${sql.position}`;
  const detail = sql.detail === undefined ? "" : `\n  Detail: ${sql.detail}`;
  const hint = sql.hint === undefined ? "" : `\n  Hint: ${sql.hint}`;
  const where = sql.where === undefined ? "" : `\n  Where: ${sql.where}`;
  return {
    message: `${sql.severity}: ${sql.message}${detail}${hint}${position}${where}`,
    stackTrace: "",
    cause: null,
  };
}

/** Deep enough for any chain that means something; a circle ends here. */
const DEEPEST_CAUSE = 10;

function nested(cause: unknown, withStacks: boolean, depth = 0): unknown {
  if (!(cause instanceof Error) || depth === DEEPEST_CAUSE) return null;
  return {
    message: cause.message,
    stackTrace: withStacks ? (cause.stack ?? "") : "",
    cause: nested(cause.cause, withStacks, depth + 1),
  };
}
