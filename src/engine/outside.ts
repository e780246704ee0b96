// Files whose statements cannot run in a transaction: one statement at a time, while the session holds the lock. How
// each is run and recorded is steps.ts; here is what comes before and after, and the history row.
import { insertStatement } from "../history/table.ts";
import {
  type ApplyRequest,
  type Attempt,
  eachHooks,
  type MigrationFailure,
  newRow,
  plainFailure,
  rowOf,
  thrownFailure,
} from "./attempt.ts";
import { runCallbacksInside } from "./callbacks.ts";
import { resetRoleStatement, resetSession } from "./engine.ts";
import { openRecord, type ProgressRecord } from "./progress-record.ts";
import type { PreparedScript } from "./script.ts";
import { runSteps } from "./steps.ts";

/** The caller holds the lock and has checked that the plan still stands. */
export async function runOutsideTransaction(request: ApplyRequest, script: PreparedScript): Promise<Attempt> {
  const { engine } = request;
  const { session } = engine;
  try {
    await resetSession(engine, session, true);
    await runCallbacksInside(engine, session, "beforeEachMigrate");
    request.onStart();
    const started = engine.world.clock();
    const record = await openRecord({ ...request, script });
    tellResumption(request, script, record);
    const end = await runSteps({ engine, session, script, record, hooks: eachHooks(engine) });
    const elapsed = Math.round(engine.world.clock() - started);
    if (end.kind === "moved") return end;
    if (end.kind === "failed") {
      await runCallbacksInside(engine, session, "afterEachMigrateError");
      await recordFailure(request, elapsed);
      return end;
    }
    await runCallbacksInside(engine, session, "afterEachMigrate");
    const failure = await writeRow(request, record, elapsed);
    if (failure !== undefined) return { kind: "failed", failure };
    return { kind: "applied", row: { ...rowOf(request), executionTime: elapsed } };
  } catch (error) {
    return { kind: "failed", failure: thrownFailure(error, false) };
  }
}

/** "Statements 1 to 2 of 5 were done by an earlier run". */
function tellResumption({ engine }: ApplyRequest, script: PreparedScript, record: ProgressRecord): void {
  const { statements } = script;
  const done = statements.flatMap((_, index) => (record.at(index)?.state === "done" ? [index + 1] : []));
  const [first] = done;
  if (first === undefined) return;
  const last = done.at(-1) ?? first;
  const which = done.length === 1 ? `statement ${first}` : `statements ${first} to ${last}`;
  engine.emit({
    type: "log",
    level: "info",
    code: "RESUMED",
    message: `${script.file.name}: an earlier run got as far as ${which} of ${statements.length}; this one goes on behind.`,
  });
}

/** The row, and the record's end with it: one is never there without the other. */
async function writeRow(
  request: ApplyRequest,
  record: ProgressRecord,
  elapsed: number,
): Promise<MigrationFailure | undefined> {
  const { engine } = request;
  const insert = insertStatement(engine.history, { ...newRow(request), executionTime: elapsed });
  const head = ["BEGIN", resetRoleStatement(engine), insert];
  let failure: MigrationFailure | undefined;
  for (const forget of record.forget()) {
    const results = await engine.session.pipeline([...head, ...forget, "COMMIT"]);
    const bad = results.findIndex((result) => !result.ok);
    const result = results[bad];
    if (result === undefined || result.ok) return undefined;
    failure = {
      ...plainFailure(result.error, false),
      message: `The row of ${request.migration.file.name} could not be written to ${engine.history.qualified}: ${result.error.message}`,
      atRow: true,
    };
    // Not the record's fault: another way of forgetting it would fail in the same place.
    if (bad < head.length) return failure;
  }
  return failure;
}

/**
 * Flyway keeps a failed row only with postgresql.transactional.lock=false: in its default mode that row is rolled
 * back with the lock's transaction (flyway-engine 3.5, seen running), so it must not appear there.
 */
async function recordFailure(request: ApplyRequest, elapsed: number): Promise<void> {
  const { engine } = request;
  if (engine.settings.transactionalLock) return;
  await engine.session.pipeline([
    resetRoleStatement(engine),
    insertStatement(engine.history, { ...newRow(request), executionTime: elapsed, success: false }),
  ]);
}
