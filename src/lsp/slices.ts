// Long work in slices, so that the next keystroke is heard while it goes on.
import { setImmediate } from "node:timers/promises";

export interface Token {
  readonly isCancellationRequested: boolean;
}

/** Thrown out of work that nobody waits for any more. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

const SLICE_MS = 15;

/** @throws Cancelled as soon as the token says so. */
export async function inSlices<T>(steps: Generator<void, T>, token: Token): Promise<T> {
  for (;;) {
    if (token.isCancellationRequested) throw new Cancelled();
    const end = performance.now() + SLICE_MS;
    do {
      const { done, value } = steps.next();
      if (done === true) return value;
    } while (performance.now() < end);
    await setImmediate();
  }
}
