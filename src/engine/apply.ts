// One pending migration into the database and the history, whole or not at all: which way it goes. Which migration is
// next is migrate.ts's; the ways are one-write.ts, streamed.ts, outside.ts, own-control.ts and the steps below.
import { rowGuard } from "../history/table.ts";
import type { ResolvedMigration } from "../migrations/migration.ts";
import {
  type ApplyRequest,
  type Attempt,
  brokenBeforeCommit,
  brokenFailure,
  eachHooks,
  isConnectionLost,
  type MigrationFailure,
  newRow,
  plainFailure,
  rowOf,
  sqlFailure,
  thrownFailure,
  writeRowInside,
  writeStatement,
} from "./attempt.ts";
import { callbacksOf, runCallbacksInside } from "./callbacks.ts";
import { type Engine, resetRoleStatement } from "./engine.ts";
import { readText } from "./files.ts";
import { runScriptFile } from "./interpreter.ts";
import { lockGuard, rankGuard, withSessionLock } from "./migration-lock.ts";
import { type PreparedModule, prepareModule, runModuleOutside } from "./module-migration.ts";
import { appliedRow, applyInWrites, earlyEnd, failedAttempt, head, insertReturning } from "./one-write.ts";
import { runOutsideTransaction, tryRow } from "./outside.ts";
import { applyWithOwnControl } from "./own-control.ts";
import { allowPause } from "./pause.ts";
import { type PreparedScript, prepareScript } from "./script.ts";
import { skipFailure } from "./skip-failure.ts";
import { runStatements } from "./statements.ts";
import { isStreamed, streamStatements } from "./streamed.ts";

/** Reads and splits the file of a migration; undefined for files that are not SQL. */
export function prepareMigration(engine: Engine, migration: ResolvedMigration): PreparedScript | undefined {
  if (migration.language !== "sql" || isStreamed(engine, migration)) return undefined;
  return wholeScript(engine, migration);
}

function wholeScript(engine: Engine, migration: ResolvedMigration): PreparedScript {
  return prepareScript(
    { file: migration.file, config: migration.config, text: readText(migration) },
    {
      settings: engine.settings,
      serverVersion: engine.session.serverVersion,
      placeholders: engine.placeholders,
    },
  );
}

export async function apply(request: ApplyRequest): Promise<Attempt> {
  const { engine, script } = request;
  if (engine.settings.skipExecutingMigrations) return recordOnly(request);
  if (script === undefined) {
    return request.migration.language === "sql" ? applyStreamed(request) : applyOtherFile(request);
  }
  if (!script.transactional) return withLockChecked(request, () => runOutsideTransaction(request, script));
  if (script.ownControl) return withLockChecked(request, () => applyWithOwnControl(request, script));
  return needsSteps(engine, script) ? applyInSteps(request, script) : applyAlone(request, script);
}

async function applyAlone(request: ApplyRequest, script: PreparedScript): Promise<Attempt> {
  const [attempt] = await applyInWrites(request.engine, [{ request, script }]);
  return attempt ?? { kind: "moved" };
}

/** True for a file that may share a write with others: nothing has to be decided while it runs. */
export const sharesWrite = (engine: Engine, script: PreparedScript | undefined): script is PreparedScript =>
  script?.transactional === true &&
  !script.ownControl &&
  engine.settings.lockTimeoutRetries === 0 &&
  engine.settings.waitForGapMs === undefined &&
  !LETS_GO.test(script.text) &&
  !needsSteps(engine, script);

/** The files of a write are held together by an advisory lock of the session. */
const LETS_GO = /advisory_unlock/i;

// --- in steps: callbacks, COPY, overrides --------------------------------------------------------------------------

function needsSteps(engine: Engine, script: PreparedScript): boolean {
  return (
    eachHooks(engine) !== undefined ||
    hasEachCallbacks(engine) ||
    engine.settings.errorOverrides.length > 0 ||
    engine.settings.failOnSkipNotices ||
    script.statements.some((s) => s.copyData !== undefined)
  );
}

const hasEachCallbacks = (engine: Engine): boolean =>
  ["beforeEachMigrate", "afterEachMigrate", "afterEachMigrateError"].some(
    (e) => callbacksOf(engine, e).length > 0,
  );

/** Opens the transaction of a migration, with its guards; what it came to when it could not be opened. */
async function begin(
  request: ApplyRequest,
  script: PreparedScript | undefined,
): Promise<Attempt | undefined> {
  const { session } = request.engine;
  const before = await session.pipeline(head(request));
  const bad = before.findIndex((r) => !r.ok);
  if (bad === -1) return undefined;
  await session.query("ROLLBACK");
  return earlyEnd(before[bad]) ?? failedAttempt(request, script, "begin", before[bad], true);
}

async function applyInSteps(request: ApplyRequest, script: PreparedScript): Promise<Attempt> {
  const { engine } = request;
  const ended = await begin(request, script);
  if (ended !== undefined) return ended;
  return finishTransaction(request, script, async () => {
    const hooks = eachHooks(engine);
    const failure = await runStatements({
      engine,
      session: engine.session,
      script,
      inTransaction: true,
      ...(hooks === undefined ? {} : { hooks }),
    });
    return failure === undefined ? undefined : sqlFailure(script, failure, true);
  });
}

async function applyModule(request: ApplyRequest, module: PreparedModule): Promise<Attempt> {
  if (!module.transactional) return withLockChecked(request, () => runModuleOutside(request, module));
  return (await begin(request, undefined)) ?? finishTransaction(request, undefined, () => module.run());
}

/** A file too large to hold (streamed.ts); one that turns out to need more than a transaction is run whole after all. */
async function applyStreamed(request: ApplyRequest): Promise<Attempt> {
  const ended = await begin(request, undefined);
  if (ended !== undefined) return ended;
  let unfit = false;
  const attempt = await finishTransaction(request, undefined, async () => {
    const streamed = await streamStatements(request);
    if (streamed.kind === "ran") return streamed.failure;
    unfit = true;
    return plainFailure(undefined, true);
  });
  return unfit ? apply({ ...request, script: wholeScript(request.engine, request.migration) }) : attempt;
}

/** Runs callbacks and statements in the open transaction, writes the row and commits. */
async function finishTransaction(
  request: ApplyRequest,
  script: PreparedScript | undefined,
  run: () => Promise<MigrationFailure | undefined>,
): Promise<Attempt> {
  const { engine } = request;
  const { session } = engine;
  const skippedBefore = engine.skipNotices.length;
  let isCommitting = false;
  try {
    await runCallbacksInside(engine, session, "beforeEachMigrate");
    request.onStart();
    const failure = await run();
    if (failure !== undefined) {
      if (failure.sql !== undefined) await runCallbacksInside(engine, session, "afterEachMigrateError");
      await session.query("ROLLBACK");
      return { kind: "failed", failure };
    }
    const skipped = skipFailure(engine, request.migration, skippedBefore);
    if (skipped !== undefined) {
      await session.query("ROLLBACK");
      return { kind: "failed", failure: skipped };
    }
    await runCallbacksInside(engine, session, "afterEachMigrate");
    const guard = rowGuard(engine.history, newRow(request).installedRank);
    const tail = [resetRoleStatement(engine), insertReturning(request), guard, "COMMIT"];
    isCommitting = true;
    const after = await session.pipeline(tail, { keepRows: true });
    const bad = after.findIndex((r) => !r.ok);
    if (bad === -1) return { kind: "applied", row: appliedRow(request, after[1]) };
    const isAtCommit = bad === tail.length - 1;
    if (!isAtCommit) await session.query("ROLLBACK");
    return failedAttempt(request, script, isAtCommit ? "commit" : "row", after[bad], true);
  } catch (error) {
    if (!session.isClosed) await session.query("ROLLBACK");
    if (!isConnectionLost(error)) return { kind: "failed", failure: thrownFailure(error, true) };
    const broken = isCommitting ? brokenFailure : brokenBeforeCommit;
    return { kind: "failed", failure: broken(request.migration, error) };
  }
}

// --- other kinds -----------------------------------------------------------------------------------------------------

/** skipExecutingMigrations: only the row. */
async function recordOnly(request: ApplyRequest): Promise<Attempt> {
  const { engine } = request;
  const statements = [
    "BEGIN",
    lockGuard(engine),
    rankGuard(engine, request.lastRank),
    resetRoleStatement(engine),
    writeStatement(engine, { ...newRow(request), executionTime: 0 }),
    "COMMIT",
  ];
  const results = await engine.session.pipeline(statements);
  const bad = results.findIndex((r) => !r.ok);
  if (bad === -1) return { kind: "applied", row: { ...rowOf(request), executionTime: 0 } };
  const result = results[bad];
  const early = bad < 3 ? earlyEnd(result) : undefined;
  const stage = bad < 3 ? "begin" : bad === statements.length - 1 ? "commit" : "row";
  return early ?? failedAttempt(request, undefined, stage, result, true);
}

async function applyOtherFile(request: ApplyRequest): Promise<Attempt> {
  let module: PreparedModule | undefined;
  try {
    module = await prepareModule(request.engine, request.migration);
  } catch (error) {
    return { kind: "failed", failure: thrownFailure(error, true) };
  }
  return module === undefined ? applyScriptFile(request) : applyModule(request, module);
}

/** A shell or other script: outside the database, so it runs while the session holds the lock. */
async function applyScriptFile(request: ApplyRequest): Promise<Attempt> {
  const { engine, migration } = request;
  return withLockChecked(request, async () => {
    const started = engine.world.clock();
    const refusal = await tryRow(
      request,
      "What a script does stays, so the next run would have done it again.",
    );
    if (refusal !== undefined) return { kind: "failed", failure: refusal };
    try {
      await engine.session.query("BEGIN");
      await runCallbacksInside(engine, engine.session, "beforeEachMigrate");
      request.onStart();
      await allowPause(engine.session);
      await runScriptFile(engine.world, migration.file, engine.placeholders);
      await runCallbacksInside(engine, engine.session, "afterEachMigrate");
      const elapsed = Math.round(engine.world.clock() - started);
      const atRow = await writeRowInside(request, elapsed);
      if (atRow !== undefined) {
        await engine.session.query("ROLLBACK");
        return { kind: "failed", failure: atRow };
      }
      await engine.session.query("COMMIT");
      return { kind: "applied", row: { ...rowOf(request), executionTime: elapsed } };
    } catch (error) {
      if (!engine.session.isClosed) await engine.session.query("ROLLBACK");
      return { kind: "failed", failure: thrownFailure(error, true) };
    }
  });
}

/** Holds the lock on the session, and gives "moved" when the history is not what the plan was made from. */
async function withLockChecked(request: ApplyRequest, action: () => Promise<Attempt>): Promise<Attempt> {
  const { engine } = request;
  return withSessionLock(engine, request.wait, async () => {
    const [row] = await engine.session.query(
      `SELECT coalesce(max("installed_rank"), -1) AS rank FROM ${engine.history.qualified}`,
    );
    return Number(row?.["rank"]) === request.lastRank ? action() : { kind: "moved" };
  });
}

// --- rows and failures -------------------------------------------------------------------------------------------------
