// group=true: all pending migrations in one transaction, or none of them.
import { GodwitError } from "../base/errors.ts";
import type { Entry } from "../history/state.ts";
import { insertStatement } from "../history/table.ts";
import type { ResolvedMigration } from "../migrations/migration.ts";
import { apply, prepareMigration } from "./apply.ts";
import {
  eachHooks,
  type MigrationFailure,
  newRow,
  refOf,
  rowOf,
  sqlFailure,
  thrownFailure,
} from "./attempt.ts";
import { runCallbacksInside } from "./callbacks.ts";
import { resetRoleStatement, searchPathStatement } from "./engine.ts";
import { waitForGap } from "./gap.ts";
import { inTime } from "./in-time.ts";
import { lockGuard, rankGuard, withSessionLock } from "./migration-lock.ts";
import { runOtherFile } from "./module-migration.ts";
import { runOutsideTransaction } from "./outside.ts";
import { beginRepeatables, failed, type Run, requestFor, withoutFile } from "./run.ts";
import type { PreparedScript } from "./script.ts";
import { skipFailure } from "./skip-failure.ts";
import { runStatements } from "./statements.ts";
import { engineFor, memberTimeouts } from "./timing.ts";

interface Member {
  readonly entry: Entry;
  readonly migration: ResolvedMigration;
  readonly script: PreparedScript | undefined;
}

export async function applyGroup(
  run: Run,
  queue: readonly Entry[],
  startRank: number,
): Promise<"done" | "busy" | "moved"> {
  const wanted = run.engine.settings.target?.kind === "next" ? queue.slice(0, 1) : queue;
  const members = wanted.flatMap((entry): readonly Member[] =>
    entry.migration === undefined
      ? []
      : [
          {
            entry,
            migration: entry.migration,
            script: run.engine.settings.skipExecutingMigrations
              ? undefined
              : prepareMigration(run.engine, entry.migration),
          },
        ],
  );
  const inside = members.every((m) => m.script?.transactional ?? true);
  if (inside) return inOneTransaction(run, members, queue, startRank);
  refuseMixture(run, members);
  return outside(run, members, queue, startRank);
}

function refuseMixture(run: Run, members: readonly Member[]): void {
  if (run.engine.settings.mixed) return;
  const kindOf = (m: Member): boolean => m.script?.transactional ?? true;
  const [first] = members;
  const other = members.find((m) => first !== undefined && kindOf(m) !== kindOf(first));
  if (other === undefined) return;
  const bad = kindOf(other) ? first : other;
  throw withoutFile(
    run,
    "FAILED_VERSIONED_MIGRATION",
    `group=true puts all pending migrations into one transaction, but ${bad?.migration.file.name ?? ""} cannot run in one.`,
    "Run without group, or set mixed=true to run the whole group without a transaction.",
  );
}

async function inOneTransaction(
  run: Run,
  members: readonly Member[],
  queue: readonly Entry[],
  startRank: number,
): Promise<"done" | "busy" | "moved"> {
  const { engine } = run;
  const { session } = engine;
  const late = await waitForGap(
    engine,
    members.map((m) => m.migration),
  );
  const [member] = members;
  if (late !== undefined && member !== undefined)
    throw failed(run, member.entry, member.migration, late, queue);
  const [, lock, rank] = await session.pipeline(["BEGIN", lockGuard(engine), rankGuard(engine, startRank)]);
  if (lock?.ok !== true || rank?.ok !== true) {
    await session.query("ROLLBACK");
    return lock?.ok === true ? "moved" : "busy";
  }
  let lastRank = startRank;
  const done: Run["applied"] = [];
  for (const member of members) {
    if (member.migration.version === undefined) await beginRepeatables(run);
    const failure = await applyMember(run, member, lastRank, done);
    if (failure !== undefined) {
      if (!session.isClosed) await session.query("ROLLBACK");
      // Flyway lists those of the group that ran before, although they are rolled back with it.
      run.applied.push(...done);
      const error = failed(run, member.entry, member.migration, failure, queue);
      run.applied.length -= done.length;
      throw withNothingExecuted(error);
    }
    const row = rowOf({ migration: member.migration, lastRank, installedBy: run.installedBy });
    done.push({ migration: member.migration, row, entry: member.entry });
    lastRank = row.installedRank;
  }
  const [commit] = await session.pipeline(["COMMIT"]);
  if (commit !== undefined && !commit.ok) {
    throw new GodwitError("DB_CONNECTION", `The group could not be committed: ${commit.error.message}.`, {
      sql: commit.error,
      advice: "Nothing was applied.",
    });
  }
  run.applied.push(...done);
  return "done";
}

function withNothingExecuted(error: GodwitError): GodwitError {
  const outcome = error.details["outcome"];
  if (typeof outcome !== "object" || outcome === null) return error;
  return new GodwitError(error.code, error.message, {
    ...(error.advice === undefined ? {} : { advice: error.advice }),
    ...(error.place === undefined ? {} : { place: error.place }),
    ...(error.sql === undefined ? {} : { sql: error.sql }),
    details: { ...error.details, applied: [], outcome: { ...outcome, migrationsExecuted: 0 } },
    cause: error.cause,
  });
}

async function applyMember(
  run: Run,
  { migration, script }: Member,
  lastRank: number,
  before: Run["applied"],
): Promise<MigrationFailure | undefined> {
  const engine = engineFor(run.engine, migration);
  const { session } = engine;
  const started = engine.world.clock();
  const path = searchPathStatement(engine, true);
  const skipped = engine.settings.skipExecutingMigrations;
  const skipsBefore = engine.skipNotices.length;
  const counter = { index: before.length + 1, total: run.pendingTotal };
  try {
    if (!skipped) {
      const timeouts = memberTimeouts(
        engine,
        before.map((a) => a.migration),
      );
      await session.pipeline([
        resetRoleStatement(engine),
        ...(path === undefined ? [] : [path]),
        ...timeouts,
      ]);
      await runCallbacksInside(engine, session, "beforeEachMigrate");
    }
    engine.emit({
      type: "migration-start",
      migration: refOf(migration),
      ...counter,
      outOfOrder: false,
      transactional: true,
      skipped,
    });
    if (script !== undefined) {
      const hooks = eachHooks(engine);
      const failure = await runStatements({
        engine,
        session,
        script,
        inTransaction: true,
        ...(hooks === undefined ? {} : { hooks }),
      });
      if (failure !== undefined) {
        await runCallbacksInside(engine, session, "afterEachMigrateError");
        return sqlFailure(script, failure, true);
      }
    } else if (!skipped) {
      const failure = await runOtherFile(engine, migration);
      if (failure !== undefined) return failure;
    }
    const didNothing = skipFailure(engine, migration, skipsBefore);
    if (didNothing !== undefined) return didNothing;
    if (!skipped) await runCallbacksInside(engine, session, "afterEachMigrate");
    const elapsed = Math.round(engine.world.clock() - started);
    const request = { migration, lastRank, installedBy: run.installedBy };
    await session.query(resetRoleStatement(engine));
    await session.query(insertStatement(engine.history, { ...newRow(request), executionTime: elapsed }));
    engine.emit({ type: "migration-end", migration: refOf(migration), ...counter, elapsedMs: elapsed });
    return undefined;
  } catch (error) {
    return thrownFailure(error, true);
  }
}

/** mixed=true: the whole group without a transaction, one file after the other under the session's lock. */
async function outside(
  run: Run,
  members: readonly Member[],
  queue: readonly Entry[],
  startRank: number,
): Promise<"done" | "busy" | "moved"> {
  const { engine } = run;
  return withSessionLock(engine, run.wait, async () => {
    let lastRank = startRank;
    for (const { entry, migration, script } of members) {
      if (migration.version === undefined) await beginRepeatables(run);
      const index = run.applied.length + 1;
      const turn = { entry, migration, script, lastRank, outOfOrder: false, index, transactional: false };
      const request = requestFor(run, turn);
      const attempt = await inTime(request.engine, migration, () =>
        script === undefined ? apply(request) : runOutsideTransaction(request, script),
      );
      if (attempt.kind === "failed") throw failed(run, entry, migration, attempt.failure, queue);
      if (attempt.kind !== "applied") return attempt.kind;
      run.applied.push({ migration, row: attempt.row, entry });
      lastRank = attempt.row.installedRank;
      engine.emit({
        type: "migration-end",
        migration: refOf(migration),
        index,
        total: run.pendingTotal,
        elapsedMs: attempt.row.executionTime,
      });
    }
    return "done";
  });
}
