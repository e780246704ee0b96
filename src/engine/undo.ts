// The verb undo: U files, as Flyway's paid edition runs them: one row of an undo type a file, the versioned migration
// becomes Undone and is pending again.
import { GodwitError } from "../base/errors.ts";
import { isSynthetic, isUndo } from "../history/row.ts";
import { currentEntry, type Entry, STATES, type States } from "../history/state.ts";
import type { ResolvedMigration } from "../migrations/migration.ts";
import { compareVersions, equalVersions, parseVersion } from "../migrations/version.ts";
import { prepareMigration } from "./apply.ts";
import {
  type ApplyRequest,
  type Attempt,
  eachHooks,
  type MigrationFailure,
  plainFailure,
  refOf,
  rowOf,
  sqlFailure,
  thrownFailure,
  writeRowInside,
} from "./attempt.ts";
import { runCallbacksInside } from "./callbacks.ts";
import { finishEvent, outcomeBase, schemaName, statesOf } from "./common.ts";
import { type Engine, readHistory, resetSession } from "./engine.ts";
import { withEventSession } from "./event-session.ts";
import { checksumOf } from "./files.ts";
import { waitForGap } from "./gap.ts";
import { inTime } from "./in-time.ts";
import { runScriptFile } from "./interpreter.ts";
import { lockWait, withSessionLock } from "./migration-lock.ts";
import { type PreparedModule, prepareModule } from "./module-migration.ts";
import type { UndoOutcome } from "./outcome.ts";
import { runOutsideTransaction } from "./outside.ts";
import type { PreparedScript } from "./script.ts";
import { skipFailure } from "./skip-failure.ts";
import { runStatements } from "./statements.ts";
import { engineFor, memberTimeouts } from "./timing.ts";

interface Undone {
  /** The migration that was undone. */
  readonly entry: Entry;
  readonly migration: ResolvedMigration;
  readonly executionTime: number;
}

/** @throws GodwitError FAILED_UNDO_MIGRATION with what was undone before it in `details.outcome`. */
export async function undo(engine: Engine): Promise<UndoOutcome> {
  await withEventSession(engine, "beforeUndo");
  let outcome: UndoOutcome;
  try {
    outcome = await withSessionLock(engine, lockWait(engine), () => undoAll(engine));
  } catch (error) {
    await withEventSession(engine, "afterUndoError");
    throw error;
  }
  await withEventSession(engine, "afterUndo");
  await finishEvent(engine, "Undo");
  return outcome;
}

async function undoAll(engine: Engine): Promise<UndoOutcome> {
  const history = await readHistory(engine);
  const states = statesOf(engine, history.rows, { anyTarget: true });
  const plan = planUndo(engine, states);
  const done: Undone[] = [];
  let lastRank = history.rows.at(-1)?.installedRank ?? -1;
  const { group } = engine.settings;
  const files = plan.flatMap((entry) => (entry.undo === undefined ? [] : [entry.undo]));
  const late = group ? await waitForGap(engine, files) : undefined;
  if (group) await engine.session.query("BEGIN");
  for (const [index, entry] of plan.entries()) {
    const migration = entry.undo;
    if (migration === undefined) continue;
    const own = engineFor(engine, migration);
    const file = { ...migration, checksum: checksumOf(migration) };
    const before = done.map((d) => d.migration);
    const once = (): Promise<Attempt> => undoOne(own, file, lastRank, before, plan.length);
    const run = group ? once : () => inTime(own, migration, once);
    const attempt: Attempt = late === undefined ? await run() : { kind: "failed", failure: late };
    if (attempt.kind === "failed") {
      if (group && !engine.session.isClosed) await engine.session.query("ROLLBACK");
      const outcome = undoOutcome(engine, states, group ? [] : done, false);
      engine.emit({
        type: "migration-failed",
        migration: refOf(migration),
        rolledBack: attempt.failure.rolledBack,
      });
      throw new GodwitError("FAILED_UNDO_MIGRATION", attempt.failure.message, {
        ...(attempt.failure.advice === undefined ? {} : { advice: attempt.failure.advice }),
        ...(attempt.failure.place === undefined ? {} : { place: attempt.failure.place }),
        ...(attempt.failure.sql === undefined ? {} : { sql: attempt.failure.sql }),
        details: {
          outcome,
          failed: refOf(migration),
          rolledBack: attempt.failure.rolledBack,
          applied: (group ? [] : done).map((d) => refOf(d.migration)),
          notReached: plan.slice(index + 1).flatMap((e) => (e.undo === undefined ? [] : [refOf(e.undo)])),
        },
        cause: attempt.failure.cause,
      });
    }
    if (attempt.kind !== "applied") continue;
    lastRank = attempt.row.installedRank;
    done.push({ entry, migration, executionTime: attempt.row.executionTime });
  }
  if (group) await engine.session.query("COMMIT");
  return undoOutcome(engine, states, done, true);
}

/** What to undo, newest first. */
export function planUndo(engine: Engine, states: States): readonly Entry[] {
  const applied = states.entries.filter(
    (e) =>
      e.row !== undefined &&
      e.version !== undefined &&
      STATES[e.state].applied &&
      !STATES[e.state].failed &&
      !isSynthetic(e.type) &&
      !isUndo(e.type) &&
      e.state !== "DELETED" &&
      e.state !== "UNDONE",
  );
  const newestFirst = applied.toReversed();
  if (engine.settings.cherryPick.length > 0) return pickUndos(engine, newestFirst);
  const { target } = engine.settings;
  if (target?.kind !== "version") {
    const [last] = newestFirst;
    if (last === undefined) return [];
    requireUndo(engine, last);
    return [last];
  }
  return downTo(engine, newestFirst, target);
}

function downTo(
  engine: Engine,
  newestFirst: readonly Entry[],
  target: { readonly text: string; readonly failIfMissing: boolean },
): readonly Entry[] {
  const wanted = parseVersion(target.text);
  if (target.failIfMissing && !newestFirst.some((e) => equalVersions(e.version, wanted))) {
    throw new GodwitError("ERROR", `Version ${wanted.text} is not applied, so undo cannot go back to it.`, {
      advice: `Run info to see what is applied, or write -target=${wanted.text}? to allow a version that is not.`,
    });
  }
  const plan: Entry[] = [];
  for (const entry of newestFirst) {
    if (entry.version !== undefined && compareVersions(entry.version, wanted) < 0) break;
    if (entry.undo === undefined) {
      if (plan.length === 0) requireUndo(engine, entry);
      break;
    }
    plan.push(entry);
  }
  return plan;
}

function pickUndos(engine: Engine, newestFirst: readonly Entry[]): readonly Entry[] {
  return engine.settings.cherryPick.toReversed().map((item) => {
    const wanted = item.replaceAll("_", ".");
    const entry = newestFirst.find((e) =>
      /^\d+(\.\d+)*$/.test(wanted)
        ? equalVersions(e.version, parseVersion(wanted))
        : e.description === item.replaceAll("_", " "),
    );
    if (entry === undefined) {
      throw new GodwitError(
        "ERROR",
        `cherryPick names "${item}", but no applied migration has that version or description.`,
        {
          advice: "Run info to see what is applied.",
        },
      );
    }
    requireUndo(engine, entry);
    return entry;
  });
}

function requireUndo(engine: Engine, entry: Entry): void {
  if (entry.undo !== undefined) return;
  const { undoSqlMigrationPrefix, sqlMigrationSeparator, sqlMigrationSuffixes } = engine.settings;
  const name = `${undoSqlMigrationPrefix}${entry.version?.text ?? ""}${sqlMigrationSeparator}${entry.description.replaceAll(" ", "_")}${sqlMigrationSuffixes[0] ?? ".sql"}`;
  throw new GodwitError(
    "ERROR",
    `Version ${entry.version?.text ?? ""} cannot be undone: it has no undo file.`,
    {
      advice: `Write ${name} beside it, or reverse it with a new migration.`,
    },
  );
}

async function undoOne(
  engine: Engine,
  migration: ResolvedMigration,
  lastRank: number,
  before: readonly ResolvedMigration[],
  total: number,
): Promise<Attempt> {
  const script = prepareMigration(engine, migration);
  let module: PreparedModule | undefined;
  try {
    if (script === undefined && !engine.settings.skipExecutingMigrations) {
      module = await prepareModule(engine, migration);
    }
  } catch (error) {
    return { kind: "failed", failure: thrownFailure(error, true) };
  }
  const request = {
    engine,
    migration,
    lastRank,
    installedBy: engine.settings.installedBy ?? engine.facts.user,
  };
  const ref = refOf(migration);
  const counter = { index: before.length + 1, total };
  const { group, skipExecutingMigrations } = engine.settings;
  if (script !== undefined && !script.transactional && !group && !skipExecutingMigrations) {
    return undoOutside(engine, request, script, counter);
  }
  const transactional = script?.transactional ?? module?.transactional ?? true;
  const started = engine.world.clock();
  const own = transactional && !group;
  try {
    await resetSession(engine, engine.session, true);
    if (own) await engine.session.query("BEGIN");
    if (transactional) await engine.session.pipeline(memberTimeouts(engine, group ? before : []));
    await runCallbacksInside(engine, engine.session, "beforeEachUndo");
    engine.emit({
      type: "migration-start",
      migration: ref,
      ...counter,
      outOfOrder: false,
      transactional,
      skipped: false,
    });
    const failure =
      module === undefined ? await runUndo(engine, migration, script, transactional) : await module.run();
    if (failure !== undefined) {
      await runCallbacksInside(engine, engine.session, "afterEachUndoError");
      if (own) await engine.session.query("ROLLBACK");
      return { kind: "failed", failure };
    }
    await runCallbacksInside(engine, engine.session, "afterEachUndo");
    const elapsed = Math.round(engine.world.clock() - started);
    const atRow = await writeRowInside(request, elapsed, transactional);
    if (atRow !== undefined) {
      if (own) await engine.session.query("ROLLBACK");
      return { kind: "failed", failure: atRow };
    }
    if (own) await engine.session.query("COMMIT");
    engine.emit({ type: "migration-end", migration: ref, ...counter, elapsedMs: elapsed });
    return { kind: "applied", row: { ...rowOf(request), executionTime: elapsed } };
  } catch (error) {
    if (own && !engine.session.isClosed) await engine.session.query("ROLLBACK");
    return { kind: "failed", failure: thrownFailure(error, transactional) };
  }
}

async function undoOutside(
  engine: Engine,
  request: Pick<ApplyRequest, "migration" | "lastRank" | "installedBy">,
  script: PreparedScript,
  counter: { readonly index: number; readonly total: number },
): Promise<Attempt> {
  const event = { migration: refOf(request.migration), ...counter };
  const onStart = (): void =>
    engine.emit({
      type: "migration-start",
      ...event,
      outOfOrder: false,
      transactional: false,
      skipped: false,
    });
  const attempt = await runOutsideTransaction({ ...request, engine, onStart }, script, "Undo");
  if (attempt.kind === "applied") {
    engine.emit({ type: "migration-end", ...event, elapsedMs: attempt.row.executionTime });
  }
  if (attempt.kind !== "moved") return attempt;
  const message = `${script.file.name} let go of the migration lock, and another runner took it.`;
  return { kind: "failed", failure: { ...plainFailure(undefined, false), message } };
}

async function runUndo(
  engine: Engine,
  migration: ResolvedMigration,
  script: PreparedScript | undefined,
  transactional: boolean,
): Promise<MigrationFailure | undefined> {
  if (engine.settings.skipExecutingMigrations) return undefined;
  if (script === undefined) {
    await runScriptFile(engine.world, migration.file, engine.placeholders);
    return undefined;
  }
  const hooks = eachHooks(engine, "Undo");
  const skipsBefore = engine.skipNotices.length;
  const failure = await runStatements({
    engine,
    session: engine.session,
    script,
    inTransaction: transactional,
    ...(hooks === undefined ? {} : { hooks }),
  });
  if (failure !== undefined) return sqlFailure(script, failure, transactional);
  const skipped = skipFailure(engine, script, skipsBefore);
  return skipped === undefined ? undefined : { ...skipped, rolledBack: transactional };
}

/** What came of an undo that found the database in these states. */
export function undoOutcome(
  engine: Engine,
  states: States,
  done: readonly Undone[],
  success: boolean,
): UndoOutcome {
  const undone = new Set(done.map((d) => d.entry));
  return {
    ...outcomeBase(engine),
    operation: "undo",
    initialSchemaVersion: states.current?.version?.text ?? null,
    targetSchemaVersion: currentEntry(states.entries.filter((e) => !undone.has(e)))?.version?.text ?? null,
    schemaName: schemaName(engine),
    undoneMigrations: done.map(({ migration, executionTime }) => ({
      version: migration.version?.text ?? "",
      description: migration.description,
      filepath: migration.file.path,
      executionTime,
    })),
    migrationsUndone: done.length,
    success,
    skipNotices: engine.skipNotices,
  };
}
