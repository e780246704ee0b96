// Transactional files in one write. A file is BEGIN, the lock (tried, never waited for), a check that the history is
// still what the plan was made from, session reset, its statements, its row, COMMIT. Whatever fails, the server answers
// the rest of the file with 25P02 and COMMIT with ROLLBACK: nothing is half done and nobody had to ask between.
//
// Several files may share a write, each still a transaction of its own: when one comes to nothing, so do all behind it,
// and the server never waits for us. The number of the last row alone does not see to that: while one file found the lock
// taken, another runner may have written just the row that the next file expects. So each file leaves a mark on the
// session with its row, and the next one asks for that too.
import { GodwitError } from "../base/errors.ts";
import { insertStatement } from "../history/table.ts";
import type { StatementResult } from "../server/session.ts";
import {
  type ApplyRequest,
  type Attempt,
  brokenFailure,
  newRow,
  plainFailure,
  rowOf,
  sqlFailure,
} from "./attempt.ts";
import { type Engine, resetRoleStatement, searchPathStatement } from "./engine.ts";
import { lockGuard, rankGuard } from "./migration-lock.ts";
import type { PreparedScript } from "./script.ts";
import { announceStart, placeOfFailure, tellResult } from "./statements.ts";
import { timeoutStatements } from "./timing.ts";

/** A file and how it goes to the server. */
export interface Write {
  readonly request: ApplyRequest;
  readonly script: PreparedScript;
}

/**
 * Sends the files in one write and gives their ends, in order, up to and with the first that was not applied.
 * @throws GodwitError only for what is neither a file's failure nor a broken connection.
 */
export async function applyInOneWrite(engine: Engine, writes: readonly Write[]): Promise<readonly Attempt[]> {
  const token = Math.random().toString(36).slice(2);
  const files = writes.map((write, i) => new SentFile(write, token, i > 0));
  const [first] = files;
  if (first === undefined) return [];
  let at = 0;
  let from = 0;
  try {
    await engine.session.pipeline(
      files.flatMap((f) => f.texts),
      {
        keepRows: engine.settings.outputQueryResults,
        onResult: (index, result) => {
          const file = files[at];
          if (file === undefined) return;
          file.take(index - from, result);
          if (index - from === file.texts.length - 1) {
            from += file.texts.length;
            at++;
          }
        },
      },
    );
  } catch (error) {
    const broken = files[at];
    if (!(error instanceof GodwitError) || error.details["connectionLost"] !== true || broken === undefined)
      throw error;
    const failure = brokenFailure(broken.migration, error);
    return upToFirstEnd([...files.slice(0, at).map((f) => f.attempt()), { kind: "failed", failure }]);
  }
  return upToFirstEnd(files.map((f) => f.attempt()));
}

function upToFirstEnd(attempts: readonly Attempt[]): readonly Attempt[] {
  const end = attempts.findIndex((a) => a.kind !== "applied");
  return end === -1 ? attempts : attempts.slice(0, end + 1);
}

const LOCK_AT = 1;
const RANK_AT = 2;

/** What every transaction of a file begins with; `mark`: that of the file before it in the same write. */
export function head(request: ApplyRequest, mark?: string): readonly string[] {
  const { engine } = request;
  const path = searchPathStatement(engine, true);
  return [
    "BEGIN",
    lockGuard(engine),
    rankGuard(engine, request.lastRank, mark === undefined ? undefined : isMarked(mark)),
    resetRoleStatement(engine),
    ...(path === undefined ? [] : [path]),
    ...timeoutStatements(engine),
  ];
}

/** The guards' failures are not failures of the migration. */
export function earlyEnd(index: number, result: StatementResult | undefined): Attempt | undefined {
  if (result === undefined || result.ok || result.error.sqlState !== "22012") return undefined;
  if (index === LOCK_AT) return { kind: "busy" };
  if (index === RANK_AT) return { kind: "moved" };
  return undefined;
}

class SentFile {
  readonly texts: readonly string[];
  readonly #write: Write;
  readonly #before: number;
  readonly #rowAt: number;
  #failed: { readonly index: number; readonly result: StatementResult } | undefined;
  #row: StatementResult | undefined;

  constructor(write: Write, token: string, follows: boolean) {
    const { request, script } = write;
    const rank = newRow(request).installedRank;
    const before = head(request, follows ? `${token} ${request.lastRank}` : undefined);
    const after = [
      ...(mayChangeRole(script) ? [resetRoleStatement(request.engine)] : []),
      `${insertReturning(request)}, ${leaveMark(`${token} ${rank}`)}`,
      "COMMIT",
    ];
    this.#write = write;
    this.#before = before.length;
    this.texts = [...before, ...script.statements.map((s) => s.text), ...after];
    this.#rowAt = this.texts.length - 2;
  }

  get migration(): ApplyRequest["migration"] {
    return this.#write.request.migration;
  }

  take(index: number, result: StatementResult): void {
    const { request, script } = this.#write;
    if (this.#failed !== undefined) return;
    if (!result.ok) this.#failed = { index, result };
    if (index === this.#before - 1 && result.ok) request.onStart();
    if (index === this.#rowAt) this.#row = result;
    const statement = script.statements[index - this.#before];
    if (statement !== undefined) tellResult(request.engine, script, statement, result);
    const next = result.ok ? script.statements[index + 1 - this.#before] : undefined;
    if (next !== undefined) announceStart({ engine: request.engine, script }, next);
  }

  attempt(): Attempt {
    const { request, script } = this.#write;
    if (this.#failed === undefined) return { kind: "applied", row: appliedRow(request, this.#row) };
    const { index, result } = this.#failed;
    return earlyEnd(index, result) ?? failedAttempt(request, script, this.#stageOf(index), result, true);
  }

  #stageOf(index: number): Stage {
    if (index < this.#before) return "begin";
    if (index < this.#before + this.#write.script.statements.length) return index - this.#before;
    return index === this.texts.length - 1 ? "commit" : "row";
  }
}

/** Taken back with the transaction. */
const leaveMark = (mark: string): string => `pg_catalog.set_config('godwit.last_row', '${mark}', false)`;
const isMarked = (mark: string): string => `pg_catalog.current_setting('godwit.last_row', true) = '${mark}'`;

/** First words of statements that cannot run code of a user's which might change the role. */
const PLAIN_DDL: ReadonlySet<string> = new Set(["CREATE", "DROP", "COMMENT", "GRANT", "REVOKE"]);

/**
 * The row is written as the original role, whatever the file did to it. Asking costs a statement a file, so files of
 * plain DDL are let off.
 */
const mayChangeRole = (script: PreparedScript): boolean =>
  script.statements.some((s) => !PLAIN_DDL.has(s.words[0] ?? ""));

export const insertReturning = (request: ApplyRequest): string =>
  `${insertStatement(request.engine.history, newRow(request))} RETURNING "execution_time"`;

export function appliedRow(
  request: ApplyRequest,
  insert: StatementResult | undefined,
): Extract<Attempt, { kind: "applied" }>["row"] {
  const time = insert?.ok ? insert.result?.rows[0]?.[0] : undefined;
  return { ...rowOf(request), executionTime: Number(time ?? 0) };
}

/** The index of the failed statement of the file, or which of godwit's own round it. */
export type Stage = "begin" | number | "row" | "commit";

export function failedAttempt(
  request: ApplyRequest,
  script: PreparedScript | undefined,
  stage: Stage,
  result: StatementResult | undefined,
  rolledBack: boolean,
): Attempt {
  const error = result !== undefined && !result.ok ? result.error : undefined;
  const statement = typeof stage === "number" ? script?.statements[stage] : undefined;
  if (script !== undefined && statement !== undefined && error !== undefined) {
    const place = placeOfFailure(script, statement, error);
    return { kind: "failed", failure: sqlFailure(script, { error, place, statement }, rolledBack) };
  }
  const { name } = request.migration.file;
  const what =
    stage === "row"
      ? `The row of ${name} could not be written to ${request.engine.history.qualified}`
      : `The transaction of ${name} could not be ${stage === "commit" ? "committed" : "begun"}`;
  const message = `${what}: ${error?.message ?? ""}`;
  return { kind: "failed", failure: { ...plainFailure(error, rolledBack), message, atRow: stage === "row" } };
}
