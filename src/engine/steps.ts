// A file's statements one by one, outside a transaction, so that a break at any point can be mended: what an earlier
// run did is not done again, what it began is looked for in the catalog, and each step is recorded as it is taken.
// The table of the record is progress-record.ts, what the catalog tells is probe.ts; lock and history row are outside.ts.
import { GodwitError, type SqlErrorFields } from "../base/errors.ts";
import { trySessionLock } from "../server/lock.ts";
import type { Session, StatementResult } from "../server/session.ts";
import type { Statement } from "../sql/statement.ts";
import { type MigrationFailure, plainFailure, sqlFailure } from "./attempt.ts";
import { backOff, LOCK_NOT_AVAILABLE } from "./back-off.ts";
import type { Engine } from "./engine.ts";
import { keyOf } from "./migration-lock.ts";
import { adviceOnPrepared, markBeforePrepare, settlePrepared } from "./prepared.ts";
import { dropsLocks, UNKNOWN, type Way, waysOf } from "./probe.ts";
import type { Probe } from "./probes/probe.ts";
import { markInside, type ProgressRecord } from "./progress-record.ts";
import { adviceToGoOn } from "./progress-words.ts";
import type { PreparedScript } from "./script.ts";
import { settle, statementName, tellFoundDone, unknownEnd } from "./settle.ts";
import { skipFailure } from "./skip-failure.ts";
import {
  announceStart,
  copyChunks,
  type StatementHooks,
  tellResult,
  unlessOverridden,
} from "./statements.ts";

export interface StepsRequest {
  readonly engine: Engine;
  readonly session: Session;
  readonly script: PreparedScript;
  readonly record: ProgressRecord;
  readonly hooks: StatementHooks | undefined;
}

export type StepsEnd =
  | { readonly kind: "ok" }
  /** The migration lock was lost to another runner, which goes on with the file. */
  | { readonly kind: "moved" }
  | { readonly kind: "failed"; readonly failure: MigrationFailure };

type Step = StepsEnd;
const OK: Step = { kind: "ok" };

/** query_canceled: Ctrl-C, or statement_timeout. */
const CANCELED = "57014";

export async function runSteps(request: StepsRequest): Promise<StepsEnd> {
  const { engine, record, script } = request;
  const { statements } = script;
  const unknown = await settlePrepared(request);
  if (unknown !== undefined) return { kind: "failed", failure: unknown };
  const ways = waysOf(statements, engine.session.serverVersion);
  const stepper = new Stepper(request);
  const isDone = (index: number): boolean => record.at(index)?.state === "done";
  const lastOpen = statements.findLastIndex((_, index) => !isDone(index));
  for (const [index, statement] of statements.entries()) {
    const way = ways[index] ?? UNKNOWN;
    const replays = isDone(index) && way.kind === "session" && way.replay && index < lastOpen;
    if (isDone(index) && !replays) continue;
    refuseStopped(request, index);
    const step = await stepper.take(index, statement, way);
    if (step.kind !== "ok") return step;
  }
  return stepper.end();
}

/** Asked to stop between two statements: the next is not begun, and what is done stays recorded. */
function refuseStopped({ engine, script }: StepsRequest, index: number): void {
  if (engine.world.signal?.aborted !== true) return;
  const { statements, file } = script;
  const statement = statements[index];
  throw new GodwitError(
    "ABORTED",
    `${file.name} was stopped before statement ${index + 1} of ${statements.length}.`,
    {
      ...(statement === undefined ? {} : { place: script.place(statement) }),
      advice:
        "What was done before it stays, and is recorded. Run the same command again to go on from there.",
    },
  );
}

class Stepper {
  readonly #request: StepsRequest;
  /** Statements of the script's own open transaction; undefined outside one. */
  #block: number[] | undefined;
  /** Ran, and to be marked with the next mark. */
  #unmarked: number[] = [];

  constructor(request: StepsRequest) {
    this.#request = request;
  }

  async take(index: number, statement: Statement, way: Way): Promise<Step> {
    const { hooks } = this.#request;
    await hooks?.before?.(statement);
    const step = await this.#takeInTime(index, statement, way);
    if (step.kind === "failed") await hooks?.onError?.(statement);
    if (step.kind !== "ok") return step;
    if (!(await this.#keepLock(statement))) return { kind: "moved" };
    await hooks?.after?.(statement);
    return step;
  }

  async end(): Promise<Step> {
    const { record, script, session } = this.#request;
    if (this.#block === undefined) {
      await record.mark(this.#unmarked, "done");
      return OK;
    }
    // The script left a transaction open: Flyway's driver would commit it with the row.
    const indices = [...this.#unmarked, ...this.#block];
    const isMarked = await markInside(session, record, indices);
    const [commit] = await session.pipeline(["COMMIT"]);
    if (commit !== undefined && !commit.ok) return this.#failed(script.statements.length - 1, commit.error);
    if (isMarked) record.marked(indices, "done");
    return OK;
  }

  /** As often as lockTimeoutRetries says; a build that met lock_timeout has its remains cleared away first. */
  async #takeInTime(index: number, statement: Statement, way: Way): Promise<Step> {
    const { engine, script } = this.#request;
    for (let retry = 1; ; retry++) {
      // A statement of the script's own transaction cannot be tried again: the transaction is lost.
      const mayRetry = this.#block === undefined && retry <= engine.settings.lockTimeoutRetries;
      const step = await this.#takeOne(index, statement, way).catch((error: unknown) => {
        if (mayRetry && error instanceof GodwitError && error.sql?.sqlState === LOCK_NOT_AVAILABLE)
          return undefined;
        throw error;
      });
      const isLate =
        step === undefined || (step.kind === "failed" && step.failure.sql?.sqlState === LOCK_NOT_AVAILABLE);
      if (step !== undefined && !(isLate && mayRetry)) return step;
      await backOff(engine, retry, `${statementName(script, index)} did not get a lock in time.`);
    }
  }

  #takeOne(index: number, statement: Statement, way: Way): Promise<Step> {
    if (this.#block !== undefined || statement.transactionControl !== undefined) {
      return this.#inOwnTransaction(index, statement);
    }
    if (way.kind === "session") return this.#forSession(index, statement);
    if (way.kind === "wrapped") return this.#wrapped(index, statement);
    return this.#alone(index, statement, way.kind === "probed" ? way.probe : undefined);
  }

  // --- in a transaction of its own, with its mark ----------------------------------------------------------------

  async #wrapped(index: number, statement: Statement): Promise<Step> {
    const { engine, record, session, script } = this.#request;
    // Begun outside a transaction by an earlier run, because the server wanted it so.
    if (record.at(index)?.state === "begun") return this.#alone(index, statement, undefined);
    if (this.#mustLook(statement)) return this.#wrappedWithALook(index, statement);
    announceStart(this.#request, statement);
    const marks = record.marks([...this.#unmarked, index], "done");
    const results = await session.pipeline(["BEGIN", statement.text, ...marks, "COMMIT"], {
      keepRows: engine.settings.outputQueryResults,
    });
    const result = results[1];
    if (result === undefined) return this.#failed(index, undefined);
    if (!result.ok && refusesTransaction(result.error)) return this.#alone(index, statement, undefined);
    tellResult(engine, script, statement, result);
    if (!result.ok) return this.#failed(index, result.error);
    const refusal = results.slice(2, -1).find((r) => !r.ok);
    if (refusal !== undefined && !refusal.ok) {
      // The mark took the statement down with it.
      if (refusal.error.sqlState === CANCELED) return this.#failed(index, refusal.error);
      record.giveUp(refusal.error.message);
      return this.#wrapped(index, statement);
    }
    const commit = results.at(-1);
    if (commit !== undefined && !commit.ok) return this.#failed(index, commit.error);
    this.#marked(index);
    return OK;
  }

  /** True when something has to be decided between the statement and its COMMIT. */
  #mustLook(statement: Statement): boolean {
    const { settings } = this.#request.engine;
    return (
      statement.copyData !== undefined || settings.errorOverrides.length > 0 || settings.failOnSkipNotices
    );
  }

  async #wrappedWithALook(index: number, statement: Statement): Promise<Step> {
    const { engine, record, session, script } = this.#request;
    await session.query("BEGIN");
    const skipsBefore = engine.skipNotices.length;
    const result = await this.#send(statement, []);
    if (!result.ok && refusesTransaction(result.error)) {
      await session.query("ROLLBACK");
      return this.#alone(index, statement, undefined);
    }
    const raised = tellResult(engine, script, statement, result);
    const error =
      raised ?? (result.ok ? undefined : unlessOverridden(engine, script, statement, result.error));
    const skipped = skipFailure(engine, script, skipsBefore);
    if (error !== undefined || skipped !== undefined) {
      await session.query("ROLLBACK");
      return error === undefined ? this.#skipped(skipped) : this.#failed(index, error);
    }
    if (!result.ok) {
      // An override made light of the error; nothing of the statement is left.
      await session.query("ROLLBACK");
      await record.mark([...this.#unmarked, index], "done");
      this.#unmarked = [];
      return OK;
    }
    const marks = record.marks([...this.#unmarked, index], "done");
    const results = await session.pipeline([...marks, "COMMIT"]);
    const refusal = results.slice(0, -1).find((r) => !r.ok);
    if (refusal !== undefined && !refusal.ok) {
      if (refusal.error.sqlState === CANCELED) return this.#failed(index, refusal.error);
      record.giveUp(refusal.error.message);
      return this.#wrappedWithALook(index, statement);
    }
    const commit = results.at(-1);
    if (commit !== undefined && !commit.ok) return this.#failed(index, commit.error);
    this.#marked(index);
    return OK;
  }

  // --- on its own ------------------------------------------------------------------------------------------------

  async #alone(index: number, statement: Statement, probe: Probe | undefined): Promise<Step> {
    const { engine, record, session, script } = this.#request;
    const recorded = record.at(index);
    if (recorded?.state === "begun" && probe === undefined) {
      return { kind: "failed", failure: unknownEnd(this.#request, index) };
    }
    const verdict = probe === undefined ? undefined : await settle(this.#request, index, probe);
    if (verdict?.kind === "unknown") {
      return { kind: "failed", failure: unknownEnd(this.#request, index, verdict) };
    }
    if (verdict?.kind === "done") {
      tellFoundDone(this.#request, index, verdict.because);
      await record.mark([...this.#unmarked, index], "done");
      this.#unmarked = [];
      return OK;
    }
    const note = await probe?.before(session);
    const marks = record.marks([index], "begun", note);
    const prefix = marks.length > 1 ? ["BEGIN", ...marks, "COMMIT"] : marks;
    const skipsBefore = engine.skipNotices.length;
    const result = await this.#send(statement, prefix);
    const raised = tellResult(engine, script, statement, result);
    const error =
      raised ?? (result.ok ? undefined : unlessOverridden(engine, script, statement, result.error));
    const skipped = skipFailure(engine, script, skipsBefore);
    if (error !== undefined || skipped !== undefined) {
      await record.mark(this.#unmarked, "done");
      await record.mark([index], "failed", note);
      return error === undefined ? this.#skipped(skipped) : this.#failed(index, error);
    }
    await record.mark([...this.#unmarked, index], "done");
    this.#unmarked = [];
    return OK;
  }

  async #forSession(index: number, statement: Statement): Promise<Step> {
    const { engine, script } = this.#request;
    const result = await this.#send(statement, []);
    const raised = tellResult(engine, script, statement, result);
    const error =
      raised ?? (result.ok ? undefined : unlessOverridden(engine, script, statement, result.error));
    if (error !== undefined) return this.#failed(index, error);
    this.#unmarked.push(index);
    return OK;
  }

  /** Sends the statement, behind others in the same write, and gives its own result. */
  async #send(statement: Statement, prefix: readonly string[]): Promise<StatementResult> {
    const { engine, record, script, session } = this.#request;
    announceStart(this.#request, statement);
    if (statement.copyData !== undefined) {
      return session.copyIn(statement.text, copyChunks(script.text, statement.copyData));
    }
    const results = await session.pipeline([...prefix, statement.text], {
      keepRows: engine.settings.outputQueryResults,
    });
    const refusal = results.slice(0, prefix.length).find((r) => !r.ok);
    if (refusal !== undefined && !refusal.ok) record.giveUp(refusal.error.message);
    const result = results[prefix.length];
    if (result === undefined) throw new Error("a statement without an answer");
    return result;
  }

  /** DISCARD ALL lets go of the migration lock as well; whoever took it meanwhile goes on from the record. */
  async #keepLock(statement: Statement): Promise<boolean> {
    if (!dropsLocks(statement)) return true;
    const { engine, session } = this.#request;
    const [row] = await session.query(trySessionLock(keyOf(engine)));
    return row?.["had"] === "t";
  }

  // --- the script's own transactions -----------------------------------------------------------------------------

  async #inOwnTransaction(index: number, statement: Statement): Promise<Step> {
    const { engine, record, script, session } = this.#request;
    const control = statement.transactionControl;
    const block = this.#block ?? [];
    const indices = [...this.#unmarked, ...block, index];
    const isMarked =
      control === "commit" && this.#block !== undefined && (await markInside(session, record, indices));
    if (control === "prepare" && this.#block !== undefined) {
      const unmarked = await markBeforePrepare(this.#request, index);
      if (unmarked !== undefined) {
        await session.query("ROLLBACK");
        return { kind: "failed", failure: unmarked };
      }
    }
    const result = await this.#send(statement, []);
    const raised = tellResult(engine, script, statement, result);
    const error =
      raised ?? (result.ok ? undefined : unlessOverridden(engine, script, statement, result.error));
    if (error !== undefined) {
      if (this.#block !== undefined) await session.query("ROLLBACK");
      if (control === "prepare") await record.mark([index], "failed");
      return this.#failed(index, error);
    }
    block.push(index);
    const chains = statement.words.includes("CHAIN") && !statement.words.includes("NO");
    if (control === "commit") {
      const lasts = isMarked && result.ok && result.command === "COMMIT";
      if (lasts) record.marked(indices, "done");
      else if (!chains) await record.mark(indices, "done");
      this.#unmarked = [];
      this.#block = chains ? [] : undefined;
    } else if (control === "rollback") {
      this.#unmarked.push(...block);
      this.#block = chains ? [] : undefined;
    } else if (control === "prepare") {
      await record.mark(indices, "done");
      this.#unmarked = [];
      this.#block = undefined;
    } else {
      this.#block = block;
    }
    return OK;
  }

  // --- small things ------------------------------------------------------------------------------------------------

  #marked(index: number): void {
    this.#request.record.marked([...this.#unmarked, index], "done");
    this.#unmarked = [];
  }

  #failed(index: number, error: SqlErrorFields | undefined): Step {
    const { script } = this.#request;
    const statement = script.statements[index];
    if (statement === undefined || error === undefined)
      return { kind: "failed", failure: plainFailure(error, false) };
    const place = script.place(statement, error.position);
    const failure = sqlFailure(script, { error, place, statement }, false);
    const advice = [
      failure.advice,
      adviceOnPrepared(this.#request, index, error),
      adviceToGoOn(this.#request, index > 0),
    ];
    return { kind: "failed", failure: { ...failure, advice: joined(advice) } };
  }

  #skipped(failure: MigrationFailure = plainFailure(undefined, false)): Step {
    const advice = joined([failure.advice, adviceToGoOn(this.#request, true)]);
    return { kind: "failed", failure: { ...failure, rolledBack: false, advice } };
  }
}

const joined = (texts: readonly (string | undefined)[]): string | undefined =>
  texts.filter((text) => text !== undefined).join(" ") || undefined;

/** 25001: it cannot run inside a transaction block. 2D000: it ends transactions itself. Either way nothing was done. */
const refusesTransaction = ({ sqlState }: SqlErrorFields): boolean =>
  sqlState === "25001" || sqlState === "2D000";
