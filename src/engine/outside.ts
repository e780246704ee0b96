// Files whose statements cannot run in a transaction: one statement at a time, while the session holds the lock. How
// each is run and recorded is steps.ts; here is what comes before and after, and the history row.
import { insertStatement } from "../history/table.ts";
import {
  type ApplyRequest,
  type Attempt,
  eachHooks,
  isConnectionLost,
  type MigrationFailure,
  newRow,
  plainFailure,
  reasonOfRow,
  rowFailure,
  rowOf,
  thrownFailure,
  writeStatement,
} from "./attempt.ts";
import { runCallbacksInside } from "./callbacks.ts";
import { resetRoleStatement, resetSession } from "./engine.ts";
import { openRecord, type ProgressRecord } from "./progress-record.ts";
import { tellResumption } from "./progress-words.ts";
import type { PreparedScript } from "./script.ts";
import { withSessionSettings } from "./session-settings.ts";
import { runSteps } from "./steps.ts";

export type OutsideRequest = Pick<
  ApplyRequest,
  "engine" | "migration" | "lastRank" | "installedBy" | "onStart"
>;

/** The caller holds the lock and has checked that the plan still stands. */
export async function runOutsideTransaction(
  request: OutsideRequest,
  script: PreparedScript,
  verb: "Migrate" | "Undo" = "Migrate",
): Promise<Attempt> {
  const { engine } = request;
  const { session } = engine;
  let record: ProgressRecord | undefined;
  try {
    await resetSession(engine, session, true);
    await runCallbacksInside(engine, session, `beforeEach${verb}`);
    request.onStart();
    const started = engine.world.clock();
    record = await openRecord({ ...request, script });
    const refusal = await rowRefusal(request, record);
    if (refusal !== undefined) return { kind: "failed", failure: refusal };
    tellResumption(engine, script, record);
    const steps = { engine, session, script, record, hooks: eachHooks(engine, verb) };
    const end = await withSessionSettings(engine, () => runSteps(steps));
    const elapsed = Math.round(engine.world.clock() - started);
    if (end.kind === "moved") return end;
    if (end.kind === "failed") {
      await runCallbacksInside(engine, session, `afterEach${verb}Error`);
      if (verb === "Migrate") await recordFailure(request, elapsed);
      return end;
    }
    await runCallbacksInside(engine, session, `afterEach${verb}`);
    const failure = await writeRow(request, record, elapsed);
    if (failure !== undefined) return { kind: "failed", failure };
    return { kind: "applied", row: { ...rowOf(request), executionTime: elapsed } };
  } catch (error) {
    return { kind: "failed", failure: brokenInside(error, script, false, record) };
  }
}

/**
 * Where the progress of a file cannot be recorded, its row is all that keeps the next run from doing it again; so it is
 * tried out before anything is run. Gives why not.
 */
export async function rowRefusal(
  request: OutsideRequest,
  record: ProgressRecord,
): Promise<MigrationFailure | undefined> {
  if (record.isKept) return undefined;
  return tryRow(
    request,
    "Neither could its progress be recorded, so the next run would have done it all again.",
  );
}

/** Writes the row and takes it back; `advice`: what follows from its refusal. */
export async function tryRow(
  request: Pick<ApplyRequest, "engine" | "migration" | "lastRank" | "installedBy">,
  advice: string,
): Promise<MigrationFailure | undefined> {
  const { engine, migration } = request;
  const insert = writeStatement(engine, { ...newRow(request), executionTime: 0 });
  const results = await engine.session.pipeline(["BEGIN", resetRoleStatement(engine), insert, "ROLLBACK"]);
  const bad = results.find((result) => !result.ok);
  if (bad === undefined || bad.ok) return undefined;
  return {
    ...plainFailure(bad.error, true),
    message: `${migration.file.name} was not begun, as its row could not be written to ${engine.history.qualified}: ${reasonOfRow(bad.error)}`,
    advice,
    atRow: true,
  };
}

/** Something thrown while a file ran of which parts may last, most often a connection that broke. */
export function brokenInside(
  error: unknown,
  script: PreparedScript,
  rolledBack: boolean,
  record: ProgressRecord | undefined,
): MigrationFailure {
  const failure = thrownFailure(error, rolledBack);
  if (!isConnectionLost(error)) return failure;
  return {
    ...failure,
    message: `${script.file.name}: ${error.message}`,
    rolledBack: undefined,
    advice:
      record?.isKept === false
        ? "What was done of it could not be recorded, and the next run begins with it again. Look first what is there, and undo it by hand."
        : "What was done of it is recorded. Run the same command again when the server can be reached: it looks first, and goes on from there.",
  };
}

/** The row, and the record's end with it: one is never there without the other. */
export async function writeRow(
  request: OutsideRequest,
  record: ProgressRecord,
  elapsed: number,
): Promise<MigrationFailure | undefined> {
  const { engine } = request;
  const insert = writeStatement(engine, { ...newRow(request), executionTime: elapsed });
  const head = ["BEGIN", resetRoleStatement(engine), insert];
  let failure: MigrationFailure | undefined;
  for (const forget of record.forget()) {
    const results = await engine.session.pipeline([...head, ...forget, "COMMIT"]);
    const bad = results.findIndex((result) => !result.ok);
    const result = results[bad];
    if (result === undefined || result.ok) return undefined;
    failure = rowFailure(request, result.error, false);
    // Not the record's fault: another way of forgetting it would fail in the same place.
    if (bad < head.length) return failure;
  }
  return failure;
}

/**
 * Flyway keeps a failed row only with postgresql.transactional.lock=false: in its default mode that row is rolled
 * back with the lock's transaction (flyway-engine 3.5, seen running), so it must not appear there.
 */
export async function recordFailure(request: OutsideRequest, elapsed: number): Promise<void> {
  const { engine } = request;
  if (engine.settings.transactionalLock) return;
  await engine.session.pipeline([
    resetRoleStatement(engine),
    insertStatement(engine.history, { ...newRow(request), executionTime: elapsed, success: false }),
  ]);
}
