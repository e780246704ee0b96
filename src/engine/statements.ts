// Sending the statements of one prepared script: in one write where nothing has to be decided between them, one by
// one where something has. Transactions round them are the caller's.
import type { SqlErrorFields } from "../base/errors.ts";
import type { Place } from "../base/place.ts";
import type { ErrorOverride } from "../config/settings.ts";
import type { Notice, Session, StatementResult } from "../server/session.ts";
import { copyLineOfError } from "../sql/position.ts";
import type { Statement } from "../sql/statement.ts";
import { summarize } from "../sql/summary.ts";
import type { Engine } from "./engine.ts";
import { errorPosition } from "./error-position.ts";
import type { PreparedScript } from "./script.ts";

export interface StatementFailureAt {
  readonly index: number;
  readonly error: SqlErrorFields;
  readonly place: Place;
  readonly statement: Statement;
}

export interface StatementHooks {
  /** Before a statement is sent; may run others on the same session. */
  readonly before?: (statement: Statement) => Promise<void>;
  readonly after?: (statement: Statement) => Promise<void>;
  readonly onError?: (statement: Statement) => Promise<void>;
}

export interface RunRequest {
  readonly engine: Engine;
  readonly session: Session;
  readonly script: PreparedScript;
  /** Runs statement by statement when given. */
  readonly hooks?: StatementHooks;
  /** True inside a transaction block: an overridden error then needs a savepoint. */
  readonly inTransaction?: boolean;
}

/** Runs all statements; gives the first failure, after which nothing more was sent to take effect. */
export async function runStatements(request: RunRequest): Promise<StatementFailureAt | undefined> {
  const stepwise = request.hooks !== undefined || request.engine.settings.errorOverrides.length > 0;
  return stepwise ? runOneByOne(request) : runInWrites(request);
}

/** All statements between two COPYs go in one write. */
async function runInWrites(request: RunRequest): Promise<StatementFailureAt | undefined> {
  const { statements } = request.script;
  let from = 0;
  while (from < statements.length) {
    const copyAt = statements.findIndex((s, i) => i >= from && s.copyData !== undefined);
    const until = copyAt === -1 ? statements.length : copyAt;
    const failure = await runSlice(request, from, until);
    if (failure !== undefined) return failure;
    if (copyAt === -1) return undefined;
    const copyFailure = await runCopy(request, copyAt);
    if (copyFailure !== undefined) return copyFailure;
    from = copyAt + 1;
  }
  return undefined;
}

async function runSlice(
  request: RunRequest,
  from: number,
  until: number,
): Promise<StatementFailureAt | undefined> {
  if (from >= until) return undefined;
  const batch = request.script.statements.slice(from, until);
  let failure: StatementFailureAt | undefined;
  announceStart(request, batch[0]);
  await request.session.pipeline(
    batch.map((s) => s.text),
    {
      keepRows: request.engine.settings.outputQueryResults,
      onResult: (index, result) => {
        const statement = batch[index];
        if (statement === undefined || failure !== undefined) return;
        tell(request, statement, result);
        if (result.ok) announceStart(request, batch[index + 1]);
        else failure = failureAt(request, from + index, statement, result.error);
      },
    },
  );
  return failure;
}

async function runCopy(request: RunRequest, index: number): Promise<StatementFailureAt | undefined> {
  const statement = request.script.statements[index];
  if (statement?.copyData === undefined) return undefined;
  announceStart(request, statement);
  const result = await request.session.copyIn(
    statement.text,
    copyChunks(request.script.text, statement.copyData),
  );
  tell(request, statement, result);
  return result.ok ? undefined : failureAt(request, index, statement, result.error);
}

const COPY_CHUNK = 256 * 1024;

/** The lines of a COPY ... FROM STDIN, in pieces. */
export function* copyChunks(text: string, data: NonNullable<Statement["copyData"]>): Generator<string> {
  const { start, end } = data;
  let at = start;
  while (at < end) {
    let next = Math.min(at + COPY_CHUNK, end);
    // Never cut a surrogate pair in two: each half alone would be sent as U+FFFD.
    if (next < end && text.charCodeAt(next - 1) >= 0xd800 && text.charCodeAt(next - 1) <= 0xdbff) next--;
    yield text.slice(at, next);
    at = next;
  }
}

async function runOneByOne(request: RunRequest): Promise<StatementFailureAt | undefined> {
  for (const [index, statement] of request.script.statements.entries()) {
    await request.hooks?.before?.(statement);
    const failure = await runOne(request, index, statement);
    if (failure !== undefined) {
      await request.hooks?.onError?.(statement);
      return failure;
    }
    await request.hooks?.after?.(statement);
  }
  return undefined;
}

const SAVEPOINT = "godwit_statement";

/** One statement; where errorOverrides may turn its error down, inside a savepoint so that the transaction lives on. */
export async function runOne(
  request: RunRequest,
  index: number,
  statement: Statement,
): Promise<StatementFailureAt | undefined> {
  const overrides = request.engine.settings.errorOverrides;
  const guarded =
    request.inTransaction === true && overrides.length > 0 && statement.transactionControl === undefined;
  if (guarded) await request.session.query(`SAVEPOINT ${SAVEPOINT}`);
  announceStart(request, statement);
  const result =
    statement.copyData === undefined
      ? (
          await request.session.pipeline([statement.text], {
            keepRows: request.engine.settings.outputQueryResults,
          })
        )[0]
      : await request.session.copyIn(statement.text, copyChunks(request.script.text, statement.copyData));
  if (result === undefined) return undefined;
  const raised = tell(request, statement, result);
  if (raised !== undefined) return failureAt(request, index, statement, raised);
  if (result.ok) {
    if (guarded) await request.session.query(`RELEASE SAVEPOINT ${SAVEPOINT}`);
    return undefined;
  }
  const error = unlessOverridden(request.engine, request.script, statement, result.error);
  if (error !== undefined) return failureAt(request, index, statement, error);
  if (guarded) await request.session.query(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`);
  return undefined;
}

/** Gives the error back, unless an override turns it down to a line in the log. */
export function unlessOverridden(
  engine: Engine,
  script: PreparedScript,
  statement: Statement,
  error: SqlErrorFields,
): SqlErrorFields | undefined {
  const override = matching(engine.settings.errorOverrides, error.sqlState);
  if (override === undefined || override.behavior === "error") return error;
  log(engine, script, statement, override, error);
  return undefined;
}

function failureAt(
  request: RunRequest,
  index: number,
  statement: Statement,
  error: SqlErrorFields,
): StatementFailureAt {
  return {
    index,
    error,
    statement,
    place: placeOfFailure(request.script, statement, error),
  };
}

export function announceStart(
  request: Pick<RunRequest, "engine" | "script">,
  statement: Statement | undefined,
): void {
  if (statement === undefined) return;
  request.engine.emit({
    type: "statement-start",
    place: request.script.place(statement),
    summary: summarize(statement.text),
  });
}

/** Tells notices and results; gives the first notice that an override raises to an error. */
function tell(
  request: RunRequest,
  statement: Statement,
  result: StatementResult,
): SqlErrorFields | undefined {
  return tellResult(request.engine, request.script, statement, result);
}

/** Emits what a statement's result says; gives the first notice that an override raises to an error. */
export function tellResult(
  engine: Engine,
  script: PreparedScript,
  statement: Statement,
  result: StatementResult,
): SqlErrorFields | undefined {
  const { emit, settings } = engine;
  let raised: SqlErrorFields | undefined;
  for (const notice of result.notices) {
    const override = matching(settings.errorOverrides, notice.sqlState);
    if (override === undefined) tellNotice(engine, notice, script.place(statement));
    else if (override.behavior === "error") raised ??= { ...noticeFields(notice), severity: "ERROR" };
    else log(engine, script, statement, override, noticeFields(notice));
  }
  if (!result.ok) return raised;
  emit({
    type: "statement-end",
    place: script.place(statement),
    command: result.command,
    rowCount: result.rowCount,
    elapsedMs: result.elapsedMs,
  });
  if (settings.outputQueryResults && result.result !== undefined && result.result.columns.length > 0) {
    emit({ type: "result-set", columns: result.result.columns, rows: result.result.rows });
  }
  return raised;
}

/** Emits a notice; one of a skip is kept for the end too. */
export function tellNotice(engine: Engine, notice: Notice, place: Place): void {
  const { severity, sqlState, message, skipped } = notice;
  if (skipped) engine.skipNotices.push({ code: sqlState, severity: "warning", message, place });
  engine.emit({ type: "notice", severity, sqlState, message, skipped, place });
}

function noticeFields(notice: Notice): SqlErrorFields {
  return {
    sqlState: notice.sqlState,
    severity: notice.severity,
    message: notice.message,
    ...(notice.detail === undefined ? {} : { detail: notice.detail }),
    ...(notice.hint === undefined ? {} : { hint: notice.hint }),
  };
}

/** The first override that fits a state; PostgreSQL has no vendor codes, Flyway sees 0. */
function matching(overrides: readonly ErrorOverride[], sqlState: string): ErrorOverride | undefined {
  return overrides.find(
    (o) => (o.sqlState === "*" || o.sqlState === sqlState) && (o.code === "*" || o.code === "0"),
  );
}

function log(
  engine: Engine,
  script: PreparedScript,
  statement: Statement,
  override: ErrorOverride,
  error: SqlErrorFields,
): void {
  if (override.behavior === "error") return;
  engine.emit({
    type: "log",
    level: override.behavior === "warning" ? "warn" : override.behavior,
    code: "ERROR_OVERRIDE",
    message: override.bare ? error.message : `${error.message} (SQL state: ${error.sqlState}, error code: 0)`,
    place: script.place(statement, error.position),
  });
}

/** The place in the file that an error is about; inside COPY data, that of the row. */
export function placeOfFailure(script: PreparedScript, statement: Statement, error: SqlErrorFields): Place {
  const row = statement.copyData === undefined ? undefined : copyLineOfError(error);
  const start = script.place(statement, errorPosition(statement.text, error));
  // The data begins on the line after the statement's end.
  return row === undefined
    ? start
    : { ...start, line: lastLine(start.line, statement.text) + row, column: 1 };
}

const lastLine = (first: number, text: string): number => first + (text.match(/\r\n|\r|\n/g)?.length ?? 0);
