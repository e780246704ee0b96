// While a statement takes its time: who blocks it, and how far it is, asked over a second connection that is opened
// only then. Nothing here changes what the run does.
import type { MigrationRef, RunEvent } from "../base/event.ts";
import { blockadeText, blockersOf } from "../server/blockers.ts";
import { progressOf } from "../server/progress.ts";
import type { Session } from "../server/session.ts";
import type { Engine } from "./engine.ts";

/** What the run is at, kept up by its own events. */
export interface Activity {
  migration: MigrationRef | undefined;
  statement: string;
  /** Monotonic milliseconds. */
  since: number;
  /** Who was last seen to keep the statement waiting for a lock. */
  holder: string | undefined;
}

export function followActivity(activity: Activity, event: RunEvent, now: () => number): void {
  switch (event.type) {
    case "migration-start":
      activity.migration = event.migration;
      activity.since = now();
      activity.holder = undefined;
      return;
    case "statement-start":
      activity.statement = event.summary;
      activity.since = now();
      activity.holder = undefined;
      return;
    case "statement-end":
      activity.since = now();
      return;
    case "migration-end":
    case "migration-failed":
      activity.migration = undefined;
      activity.statement = "";
      return;
    default:
  }
}

/** A statement that ends sooner is not looked at, unless it may not wait for a lock so long. */
const PATIENCE_MS = 2000;
const LOOK_EVERY_MS = 1000;
const SOONEST_LOOK_MS = 50;
/** Of the time that a statement may wait, when to look who keeps it waiting. */
const PART_OF_TIMEOUT = 0.4;

/** Runs `action`, looking after it from outside. */
export async function watched<T>(engine: Engine, action: () => Promise<T>): Promise<T> {
  if (engine.world.hasOneConnection === true) return action();
  const done = new AbortController();
  engine.activity.since = engine.world.clock();
  const looking = look(engine, done.signal);
  try {
    return await action();
  } finally {
    done.abort();
    await looking;
  }
}

async function look(engine: Engine, done: AbortSignal): Promise<void> {
  const { clock, sleep } = engine.world;
  const patienceMs = Math.min(PATIENCE_MS, shortestLockTimeout(engine) * PART_OF_TIMEOUT);
  const soonMs = Math.max(SOONEST_LOOK_MS, Math.min(LOOK_EVERY_MS, patienceMs / 2));
  let second: Session | undefined;
  let elapsedMs = 0;
  try {
    while (!done.aborted) {
      await sleep(elapsedMs < PATIENCE_MS ? soonMs : LOOK_EVERY_MS, done);
      elapsedMs = clock() - engine.activity.since;
      if (elapsedMs < patienceMs || engine.session.isClosed) continue;
      second ??= await engine.world.connect();
      await tell(engine, second, elapsedMs);
    }
  } catch {
    // The run is over, or the second connection could not be had: watching is a courtesy, never a failure.
  } finally {
    await second?.close();
  }
}

/** Milliseconds: that of the run, or of a file that has its own. */
function shortestLockTimeout({ folder, settings }: Engine): number {
  const all = [settings.lockTimeoutMs, ...folder.migrations.map((m) => m.config.timing?.lockTimeoutMs)];
  return Math.min(...all.filter((ms) => ms !== undefined && ms > 0).map(Number));
}

async function tell(engine: Engine, second: Session, elapsedMs: number): Promise<void> {
  const pid = engine.session.backendPid;
  const holder = blockadeText(await blockersOf(second, pid));
  if (holder !== undefined) engine.activity.holder = holder;
  if (elapsedMs < PATIENCE_MS) return;
  if (holder !== undefined) {
    engine.emit({ type: "lock-wait", what: "table-lock", waitedMs: elapsedMs, holder });
    return;
  }
  const { migration, statement } = engine.activity;
  if (migration === undefined) return;
  const progress = await progressOf(second, pid);
  engine.emit({
    type: "progress",
    migration,
    statement,
    elapsedMs,
    detail: progress?.text,
    fraction: progress?.fraction,
  });
}
