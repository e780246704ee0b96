// One attempt at a file, and what waiting there is round it: for a gap before it, and for another try after it.
import { GodwitError } from "../base/errors.ts";
import type { ResolvedMigration } from "../migrations/migration.ts";
import { type Attempt, brokenFailure } from "./attempt.ts";
import { backOff } from "./back-off.ts";
import type { Engine } from "./engine.ts";
import { waitForGap } from "./gap.ts";

/**
 * A connection that breaks under a file is that file's failure; only the server knows how it ended. A file that met
 * lock_timeout was rolled back and is tried again, as often as lockTimeoutRetries says.
 */
export async function inTime(
  engine: Engine,
  migration: ResolvedMigration,
  action: () => Promise<Attempt>,
): Promise<Attempt> {
  const { lockTimeoutRetries } = engine.settings;
  for (let retry = 1; ; retry++) {
    const late = await waitForGap(engine, [migration]);
    if (late !== undefined) return { kind: "failed", failure: late };
    const attempt = await action().catch((error: unknown): Attempt => {
      if (!(error instanceof GodwitError) || error.details["connectionLost"] !== true) throw error;
      return { kind: "failed", failure: brokenFailure(migration, error) };
    });
    if (!metLockTimeout(attempt) || retry > lockTimeoutRetries) return attempt;
    const waitMs = backOff(retry, engine.world.random());
    engine.emit({
      type: "log",
      level: "warn",
      code: "LOCK_TIMEOUT_RETRY",
      message: `${migration.file.name} did not get a lock in time and was rolled back. Trying again in ${Math.round(waitMs)} ms (${retry} of ${lockTimeoutRetries}).`,
    });
    await engine.world.sleep(waitMs, engine.world.signal);
  }
}

/** lock_not_available, with nothing of the file left. */
const metLockTimeout = (attempt: Attempt): boolean =>
  attempt.kind === "failed" &&
  attempt.failure.sql?.sqlState === "55P03" &&
  attempt.failure.rolledBack === true;
