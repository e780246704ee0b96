// What happens between two tries of a file or statement that met lock_timeout.
import type { Engine } from "./engine.ts";

/** lock_not_available. */
export const LOCK_NOT_AVAILABLE = "55P03";

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 30_000;

/** Says `what` was not done in time, and waits; `engine` is as the file sees it, `retry` counts from 1. */
export async function backOff(engine: Engine, retry: number, what: string): Promise<void> {
  const { activity, emit, settings, world } = engine;
  const held = activity.holder === undefined ? "" : ` It was held by ${activity.holder}.`;
  const waitMs = waitBefore(retry, world.random());
  emit({
    type: "log",
    level: "warn",
    code: "LOCK_TIMEOUT_RETRY",
    message: `${what}${held} Trying again in ${Math.round(waitMs)} ms (${retry} of ${settings.lockTimeoutRetries}).`,
  });
  await world.sleep(waitMs, world.signal);
}

/** Doubling, with jitter between half and the whole, so that several runners do not come back together. */
const waitBefore = (retry: number, random: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (retry - 1)) * (0.5 + random / 2);
