// What an error carries in `details` about the run it ended, read with checks: errors may also come from a program's
// own callbacks, so nothing is taken for granted.
import type { GodwitError } from "../base/errors.ts";
import type { MigrationRef } from "../base/event.ts";
import type { ValidateEntry } from "../engine/outcome.ts";

export interface FailureFacts {
  readonly failed: MigrationRef | undefined;
  /** True: nothing of the failed file is left. False: some of it is. undefined: not known. */
  readonly rolledBack: boolean | undefined;
  readonly applied: readonly MigrationRef[];
  readonly notReached: readonly MigrationRef[];
  /** Findings of a validation that stopped the run. */
  readonly invalid: readonly ValidateEntry[];
  /** Line on which the failing statement begins. */
  readonly statementLine: number | undefined;
  /** Absolute path of the failing file. */
  readonly path: string | undefined;
  readonly callback: string | undefined;
  /** The outcome so far, ready for JSON, when the verb gives one for a failure. */
  readonly outcome: Readonly<Record<string, unknown>> | undefined;
}

export function factsOf(error: GodwitError): FailureFacts {
  const { details } = error;
  const outcome = recordOf(details["outcome"]);
  const entry = recordOf(outcome?.["error"]);
  const line = entry?.["lineNumber"];
  const rolledBack = details["rolledBack"];
  return {
    failed: refOf(details["failed"]),
    rolledBack: typeof rolledBack === "boolean" ? rolledBack : undefined,
    applied: refsOf(details["applied"]),
    notReached: refsOf(details["notReached"]),
    invalid: listOf(outcome?.["invalidMigrations"]).flatMap(validateEntryOf),
    statementLine: typeof line === "number" && line > 0 ? line : undefined,
    path: textOf(entry?.["path"]),
    callback: textOf(details["callback"]),
    outcome,
  };
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  // An object's own string keys, whatever their values.
  return value as Readonly<Record<string, unknown>>;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const refsOf = (value: unknown): readonly MigrationRef[] =>
  listOf(value).flatMap((item) => {
    const ref = refOf(item);
    return ref === undefined ? [] : [ref];
  });

function refOf(value: unknown): MigrationRef | undefined {
  const record = recordOf(value);
  if (record === undefined) return undefined;
  const { version, description, file, kind } = record;
  if (typeof version !== "string" || typeof description !== "string") return undefined;
  if (typeof file !== "string" || typeof kind !== "string") return undefined;
  return { version, description, file, kind };
}

function validateEntryOf(value: unknown): readonly ValidateEntry[] {
  const record = recordOf(value);
  const details = recordOf(record?.["errorDetails"]);
  if (record === undefined || details === undefined) return [];
  const { version, description, filepath } = record;
  const { errorCode, errorMessage } = details;
  if (typeof version !== "string" || typeof description !== "string" || typeof filepath !== "string")
    return [];
  if (typeof errorCode !== "string" || typeof errorMessage !== "string") return [];
  return [{ version, description, filepath, errorDetails: { errorCode, errorMessage } }];
}
