// Waiting for the migration lock, for as long as lockRetryCount allows, and telling who holds it.
// The lock itself is Flyway's (same key), taken per migration: in the migration's own transaction where it has one,
// on the session otherwise, so that it never keeps a snapshot that an index build would wait for.
import { GodwitError } from "../base/errors.ts";
import {
  type LockKey,
  letGoOfSessionLock,
  lockKey,
  releaseSessionLock,
  trySessionLock,
  tryTransactionLock,
  whoHolds,
} from "../server/lock.ts";
import { type Engine, isPooled } from "./engine.ts";

export interface LockWait {
  /** Waits a moment. @throws GodwitError when the time that lockRetryCount allows is over. */
  again(): Promise<void>;
  /** The lock was had: the next wait starts anew. */
  had(): void;
}

const POLL_MS = 250;
/** Flyway tries once a second and sleeps after each try, the last one too. */
const FLYWAY_RETRY_MS = 1000;

export function lockWait(engine: Engine): LockWait {
  const { clock, sleep, signal } = engine.world;
  const count = engine.settings.lockRetryCount;
  let since: number | undefined;
  return {
    had: () => {
      since = undefined;
    },
    again: async () => {
      since ??= clock();
      const waitedMs = clock() - since;
      const holder = await describeHolder(engine);
      engine.emit({ type: "lock-wait", what: "migration-lock", waitedMs, holder });
      if (count >= 0 && waitedMs >= (count + 1) * FLYWAY_RETRY_MS) throw timedOut(engine, waitedMs, holder);
      await sleep(POLL_MS, signal);
    },
  };
}

/** Advisory lock key of the engine's history table. */
export const keyOf = (engine: Engine): LockKey => lockKey(engine.history.qualified);

async function describeHolder(engine: Engine): Promise<string | undefined> {
  return (await whoHolds(engine.session, keyOf(engine)))?.text;
}

function timedOut(engine: Engine, waitedMs: number, holder: string | undefined): GodwitError {
  return new GodwitError(
    "ERROR",
    `Another runner kept the migration lock of ${engine.history.qualified} for ${Math.round(waitedMs / 1000)} s` +
      `${holder === undefined ? "" : ` (${holder})`}.`,
    {
      advice:
        "Wait for that run to end, or end its session with pg_terminate_backend(pid) if it hangs. lockRetryCount sets how many seconds to wait (-1: without limit).",
      details: { reason: "LOCK_TIMEOUT" },
    },
  );
}

/**
 * Runs `action` while holding the lock on the session (not in a transaction). Waits for it first.
 */
export async function withSessionLock<T>(
  engine: Engine,
  wait: LockWait,
  action: () => Promise<T>,
): Promise<T> {
  const key = keyOf(engine);
  for (;;) {
    const [row] = await engine.session.query(trySessionLock(key));
    if (row?.["had"] === "t") break;
    await wait.again();
  }
  wait.had();
  try {
    return await action();
  } finally {
    // A broken connection has released the lock already.
    if (!engine.session.isClosed) await release(engine, key);
  }
}

async function release(engine: Engine, key: LockKey): Promise<void> {
  const { emit, session } = engine;
  const [row] = await session.query(releaseSessionLock(key));
  if (row?.["had"] === "t" || !isPooled(engine)) return;
  const holder = await whoHolds(session, key);
  if (holder === undefined) return;
  emit({
    type: "log",
    level: "warn",
    code: "LOCK_LEFT",
    message: `The pooler changed the backend: the migration lock stays with backend ${holder.pid}, and no other run gets it. When no run is at work, let go of it with SELECT pg_terminate_backend(${holder.pid}).`,
  });
}

/** First statement after BEGIN: fails with division_by_zero (22012) when another session has the lock. */
export const lockGuard = (engine: Engine): string => guardOf(tryTransactionLock(keyOf(engine)));

/** The same; the lock is held until `letGo` is run, whatever becomes of the transaction. */
export const sessionLockGuard = (engine: Engine): string => guardOf(trySessionLock(keyOf(engine)));

const guardOf = (tryLock: string): string => `SELECT 1 / (CASE WHEN (${tryLock}) THEN 1 ELSE 0 END)`;

/**
 * Instead of both guards, where the session has the lock already: fails as the first when it has it no longer and
 * another has, and as the second when `also` is not true. `calls` are made behind that.
 */
export const heldGuard = (engine: Engine, also: string, calls: readonly string[]): string =>
  `SELECT ${[
    `1 / pg_catalog.pg_try_advisory_xact_lock(${keyOf(engine)})::int`,
    `pg_catalog.sqrt(CASE WHEN ${also} THEN 1 ELSE -1 END)`,
    ...calls,
  ].join(", ")}`;

/** Of a lock of the session; silent when it has none. */
export const letGo = (engine: Engine): string => letGoOfSessionLock(keyOf(engine));

/** The session stays with one backend from transaction to transaction, as far as can be known. */
export const keepsSession = (engine: Engine): boolean => engine.session.backendPid !== 0 && !isPooled(engine);

/**
 * Second statement: fails with invalid_argument_for_power_function (2201F: the root of -1) when the history is not what
 * the plan was made from. It must be a statement of its own, since its snapshot has to be taken after the lock was had.
 * `also`: SQL that has to be true too.
 */
export const rankGuard = (engine: Engine, lastRank: number, also = "true"): string =>
  `SELECT pg_catalog.sqrt(CASE WHEN coalesce((SELECT max("installed_rank") FROM ${engine.history.qualified}), -1) = ${lastRank} AND ${also} THEN 1 ELSE -1 END)`;

/** Whose refusal an error of the head is; undefined when it is neither's. */
export function refusedBy(sqlState: string): "lock" | "rank" | undefined {
  if (sqlState === "22012") return "lock";
  return sqlState === "2201F" ? "rank" : undefined;
}
