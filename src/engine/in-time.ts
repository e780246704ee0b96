// One attempt at a file, and what waiting there is round it: for a gap before it, and for another try after it.
import type { ResolvedMigration } from "../migrations/migration.ts";
import { type Attempt, brokenFailure, isConnectionLost, type MigrationFailure } from "./attempt.ts";
import { backOff, LOCK_NOT_AVAILABLE } from "./back-off.ts";
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
  const skippedBefore = engine.skipNotices.length;
  for (let retry = 1; ; retry++) {
    const late = await waitForGap(engine, [migration]);
    if (late !== undefined) return { kind: "failed", failure: late };
    const attempt = await action().catch((error: unknown): Attempt => {
      if (!isConnectionLost(error)) throw error;
      return { kind: "failed", failure: brokenFailure(migration, error) };
    });
    if (!metLockTimeout(attempt) || retry > lockTimeoutRetries) return attempt;
    // What it skipped is rolled back with it, and told again by the next try.
    engine.skipNotices.length = skippedBefore;
    await backOff(engine, retry, `${migration.file.name} did not get a lock in time and was rolled back.`);
  }
}

const metLockTimeout = (attempt: Attempt): boolean =>
  attempt.kind === "failed" && isRetriable(attempt.failure);

/** A lock was not to be had, and nothing of the file is left. */
export const isRetriable = ({ sql, rolledBack }: MigrationFailure): boolean =>
  sql?.sqlState === LOCK_NOT_AVAILABLE && rolledBack === true;
