// The verb migrate: validate, make ready, then one pending migration after the other. What one migration does is
// apply.ts; which ones are pending is history/state.ts.
import { type ErrorCode, GodwitError } from "../base/errors.ts";
import type { HistoryRow } from "../history/row.ts";
import { type Entry, ignoresState, STATES, type States } from "../history/state.ts";
import type { ResolvedMigration, Version } from "../migrations/migration.ts";
import { compareVersions } from "../migrations/version.ts";
import { apply, prepareMigration, sharesWrite } from "./apply.ts";
import { type Attempt, refOf } from "./attempt.ts";
import { baseline } from "./baseline.ts";
import { runCallbacks } from "./callbacks.ts";
import { finishEvent, refuseWordVersions } from "./common.ts";
import {
  type Engine,
  existingSchemas,
  historyExists,
  nonEmptySchemas,
  tellHistoriesElsewhere,
} from "./engine.ts";
import { withEventSession } from "./event-session.ts";
import { firstLook, type Look, lookAgain } from "./first-look.ts";
import { applyGroup } from "./group.ts";
import { inTime } from "./in-time.ts";
import { lockWait } from "./migration-lock.ts";
import { refuseUnknownOrigin } from "./non-empty.ts";
import { applyInWrites, type Write } from "./one-write.ts";
import type { MigrateOutcome } from "./outcome.ts";
import { ensureHistory, ensureSchemas } from "./prepare.ts";
import {
  beginRepeatables,
  endVersioned,
  failed,
  type Run,
  requestFor,
  successOutcome,
  withoutFile,
  withProgress,
} from "./run.ts";
import type { PreparedScript } from "./script.ts";
import { engineFor } from "./timing.ts";
import { validate, validationError } from "./validate.ts";
import { watched } from "./watch.ts";

/**
 * Applies what is pending.
 * @throws GodwitError FAILED_*_MIGRATION with the outcome so far in `details.outcome`; VALIDATE_ERROR;
 * NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE; and whatever connection or settings give.
 */
export async function migrate(engine: Engine): Promise<MigrateOutcome> {
  if (engine.settings.validateOnMigrate) await validateFirst(engine);
  const run: Run = {
    engine,
    wait: lockWait(engine),
    installedBy: engine.settings.installedBy ?? engine.facts.user,
    applied: [],
    initialVersion: null,
    guardsRows: false,
    pendingTotal: 0,
    versionedEnded: false,
    repeatablesBegun: false,
  };
  const made = await ensureSchemas(engine, run.wait, run.installedBy, false);
  await ensureTable(run);
  // 13.1: again on what Flyway calls the migration connection, unless it has one connection for everything.
  if (engine.settings.transactionalLock) await runCallbacks(engine, engine.session, "afterConnect");
  await withEventSession(engine, "beforeMigrate");
  try {
    // With a schema came a row.
    const first = await firstLook(made.length === 0 ? engine : { ...engine, early: undefined });
    await watched(engine, () => applyPending(run, first));
    if (!run.repeatablesBegun) await endVersioned(run);
  } catch (error) {
    await withEventSession(engine, "afterMigrateError");
    throw error;
  }
  const outcome = successOutcome(run);
  if (run.applied.length > 0) await withEventSession(engine, "afterMigrateApplied");
  await withEventSession(engine, "afterMigrate");
  await finishEvent(engine, "Migrate");
  return outcome;
}

async function validateFirst(engine: Engine): Promise<void> {
  if (!(await existingSchemas(engine)).includes(engine.defaultSchema)) return;
  const outcome = await validate(engine, [{ type: "*", state: "pending" }]);
  if (!outcome.validationSuccessful) throw validationError(outcome);
}

// --- the history table -----------------------------------------------------------------------------------------

async function ensureTable(run: Run): Promise<void> {
  const { engine } = run;
  if (engine.early !== undefined || (await historyExists(engine))) return;
  await tellHistoriesElsewhere(engine);
  const filled = await nonEmptySchemas(engine, await existingSchemas(engine));
  const { baselineOnMigrate, skipExecutingMigrations } = engine.settings;
  if (filled.length > 0 && !skipExecutingMigrations) {
    // Another runner may have made the table, and things beside it, since we looked.
    if (await historyExists(engine)) return;
    await refuseUnknownOrigin(engine, filled);
    await baseline(engine);
  } else if (filled.length === 0 && baselineOnMigrate) {
    engine.emit({
      type: "log",
      level: "info",
      code: "BASELINE_NOT_NEEDED",
      message:
        "baselineOnMigrate is on, but the schemas are empty: no baseline row is written, and every migration runs.",
    });
  }
  await ensureHistory(engine, run.wait, undefined);
}

// --- one after the other -----------------------------------------------------------------------------------------

async function applyPending(run: Run, first: Look): Promise<void> {
  announce(run, first.states);
  for (let look = first; ; look = await lookAgain(run.engine)) {
    const { states } = look;
    run.guardsRows = look.history.hasTriggers;
    warnAboutFuture(run.engine, states);
    refuseFailed(run, states);
    if (look === first) refuseWordVersions(states);
    const queue = openOf(run, states);
    if (look === first) run.pendingTotal = queue.length;
    if (queue.length === 0) return;
    const rank = lastRank(look.history.rows);
    const again = run.engine.settings.group
      ? await applyGroup(run, queue, rank)
      : await applyQueue(run, queue, states, rank);
    if (again === "done") return;
    if (again === "busy") await run.wait.again();
  }
}

const lastRank = (rows: readonly HistoryRow[]): number => rows.at(-1)?.installedRank ?? -1;

/** Pending files that this run has not applied already (a repeatable with flyway:timestamp stays pending for ever). */
function openOf(run: Run, states: States): readonly Entry[] {
  const done = new Set(run.applied.map((a) => a.migration));
  return states.pending.filter((e) => e.migration !== undefined && !done.has(e.migration));
}

async function applyQueue(
  run: Run,
  queue: readonly Entry[],
  states: States,
  startRank: number,
): Promise<"done" | "busy" | "moved"> {
  const place: Place = { at: 0, rank: startRank, current: states.current?.version };
  while (place.at < queue.length) {
    const share = readShare(run, queue, place.at, place.at === 0 ? FIRST_SHARE : LARGEST_SHARE);
    const end =
      share.length > 1 ? await applyShares(run, queue, share, place) : await applyNext(run, queue, place);
    if (end !== "applied") return end;
    if (run.engine.settings.target?.kind === "next") return "done";
  }
  // Another runner may have added work meanwhile; only a run that applied something needs to look again.
  return "done";
}

/** Where in the queue a run is. */
interface Place {
  at: number;
  /** Rank of the last row. */
  rank: number;
  current: Version | undefined;
}

interface Ready {
  readonly entry: Entry;
  readonly migration: ResolvedMigration;
  readonly script: PreparedScript;
}

/** Files of the first write and of later ones; characters of a write. Small first, so that the server starts at once. */
const FIRST_SHARE = 4;
const LARGEST_SHARE = 64;
const SHARE_CHARACTERS = 256 * 1024;

/** The files from `from` on that can go in one write; fewer than two when the next one has to go alone. */
function readShare(run: Run, queue: readonly Entry[], from: number, most: number): readonly Ready[] {
  const { engine } = run;
  if (engine.settings.skipExecutingMigrations || engine.settings.target?.kind === "next") return [];
  const files: Ready[] = [];
  let characters = 0;
  const kind = queue[from]?.version === undefined;
  for (let i = from; i < queue.length && files.length < most && characters < SHARE_CHARACTERS; i++) {
    const entry = queue[i];
    const migration = entry?.migration;
    // Callbacks may stand between the last version and the first repeatable.
    if (entry === undefined || migration === undefined || (migration.version === undefined) !== kind) break;
    const script = readOrLeave(engine, migration);
    if (!sharesWrite(engineFor(engine, migration), script)) break;
    characters += script.text.length;
    files.push({ entry, migration, script });
  }
  return files;
}

/** A file that cannot be made ready is met again when its turn comes, and told then. */
function readOrLeave(engine: Engine, migration: ResolvedMigration): PreparedScript | undefined {
  try {
    return prepareMigration(engine, migration);
  } catch (error) {
    if (error instanceof GodwitError) return undefined;
    throw error;
  }
}

/** Several files in one write, and those behind them in further writes, as long as there are. */
async function applyShares(
  run: Run,
  queue: readonly Entry[],
  share: readonly Ready[],
  place: Place,
): Promise<"applied" | "busy" | "moved"> {
  const [first] = share;
  if (first === undefined) return "applied";
  refuseStopped(run, first.migration);
  const isRepeatable = first.migration.version === undefined;
  if (isRepeatable) await beginRepeatables(run);
  const files: Pick<Ready, "entry" | "migration">[] = [];
  const start = { ...place, index: run.applied.length + 1 };
  let { current } = place;
  const writesOf = (ready: readonly Ready[]): readonly Write[] =>
    ready.map(({ entry, migration, script }) => {
      const outOfOrder = isOlder(migration.version, current);
      current = newer(current, migration.version);
      const i = files.push({ entry, migration }) - 1;
      // An empty table has rank -1, and its first row is 1.
      const lastRank = i === 0 ? start.rank : Math.max(start.rank, 0) + i;
      const turn = { entry, migration, script, lastRank, outOfOrder, index: start.index + i };
      return { script, request: requestFor(run, turn) };
    });
  const more = (): readonly Write[] => {
    const from = start.at + files.length;
    // Callbacks may stand between the last version and the first repeatable.
    const isSameKind = (queue[from]?.version === undefined) === isRepeatable;
    if (run.engine.world.signal?.aborted === true || !isSameKind) return [];
    const next = readShare(run, queue, from, LARGEST_SHARE);
    return next.length > 1 ? writesOf(next) : [];
  };
  const end = (i: number, attempt: Attempt) => {
    const file = files[i];
    return file === undefined ? "applied" : settle(run, queue, file.entry, file.migration, attempt, place);
  };
  const attempts = await applyInWrites(run.engine, writesOf(share), { more, onApplied: end });
  const last = attempts.at(-1);
  return last === undefined || last.kind === "applied" ? "applied" : end(attempts.length - 1, last);
}

/** The next file alone. */
async function applyNext(
  run: Run,
  queue: readonly Entry[],
  place: Place,
): Promise<"applied" | "busy" | "moved"> {
  const entry = queue[place.at];
  const migration = entry?.migration;
  if (entry === undefined || migration === undefined) {
    place.at++;
    return "applied";
  }
  refuseStopped(run, migration);
  const script = run.engine.settings.skipExecutingMigrations
    ? undefined
    : told(run, migration, queue, () => prepareMigration(run.engine, migration));
  if (migration.version === undefined) await beginRepeatables(run);
  const outOfOrder = isOlder(migration.version, place.current);
  const index = run.applied.length + 1;
  const request = requestFor(run, { entry, migration, script, lastRank: place.rank, outOfOrder, index });
  const attempt = await inTime(request.engine, migration, () => apply(request));
  return settle(run, queue, entry, migration, attempt, place);
}

/** Takes note of one end. @throws GodwitError when the file failed. */
function settle(
  run: Run,
  queue: readonly Entry[],
  entry: Entry,
  migration: ResolvedMigration,
  attempt: Attempt,
  place: Place,
): "applied" | "busy" | "moved" {
  if (attempt.kind === "busy" || attempt.kind === "moved") return attempt.kind;
  if (attempt.kind === "failed") throw failed(run, entry, migration, attempt.failure, queue);
  run.wait.had();
  run.applied.push({ migration, row: attempt.row, entry });
  run.engine.emit({
    type: "migration-end",
    migration: refOf(migration),
    index: run.applied.length,
    total: run.pendingTotal,
    elapsedMs: attempt.row.executionTime,
  });
  place.at++;
  place.rank = attempt.row.installedRank;
  place.current = newer(place.current, migration.version);
  return "applied";
}

/** A file that cannot be made ready (gone, a placeholder without a value): the error says what was applied before it. */
function told<T>(run: Run, migration: ResolvedMigration, queue: readonly Entry[], action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof GodwitError)) throw error;
    throw withProgress(run, migration, queue, error);
  }
}

/** Between two files: what was asked to stop stops here, with nothing half done. */
function refuseStopped(run: Run, next: ResolvedMigration): void {
  if (run.engine.world.signal?.aborted !== true) return;
  throw new GodwitError("ABORTED", `Stopped before ${next.file.name}.`, {
    advice: `${run.applied.length} of ${run.pendingTotal} files were applied and stay applied. Run migrate again to go on.`,
    details: { applied: run.applied.map((a) => refOf(a.migration)) },
  });
}

const isOlder = (version: Version | undefined, current: Version | undefined): boolean =>
  version !== undefined && current !== undefined && compareVersions(version, current) < 0;

const newer = (current: Version | undefined, version: Version | undefined): Version | undefined =>
  version === undefined || (current !== undefined && compareVersions(current, version) > 0)
    ? current
    : version;

// --- what is told ----------------------------------------------------------------------------------------------------

function announce(run: Run, states: States): void {
  const { engine } = run;
  run.initialVersion = states.current?.version?.text ?? null;
  engine.emit({
    type: "current-version",
    schema: engine.defaultSchema,
    version: states.current?.version?.text,
    outOfOrder: engine.settings.outOfOrder,
    pending: states.pending.length,
  });
}

function warnAboutFuture(engine: Engine, states: States): void {
  const future = states.entries.some((e) => e.version !== undefined && e.state.startsWith("FUTURE"));
  if (!future) return;
  const newest = states.entries.findLast(
    (e) => e.migration !== undefined && e.version !== undefined,
  )?.version;
  const current = states.current?.version?.text ?? "unknown";
  const message =
    newest === undefined
      ? `The database is at version ${current}, but no migration file was found. Check flyway.locations.`
      : `The database is at version ${current}, which is newer than the newest file here (${newest.text}). Is this checkout up to date?`;
  engine.emit({
    type: "log",
    level: newest === undefined ? "error" : "warn",
    code: "FUTURE_VERSION",
    message,
  });
}

/** A failed row stops the run, except a single one of a future version that the patterns ignore. */
function refuseFailed(run: Run, states: States): void {
  const { engine } = run;
  const bad = states.entries.filter((e) => STATES[e.state].failed);
  const [entry] = bad;
  if (entry === undefined) return;
  const name =
    entry.version === undefined ? `repeatable "${entry.description}"` : `version ${entry.version.text}`;
  if (
    bad.length === 1 &&
    entry.state === "FUTURE_FAILED" &&
    ignoresState("future", engine.settings.ignoreMigrationPatterns)
  ) {
    const message = `The history holds a failed run of ${name}, which this checkout does not have.`;
    engine.emit({ type: "log", level: "warn", code: "FUTURE_FAILED", message });
    return;
  }
  const code: ErrorCode =
    entry.version === undefined ? "FAILED_REPEATABLE_MIGRATION" : "FAILED_VERSIONED_MIGRATION";
  const message = `The history of "${engine.defaultSchema}" holds a failed run of ${name}.`;
  throw withoutFile(
    run,
    code,
    message,
    "Undo by hand what it left behind, run repair to remove its row, then migrate again.",
  );
}
