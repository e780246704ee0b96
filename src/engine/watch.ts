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
}

export function followActivity(activity: Activity, event: RunEvent, now: () => number): void {
  switch (event.type) {
    case "migration-start":
      activity.migration = event.migration;
      activity.since = now();
      return;
    case "statement-start":
      activity.statement = event.summary;
      activity.since = now();
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

/** A statement that ends sooner is not looked at. */
const PATIENCE_MS = 2000;
const LOOK_EVERY_MS = 1000;

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
  let second: Session | undefined;
  try {
    while (!done.aborted) {
      await sleep(LOOK_EVERY_MS, done);
      const elapsedMs = clock() - engine.activity.since;
      if (elapsedMs < PATIENCE_MS || engine.session.isClosed) continue;
      second ??= await engine.world.connect();
      await tell(engine, second, elapsedMs);
    }
  } catch {
    // The run is over, or the second connection could not be had: watching is a courtesy, never a failure.
  } finally {
    await second?.close();
  }
}

async function tell(engine: Engine, second: Session, elapsedMs: number): Promise<void> {
  const pid = engine.session.backendPid;
  const holder = blockadeText(await blockersOf(second, pid));
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
