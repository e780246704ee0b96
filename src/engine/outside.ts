// Files whose statements cannot run in a transaction: one statement at a time, while the session holds the lock.
import { insertStatement } from "../history/table.ts";
import {
  type ApplyRequest,
  type Attempt,
  eachHooks,
  newRow,
  rowOf,
  sqlFailure,
  thrownFailure,
} from "./attempt.ts";
import { runCallbacksInside } from "./callbacks.ts";
import { resetSession } from "./engine.ts";
import type { PreparedScript } from "./script.ts";
import { runStatements } from "./statements.ts";

/** The caller holds the lock and has checked that the plan still stands. */
export async function runOutsideTransaction(request: ApplyRequest, script: PreparedScript): Promise<Attempt> {
  const { engine } = request;
  const { session } = engine;
  try {
    await resetSession(engine, session, true);
    await runCallbacksInside(engine, session, "beforeEachMigrate");
    request.onStart();
    const started = engine.world.clock();
    const hooks = eachHooks(engine);
    const failure = await runStatements({ engine, session, script, hooks: hooks ?? {} });
    const elapsed = Math.round(engine.world.clock() - started);
    if (failure !== undefined) {
      await runCallbacksInside(engine, session, "afterEachMigrateError");
      await recordFailure(request, elapsed);
      return { kind: "failed", failure: sqlFailure(script, failure, false) };
    }
    await runCallbacksInside(engine, session, "afterEachMigrate");
    await resetSession(engine, session, true);
    await session.query(insertStatement(engine.history, { ...newRow(request), executionTime: elapsed }));
    return { kind: "applied", row: { ...rowOf(request), executionTime: elapsed } };
  } catch (error) {
    return { kind: "failed", failure: thrownFailure(error, false) };
  }
}

/**
 * Flyway keeps a failed row only with postgresql.transactional.lock=false: in its default mode that row is rolled
 * back with the lock's transaction (flyway-engine 3.5, seen running), so it must not appear there.
 */
async function recordFailure(request: ApplyRequest, elapsed: number): Promise<void> {
  const { engine } = request;
  if (engine.settings.transactionalLock) return;
  await engine.session.query(
    insertStatement(engine.history, { ...newRow(request), executionTime: elapsed, success: false }),
  );
}
