// Waiting.
import { setTimeout } from "node:timers/promises";

/** Waits; when the signal aborts, before or meanwhile, throws what `stopped` makes. */
export async function pause(
  ms: number,
  signal: AbortSignal | undefined,
  stopped: () => Error,
): Promise<void> {
  try {
    await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
  } catch {
    throw stopped();
  }
}
