// What an action failed with, for tests that look at the whole of it.
import { GodwitError } from "../../src/base/errors.ts";

export async function failureOf(action: Promise<unknown>): Promise<GodwitError> {
  const error: unknown = await action.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (error instanceof GodwitError) return error;
  throw new Error(`expected a GodwitError, got ${String(error)}`, { cause: error });
}

/** Waits until the condition holds; the test's own time limit ends it otherwise. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
