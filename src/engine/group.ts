// group=true: all pending migrations in one transaction, or none of them.
import { GodwitError, type SqlErrorFields } from "../base/errors.ts";
import type { Entry } from "../history/state.ts";
import type { ResolvedMigration } from "../migrations/migration.ts";
import { apply, prepareMigration } from "./apply.ts";
import {
  type ApplyRequest,
  type Attempt,
  brokenBeforeCommit,
  eachHooks,
  isConnectionLost,
  type MigrationFailure,
  plainFailure,
  refOf,
  rowOf,
  sqlFailure,
  thrownFailure,
  writeRowInside,
} from "./attempt.ts";
import { backOff } from "./back-off.ts";
import { runCallbacksInside } from "./callbacks.ts";
import { type Engine, resetRoleStatement, searchPathStatement } from "./engine.ts";
import { waitForGap } from "./gap.ts";
import { inTime, isRetriable } from "./in-time.ts";
import { lockGuard, rankGuard, refusedBy, withSessionLock } from "./migration-lock.ts";
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
  const ender = members.find((member) => !fits(member));
  if (inside && ender === undefined) return inOneTransaction(run, members, queue, startRank);
  if (inside && ender !== undefined) {
    tellApart(run, ender);
    return inTurn(run, members, queue, startRank, apply);
  }
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

/** False for a file that ends transactions itself: the group cannot be one around it. */
const fits = ({ script }: Member): boolean =>
  script?.ownControl !== true ||
  script.statements.every(({ transactionControl: control }) => control === undefined || !ENDS.has(control));

const ENDS: ReadonlySet<string> = new Set(["commit", "rollback", "prepare"]);

function tellApart({ engine }: Run, { migration, script }: Member): void {
  const end = script?.statements.find((s) => ENDS.has(s.transactionControl ?? ""));
  engine.emit({
    type: "log",
    level: "warn",
    code: "GROUP_APART",
    message: `group=true puts all pending migrations into one transaction, but ${migration.file.name} ends transactions itself (${end?.words[0] ?? ""}). So each file is applied by itself, and those before a failure stay.`,
    ...(end === undefined || script === undefined ? {} : { place: script.place(end) }),
  });
}

interface GroupFailure {
  readonly kind: "failed";
  readonly failure: MigrationFailure;
  /** The file that failed; undefined for the BEGIN and COMMIT round all of them. */
  readonly member: Member | undefined;
  /** What ran before it and was rolled back with it. */
  readonly before: Run["applied"];
}

type GroupEnd = GroupFailure | { readonly kind: "done" | "busy" | "moved" };

/** The group again, from its first file, as often as the file that met lock_timeout allows. */
async function inOneTransaction(
  run: Run,
  members: readonly Member[],
  queue: readonly Entry[],
  startRank: number,
): Promise<"done" | "busy" | "moved"> {
  const { engine } = run;
  const skippedBefore = engine.skipNotices.length;
  for (let retry = 1; ; retry++) {
    const end = await tryGroup(run, members, startRank);
    if (end.kind !== "failed") return end.kind;
    const { failure } = end;
    const last = end.member ?? members.at(-1);
    const asFile = last === undefined ? engine : engineFor(engine, last.migration);
    const mayRetry = isRetriable(failure) && retry <= asFile.settings.lockTimeoutRetries;
    if (!mayRetry || ranScript(members, end)) throw groupFailure(run, end, queue);
    engine.skipNotices.length = skippedBefore;
    const what = end.member === undefined ? "The group" : end.member.migration.file.name;
    const group = end.member === undefined ? "" : "the group with ";
    await backOff(
      asFile,
      retry,
      `${what} did not get a lock in time, and ${group}all of its ${members.length} files was rolled back.`,
    );
  }
}

/** A script's doings outside the database were not rolled back with the group. */
function ranScript(members: readonly Member[], { before, member }: GroupFailure): boolean {
  const until = member === undefined ? before.length : members.indexOf(member) + 1;
  return members.slice(0, until).some(({ migration }) => migration.language === "script");
}

function groupFailure(
  run: Run,
  { before, failure, member }: GroupFailure,
  queue: readonly Entry[],
): GodwitError {
  if (member === undefined) {
    return new GodwitError("DB_CONNECTION", failure.message, {
      ...(failure.sql === undefined ? {} : { sql: failure.sql }),
      advice: failure.advice ?? "Nothing was applied.",
      cause: failure.cause,
    });
  }
  // Flyway lists those of the group that ran before, although they are rolled back with it.
  run.applied.push(...before);
  const error = failed(run, member.entry, member.migration, failure, queue);
  run.applied.length -= before.length;
  return withNothingExecuted(error);
}

/** One transaction with all files, or none of them. */
async function tryGroup(run: Run, members: readonly Member[], startRank: number): Promise<GroupEnd> {
  const { engine } = run;
  const { session } = engine;
  const [first] = members;
  const late = await waitForGap(
    engine,
    members.map((m) => m.migration),
  );
  if (late !== undefined) return { kind: "failed", failure: late, member: first, before: [] };
  const guards = await session.pipeline(["BEGIN", lockGuard(engine), rankGuard(engine, startRank)]);
  const refusal = guards.find((result) => !result.ok);
  if (refusal !== undefined && !refusal.ok) {
    await session.query("ROLLBACK");
    const by = refusedBy(refusal.error.sqlState);
    if (by !== undefined) return { kind: by === "lock" ? "busy" : "moved" };
    return { kind: "failed", failure: ofGroup("begun", refusal.error), member: undefined, before: [] };
  }
  let lastRank = startRank;
  const done: Run["applied"] = [];
  for (const member of members) {
    if (member.migration.version === undefined) await beginRepeatables(run);
    const failure = await applyMember(run, member, lastRank, done);
    if (failure !== undefined) {
      if (!session.isClosed) await session.query("ROLLBACK");
      return { kind: "failed", failure, member, before: done };
    }
    const row = rowOf({ migration: member.migration, lastRank, installedBy: run.installedBy });
    done.push({ migration: member.migration, row, entry: member.entry });
    lastRank = row.installedRank;
  }
  const failure = await commitGroup(engine);
  if (failure !== undefined) return { kind: "failed", failure, member: undefined, before: done };
  run.applied.push(...done);
  return { kind: "done" };
}

async function commitGroup({ session }: Engine): Promise<MigrationFailure | undefined> {
  try {
    const [commit] = await session.pipeline(["COMMIT"]);
    return commit === undefined || commit.ok ? undefined : ofGroup("committed", commit.error);
  } catch (error) {
    if (!isConnectionLost(error)) throw error;
    return {
      ...plainFailure(error.sql, undefined),
      message: `The group was being committed. ${error.message}`,
      advice:
        "All files and their history rows are one transaction: the server has kept all or none. Run migrate again when it can be reached; it looks first and goes on from there.",
      cause: error,
    };
  }
}

const ofGroup = (what: "begun" | "committed", error: SqlErrorFields): MigrationFailure => ({
  ...plainFailure(error, true),
  message: `The group could not be ${what}: ${error.message}.`,
});

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
    const request = { engine, migration, lastRank, installedBy: run.installedBy };
    const atRow = await writeRowInside(request, elapsed);
    if (atRow !== undefined) return atRow;
    engine.emit({ type: "migration-end", migration: refOf(migration), ...counter, elapsedMs: elapsed });
    return undefined;
  } catch (error) {
    return isConnectionLost(error)
      ? brokenBeforeCommit(migration, error, "The group")
      : thrownFailure(error, true);
  }
}

/** mixed=true: the whole group without a transaction, one file after the other under the session's lock. */
const outside = (
  run: Run,
  members: readonly Member[],
  queue: readonly Entry[],
  startRank: number,
): Promise<"done" | "busy" | "moved"> =>
  withSessionLock(run.engine, run.wait, () =>
    inTurn(
      run,
      members,
      queue,
      startRank,
      (request) =>
        request.script === undefined ? apply(request) : runOutsideTransaction(request, request.script),
      false,
    ),
  );

async function inTurn(
  run: Run,
  members: readonly Member[],
  queue: readonly Entry[],
  startRank: number,
  applyOne: (request: ApplyRequest) => Promise<Attempt>,
  transactional?: boolean,
): Promise<"done" | "busy" | "moved"> {
  const { engine } = run;
  let lastRank = startRank;
  for (const { entry, migration, script } of members) {
    if (migration.version === undefined) await beginRepeatables(run);
    const index = run.applied.length + 1;
    const turn = { entry, migration, script, lastRank, outOfOrder: false, index };
    const request = requestFor(run, transactional === undefined ? turn : { ...turn, transactional });
    const attempt = await inTime(request.engine, migration, () => applyOne(request));
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
}
