// Migrations one at a time, in the order of whoever asks, for those who look at the database in between.
import { GodwitError } from "../base/errors.ts";
import type { Entry } from "../history/state.ts";
import type { ResolvedMigration } from "../migrations/migration.ts";
import { apply, prepareMigration } from "./apply.ts";
import { type Attempt, brokenFailure, type MigrationFailure, thrownFailure } from "./attempt.ts";
import type { Engine } from "./engine.ts";
import { withEventSession } from "./event-session.ts";
import { lockWait } from "./migration-lock.ts";
import { ensureHistory, ensureSchemas } from "./prepare.ts";

export interface OneByOne {
  /** Applies a file and notes it in the history. Gives what went wrong. @throws GodwitError ABORTED. */
  apply(migration: ResolvedMigration): Promise<MigrationFailure | undefined>;
}

/** Makes the schemas and the history table ready, and runs beforeMigrate. The history has to be empty, and this run the only one. */
export async function oneByOne(engine: Engine): Promise<OneByOne> {
  const wait = lockWait(engine);
  const installedBy = engine.settings.installedBy ?? engine.facts.user;
  const made = await ensureSchemas(engine, wait, installedBy, false);
  await ensureHistory(engine, wait, undefined);
  await withEventSession(engine, "beforeMigrate");
  // The marker row of schemas has rank 0.
  let lastRank = made.length > 0 ? 0 : -1;
  return {
    apply: async (migration) => {
      const attempt = await attemptAt(engine, migration, { wait, installedBy, lastRank });
      // A statement that was cancelled looks like one that failed.
      if (engine.world.signal?.aborted === true)
        throw new GodwitError("ABORTED", `Stopped at ${migration.file.name}.`);
      if (attempt.kind === "failed") return attempt.failure;
      if (attempt.kind !== "applied")
        throw new Error(`another runner is at work on ${engine.history.qualified}`);
      lastRank = attempt.row.installedRank;
      return undefined;
    },
  };
}

async function attemptAt(
  engine: Engine,
  migration: ResolvedMigration,
  run: {
    readonly wait: ReturnType<typeof lockWait>;
    readonly installedBy: string;
    readonly lastRank: number;
  },
): Promise<Attempt> {
  try {
    const script = prepareMigration(engine, migration);
    const request = {
      ...run,
      engine,
      entry: entryOf(migration),
      migration,
      script,
      guardsRow: false,
      onStart: () => {},
    };
    return await apply(request);
  } catch (error) {
    if (!(error instanceof GodwitError) || error.code === "ABORTED" || engine.world.signal?.aborted === true)
      throw error;
    const failure = engine.session.isClosed ? brokenFailure(migration, error) : thrownFailure(error, true);
    return { kind: "failed", failure };
  }
}

const entryOf = (migration: ResolvedMigration): Entry => ({
  row: undefined,
  migration,
  undo: undefined,
  version: migration.version,
  description: migration.description,
  type: migration.type,
  state: "PENDING",
});
