// Scripts with BEGIN, COMMIT, ROLLBACK or savepoints of their own: statement by statement, and in a transaction even
// after the script's own COMMIT, as Flyway's driver does (autocommit off). The caller holds the lock on the session: a
// COMMIT would release one of the transaction.
//
// What a COMMIT in the middle makes lasting is recorded in the same transaction, so that the next run goes on behind it.
// A COMMIT that ends the file takes the history row with it: then file and row are one transaction after all.
import type { Statement } from "../sql/statement.ts";
import {
  type ApplyRequest,
  type Attempt,
  eachHooks,
  type MigrationFailure,
  newRow,
  plainFailure,
  rowFailure,
  rowOf,
  sqlFailure,
  writeStatement,
} from "./attempt.ts";
import { callbacksOf, runCallbacksInside } from "./callbacks.ts";
import { type Engine, resetRoleStatement, searchPathStatement } from "./engine.ts";
import { brokenInside, rowRefusal } from "./outside.ts";
import { adviceOnPrepared, markBeforePrepare, settlePrepared } from "./prepared.ts";
import { waysOf } from "./probe.ts";
import {
  asOwner,
  forgetInside,
  markInside,
  NO_RECORD,
  openRecord,
  type ProgressRecord,
} from "./progress-record.ts";
import { adviceToGoOn, tellResumption } from "./progress-words.ts";
import type { PreparedScript } from "./script.ts";
import { withSessionSettings } from "./session-settings.ts";
import type { RecordedFile } from "./settle.ts";
import { skipFailure } from "./skip-failure.ts";
import { runOne } from "./statements.ts";

export async function applyWithOwnControl(request: ApplyRequest, script: PreparedScript): Promise<Attempt> {
  const { engine } = request;
  const record = commitsInside(engine, script) ? await openRecord({ ...request, script }) : NO_RECORD;
  const refusal = (await rowRefusal(request, record)) ?? (await settlePrepared({ engine, script, record }));
  if (refusal !== undefined) return { kind: "failed", failure: refusal };
  const run = new OwnControlRun(request, script, record);
  const attempt = (): Promise<Attempt> =>
    run.run().catch(async (error: unknown) => {
      await run.abandon();
      return { kind: "failed", failure: brokenInside(error, script, run.rolledBack, record) };
    });
  const { lockTimeoutMs, statementTimeoutMs } = engine.settings;
  const isTimed = lockTimeoutMs !== undefined || statementTimeoutMs !== undefined;
  return isTimed ? withSessionSettings(engine, attempt) : attempt();
}

/** True when something of the file is committed before its row can be. */
function commitsInside(engine: Engine, script: PreparedScript): boolean {
  const { statements } = script;
  return statements.some(
    ({ transactionControl: control }, index) =>
      control === "prepare" ||
      (control === "commit" && !(index === statements.length - 1 && mayTakeRow(engine, script))),
  );
}

/** True when the file ends with a COMMIT behind which nothing is to happen but the row. */
function mayTakeRow(engine: Engine, script: PreparedScript): boolean {
  const last = script.statements.at(-1);
  return (
    last?.transactionControl === "commit" &&
    !chains(last) &&
    eachHooks(engine) === undefined &&
    callbacksOf(engine, "afterEachMigrate").length === 0 &&
    !/\bread\s+only\b/i.test(script.text)
  );
}

const chains = ({ words }: Statement): boolean => words.includes("CHAIN") && !words.includes("NO");

class OwnControlRun {
  readonly #request: ApplyRequest;
  readonly #script: PreparedScript;
  readonly #record: ProgressRecord;
  readonly #mayTakeRow: boolean;
  #isOpen = false;
  #hasCommitted = false;
  #started = 0;
  /** Ran since the last COMMIT. */
  #unmarked: number[] = [];

  constructor(request: ApplyRequest, script: PreparedScript, record: ProgressRecord) {
    this.#request = request;
    this.#script = script;
    this.#record = record;
    this.#mayTakeRow = mayTakeRow(request.engine, script);
  }

  /** False once something of the file lasts. */
  get rolledBack(): boolean {
    return !this.#hasCommitted;
  }

  async run(): Promise<Attempt> {
    const { engine } = this.#request;
    const { session } = engine;
    const path = searchPathStatement(engine, true);
    await session.pipeline(["BEGIN", resetRoleStatement(engine), ...(path === undefined ? [] : [path])]);
    this.#isOpen = true;
    await runCallbacksInside(engine, session, "beforeEachMigrate");
    this.#request.onStart();
    this.#started = engine.world.clock();
    this.#hasCommitted = tellResumption(engine, this.#script, this.#record);
    const skippedBefore = engine.skipNotices.length;
    const { statements } = this.#script;
    for (const index of this.#toRun()) {
      const statement = statements[index];
      if (statement === undefined) continue;
      const skipped = skipFailure(engine, this.#script, skippedBefore);
      if (skipped !== undefined) return this.#failed(skipped);
      const takesRow = this.#mayTakeRow && this.#isOpen && index === statements.length - 1;
      const end = takesRow ? await this.#commitWithRow(index, statement) : await this.#take(index, statement);
      if (end !== undefined) return end;
    }
    const skipped = skipFailure(engine, this.#script, skippedBefore);
    return skipped === undefined ? this.#finish() : this.#failed(skipped);
  }

  /** Ends what is open, where the connection allows. */
  async abandon(): Promise<void> {
    const { session } = this.#request.engine;
    if (!session.isClosed && this.#isOpen) await session.pipeline(["ROLLBACK"]);
  }

  /** What no earlier run committed, and what of that only the lost session knew. */
  #toRun(): readonly number[] {
    const { statements } = this.#script;
    const isDone = (index: number): boolean => this.#record.at(index)?.state === "done";
    const lastOpen = statements.findLastIndex((_, index) => !isDone(index));
    const ways = waysOf(statements, this.#request.engine.session.serverVersion);
    return statements.flatMap((_, index) => {
      const way = ways[index];
      const replays = way?.kind === "session" && way.replay && index < lastOpen;
      return isDone(index) && !replays ? [] : [index];
    });
  }

  async #take(index: number, statement: Statement): Promise<Attempt | undefined> {
    const { engine } = this.#request;
    const { session } = engine;
    const hooks = eachHooks(engine);
    const control = statement.transactionControl;
    if (!this.#isOpen && control !== "begin") {
      await session.query("BEGIN");
      this.#isOpen = true;
    }
    this.#unmarked.push(index);
    await hooks?.before?.(statement);
    const isMarked = control === "commit" && (await markInside(session, this.#record, this.#unmarked));
    const unmarked = control === "prepare" ? await markBeforePrepare(this.#file, index) : undefined;
    if (unmarked !== undefined) return this.#failed(unmarked);
    const failure = await runOne(
      { engine, session, script: this.#script, inTransaction: true },
      index,
      statement,
    );
    if (failure !== undefined) {
      await hooks?.onError?.(statement);
      const failed = sqlFailure(this.#script, failure, this.rolledBack);
      if (control !== "prepare") return this.#failed(failed);
      await this.abandon();
      this.#isOpen = false;
      await this.#record.mark([index], "failed");
      return this.#failed({ ...failed, advice: adviceOnPrepared(this.#file, index, failure.error) });
    }
    if (control === "begin") this.#isOpen = true;
    if (control === "commit" || control === "prepare") this.#hasCommitted = true;
    const ends = control === "commit" || control === "rollback" || control === "prepare";
    if (ends && !chains(statement)) this.#isOpen = false;
    if (control === "commit" || control === "prepare") await this.#settleMarks(isMarked);
    await hooks?.after?.(statement);
    return undefined;
  }

  get #file(): RecordedFile {
    return { engine: this.#request.engine, script: this.#script, record: this.#record };
  }

  async #settleMarks(areWritten: boolean): Promise<void> {
    if (areWritten) this.#record.marked(this.#unmarked, "done");
    else if (!this.#isOpen) await this.#record.mark(this.#unmarked, "done");
    this.#unmarked = [];
  }

  async #commitWithRow(index: number, statement: Statement): Promise<Attempt | undefined> {
    const { engine } = this.#request;
    const { session } = engine;
    const elapsed = this.#elapsed();
    const failure = await this.#writeRow(elapsed);
    if (failure !== undefined) return this.#failed(failure);
    const atCommit = await runOne(
      { engine, session, script: this.#script, inTransaction: true },
      index,
      statement,
    );
    if (atCommit !== undefined) return this.#failed(sqlFailure(this.#script, atCommit, this.rolledBack));
    return this.#applied(elapsed);
  }

  async #finish(): Promise<Attempt> {
    const { engine } = this.#request;
    const { session } = engine;
    if (!this.#isOpen) await session.query("BEGIN");
    this.#isOpen = true;
    await runCallbacksInside(engine, session, "afterEachMigrate");
    const elapsed = this.#elapsed();
    const failure = await this.#writeRow(elapsed);
    if (failure !== undefined) return this.#failed(failure);
    const [commit] = await session.pipeline(["COMMIT"]);
    this.#isOpen = false;
    if (commit !== undefined && !commit.ok) {
      const message = `The transaction of ${this.#request.migration.file.name} could not be committed: ${commit.error.message}`;
      return this.#failed({ ...plainFailure(commit.error, this.rolledBack), message });
    }
    return this.#applied(elapsed);
  }

  /** The row, and the record's end with it, in the open transaction. */
  async #writeRow(elapsed: number): Promise<MigrationFailure | undefined> {
    const { engine } = this.#request;
    const insert = writeStatement(engine, { ...newRow(this.#request), executionTime: elapsed });
    const results = await engine.session.pipeline(asOwner(engine, this.#script, insert));
    const bad = results.find((result) => !result.ok);
    if (bad === undefined || bad.ok) {
      await forgetInside(engine.session, this.#record);
      return undefined;
    }
    return rowFailure(this.#request, bad.error, this.rolledBack);
  }

  #elapsed(): number {
    return Math.round(this.#request.engine.world.clock() - this.#started);
  }

  #applied(elapsed: number): Attempt {
    return { kind: "applied", row: { ...rowOf(this.#request), executionTime: elapsed } };
  }

  async #failed(failure: MigrationFailure): Promise<Attempt> {
    await this.abandon();
    const advice = failure.advice ?? adviceToGoOn(this.#file, !this.rolledBack);
    return { kind: "failed", failure: { ...failure, rolledBack: this.rolledBack, advice } };
  }
}
