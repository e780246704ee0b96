// What applying one migration takes and gives, and the pieces every way of applying shares: the row, the failure.
import { GodwitError, type SqlErrorFields } from "../base/errors.ts";
import type { MigrationRef } from "../base/event.ts";
import type { Place } from "../base/place.ts";
import type { HistoryRow } from "../history/row.ts";
import type { Entry } from "../history/state.ts";
import { ELAPSED_SINCE_BEGIN, insertStatement, keptOutBy, type NewRow, rowGuard } from "../history/table.ts";
import type { ResolvedMigration } from "../migrations/migration.ts";
import { limitBehind } from "../server/session-limits.ts";
import { findMetaCommand } from "../sql/meta-command.ts";
import { callbacksOf, runCallbacksInside } from "./callbacks.ts";
import { type Engine, resetRoleStatement } from "./engine.ts";
import type { LockWait } from "./migration-lock.ts";
import type { PreparedScript } from "./script.ts";
import type { StatementHooks } from "./statements.ts";

export interface ApplyRequest {
  readonly engine: Engine;
  readonly entry: Entry;
  readonly migration: ResolvedMigration;
  readonly script: PreparedScript | undefined;
  readonly installedBy: string;
  /** Highest rank in the table as the plan knows it; -1 for an empty table. */
  readonly lastRank: number;
  /** Whether the row has to be looked for behind its INSERT in a write of several files, where that costs. */
  readonly guardsRow: boolean;
  readonly wait: LockWait;
  /** Called once the lock is had and before the first statement; told whether in a transaction where only the file knew. */
  readonly onStart: (transactional?: boolean) => void;
}

export type Attempt =
  | { readonly kind: "applied"; readonly row: HistoryRow }
  /** Another session holds the lock. */
  | { readonly kind: "busy" }
  /** The history changed since the plan was made. */
  | { readonly kind: "moved" }
  | { readonly kind: "failed"; readonly failure: MigrationFailure };

export interface MigrationFailure {
  readonly message: string;
  readonly sql: SqlErrorFields | undefined;
  /** Where in the file the error is. */
  readonly place: Place | undefined;
  /** Line on which the failing statement begins, -1 if unknown: Flyway's `lineNumber`. */
  readonly statementLine: number;
  /** True: nothing of the file is left in the database. False: some of it is. undefined: not known. */
  readonly rolledBack: boolean | undefined;
  readonly advice: string | undefined;
  /** True: the file ran, but its history row could not be written. */
  readonly atRow: boolean;
  readonly cause: unknown;
}

export function newRow(request: Pick<ApplyRequest, "migration" | "lastRank" | "installedBy">): NewRow {
  const { migration } = request;
  return {
    installedRank: Math.max(request.lastRank, 0) + 1,
    version: migration.version?.text,
    description: migration.description,
    type: migration.type,
    script: migration.script,
    checksum: migration.checksum,
    installedBy: request.installedBy,
    executionTime: ELAPSED_SINCE_BEGIN,
    success: true,
  };
}

export function rowOf(request: Pick<ApplyRequest, "migration" | "lastRank" | "installedBy">): HistoryRow {
  const { migration } = request;
  return {
    installedRank: Math.max(request.lastRank, 0) + 1,
    version: migration.version,
    description: migration.description,
    type: migration.type,
    script: migration.script,
    checksum: migration.checksum,
    installedBy: request.installedBy,
    installedOn: "",
    executionTime: 0,
    success: true,
  };
}

/** Writes a row, and fails where something keeps it out. */
export const writeStatement = ({ history }: Engine, row: NewRow): string =>
  `${insertStatement(history, row)};\n${rowGuard(history, row.installedRank)}`;

/** The row in the transaction that is open, written as the original role. Gives what refused it. */
export async function writeRowInside(
  request: Pick<ApplyRequest, "engine" | "migration" | "lastRank" | "installedBy">,
  elapsed: number,
  rolledBack = true,
): Promise<MigrationFailure | undefined> {
  const { engine } = request;
  const write = writeStatement(engine, { ...newRow(request), executionTime: elapsed });
  const results = await engine.session.pipeline([resetRoleStatement(engine), write]);
  const bad = results.find((result) => !result.ok);
  return bad === undefined || bad.ok ? undefined : rowFailure(request, bad.error, rolledBack);
}

export function plainFailure(
  sql: SqlErrorFields | undefined,
  rolledBack: boolean | undefined,
): MigrationFailure {
  return {
    message: sql?.message ?? "",
    sql,
    place: undefined,
    statementLine: -1,
    rolledBack,
    advice: undefined,
    atRow: false,
    cause: undefined,
  };
}

export function sqlFailure(
  script: PreparedScript,
  at: {
    readonly error: SqlErrorFields;
    readonly place: Place;
    readonly statement: { readonly line: number; readonly text?: string };
  },
  rolledBack: boolean | undefined,
): MigrationFailure {
  // Not SQL but psql's: the server can only say "syntax error".
  const psql = at.error.sqlState === "42601" ? findMetaCommand(at.statement.text ?? "") : undefined;
  return {
    ...plainFailure(at.error, rolledBack),
    message:
      psql === undefined
        ? `${script.file.name}: ${at.error.message}`
        : `${script.file.name}: ${psql.name} is a command of psql, not SQL.`,
    place: at.place,
    statementLine: at.statement.line,
    advice: psql?.advice,
  };
}

/** Something thrown on the way (a callback, a broken connection, a bug): GodwitErrors become the failure. */
export function thrownFailure(error: unknown, rolledBack: boolean | undefined): MigrationFailure {
  if (!(error instanceof GodwitError)) throw error;
  const broken = error.code === "DB_CONNECTION" && error.sql === undefined;
  return {
    message: error.message,
    sql: error.sql,
    place: error.place,
    statementLine: error.sql === undefined ? -1 : (error.place?.line ?? -1),
    rolledBack: broken ? undefined : rolledBack,
    advice: error.advice,
    atRow: false,
    cause: error,
  };
}

export const isConnectionLost = (error: unknown): error is GodwitError =>
  error instanceof GodwitError && error.details["connectionLost"] === true;

/** The connection broke while the file ran. */
export function brokenFailure(migration: ResolvedMigration, error: GodwitError): MigrationFailure {
  const limit = limitBehind(error);
  return {
    ...plainFailure(error.sql, undefined),
    message: `${migration.file.name}: ${error.message}`,
    advice: `File and history row are one transaction: the server has kept both or neither. Run migrate again when it can be reached; it looks first and goes on from there.${limit === undefined ? "" : ` ${limit}`}`,
    cause: error,
  };
}

/** The connection broke before the COMMIT was sent, or reached: `what` is not there any more. */
export function brokenBeforeCommit(
  { file }: ResolvedMigration,
  error: GodwitError,
  what = "It",
): MigrationFailure {
  const limit = limitBehind(error);
  const again = "Run migrate again when it can be reached.";
  return {
    ...plainFailure(error.sql, true),
    message: `${file.name}: ${error.message}`,
    advice: `${what} was not committed, so the server keeps nothing of it. ${limit ?? again}`,
    cause: error,
  };
}

/** The row of a file could not be written, after it had run. */
export function rowFailure(
  { engine, migration }: Pick<ApplyRequest, "engine" | "migration">,
  error: SqlErrorFields | undefined,
  rolledBack: boolean,
): MigrationFailure {
  return {
    ...plainFailure(error, rolledBack),
    message: `The row of ${migration.file.name} could not be written to ${engine.history.qualified}: ${reasonOfRow(error)}`,
    advice: adviceOnRow(error, rolledBack),
    atRow: true,
  };
}

/** Why a row could not be written. */
export function reasonOfRow(error: SqlErrorFields | undefined): string {
  const names = keptOutBy(error?.message ?? "");
  if (names === undefined) return error?.message ?? "";
  const what = names.length === 0 ? "something" : names.map((name) => `"${name}"`).join(" or ");
  return `a trigger or rule of that table, ${what}, keeps it out`;
}

function adviceOnRow(error: SqlErrorFields | undefined, rolledBack: boolean): string | undefined {
  if (error?.sqlState === "42P01" || error?.sqlState === "3F000") return adviceOnGone(rolledBack);
  if (keptOutBy(error?.message ?? "") === undefined) return undefined;
  const mended = "Change or drop it, so that the row gets in, and run the same command again";
  return rolledBack
    ? `${mended}. A file without its row would be applied by each run.`
    : `${mended}: what the file did is recorded, and only its row is written then.`;
}

const adviceOnGone = (rolledBack: boolean): string =>
  `The history table was there when the file began: the file, or somebody beside it, dropped or renamed it or its schema. ${
    rolledBack
      ? "Take that out of the file."
      : "Bring it back, from a backup or by its old name, before the next run: without it, every file counts as pending."
  }`;

/** How a migration is named in events. */
export function refOf(migration: ResolvedMigration): MigrationRef {
  return {
    version: migration.version?.text ?? "",
    description: migration.description,
    file: migration.file.configuredPath,
    kind: migration.kind,
  };
}

/** Callbacks round each statement, if there are any. */
export function eachHooks(engine: Engine, verb: "Migrate" | "Undo" = "Migrate"): StatementHooks | undefined {
  const names = [
    `beforeEach${verb}Statement`,
    `afterEach${verb}Statement`,
    `afterEach${verb}StatementError`,
  ] as const;
  if (names.every((n) => callbacksOf(engine, n).length === 0)) return undefined;
  return {
    before: () => runCallbacksInside(engine, engine.session, names[0]),
    after: () => runCallbacksInside(engine, engine.session, names[1]),
    onError: () => runCallbacksInside(engine, engine.session, names[2]),
  };
}
