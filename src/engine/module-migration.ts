// Running a migration in TypeScript or JavaScript. In a transaction it is one with lock, history row and callbacks as
// a SQL file is (apply.ts); this file has its function run, and what it throws told as a failure of the file.
import { GodwitError, messageOf } from "../base/errors.ts";
import type { ResolvedMigration } from "../migrations/migration.ts";
import { readMigrationText } from "../migrations/read.ts";
import type { Statement } from "../sql/statement.ts";
import {
  type ApplyRequest,
  type Attempt,
  isConnectionLost,
  type MigrationFailure,
  plainFailure,
  rowOf,
  thrownFailure,
} from "./attempt.ts";
import { runCallbacksInside } from "./callbacks.ts";
import { type Engine, resetRoleStatement, resetSession } from "./engine.ts";
import { runScriptFile } from "./interpreter.ts";
import type { OpenContext } from "./module-context.ts";
import type { MigrationModule } from "./module-loader.ts";
import type { MigrationContext } from "./module-types.ts";
import { recordFailure, rowRefusal, writeRow } from "./outside.ts";
import { allowPause } from "./pause.ts";
import { openRecord, type ProgressRecord } from "./progress-record.ts";
import type { PreparedScript } from "./script.ts";
import { withSessionSettings } from "./session-settings.ts";
import { skipFailure } from "./skip-failure.ts";

/** A module made ready to run. */
export interface PreparedModule {
  readonly transactional: boolean;
  /** Runs it on the engine's session; gives what failed. */
  run(): Promise<MigrationFailure | undefined>;
}

/**
 * Loads the file of a migration that is neither SQL nor a script; undefined for a script.
 * @throws GodwitError when it cannot be loaded.
 */
export async function prepareModule(
  engine: Engine,
  migration: ResolvedMigration,
): Promise<PreparedModule | undefined> {
  if (migration.language !== "module") return undefined;
  // Most projects have none.
  const { loadModule } = await import("./module-loader.ts");
  const module = await loadModule(migration, engine.settings.workingDirectory);
  const transactional =
    migration.config.executeInTransaction ?? module.transaction ?? engine.settings.executeInTransaction;
  return { transactional, run: () => runModule(engine, migration, module, transactional) };
}

/** Runs a file that is not SQL, inside the transaction that is open: a script or a module. */
export async function runOtherFile(
  engine: Engine,
  migration: ResolvedMigration,
): Promise<MigrationFailure | undefined> {
  const module = await prepareModule(engine, migration);
  if (module?.transactional === false) throw notInAGroup(migration);
  if (module !== undefined) return module.run();
  await allowPause(engine.session);
  await runScriptFile(engine.world, migration.file, engine.placeholders);
  return undefined;
}

const notInAGroup = ({ file }: ResolvedMigration): GodwitError =>
  new GodwitError("ERROR", `${file.name} is not to run in a transaction, but group=true puts all into one.`, {
    place: { file: file.configuredPath, line: 1, column: 1 },
    advice: "Run without group.",
  });

async function runModule(
  engine: Engine,
  migration: ResolvedMigration,
  module: MigrationModule,
  inTransaction: boolean,
): Promise<MigrationFailure | undefined> {
  const { openContext } = await import("./module-context.ts");
  const { file } = migration;
  const skippedBefore = engine.skipNotices.length;
  if (inTransaction) await allowPause(engine.session);
  const open = openContext({ engine, file, inTransaction, placeIn: module.placeIn });
  try {
    await untilAborted(module.run, open.context);
  } catch (error) {
    await open.close();
    return failureOf({ migration, module, open, inTransaction }, error);
  }
  await open.close();
  const caught = inTransaction ? await caughtRefusal(engine, migration, open) : undefined;
  if (caught !== undefined) return caught;
  const skipped = skipFailure(engine, migration, skippedBefore);
  return skipped === undefined ? undefined : { ...skipped, rolledBack: inTransaction };
}

/** A function that waits for something else than the server is not waited for once the run is to stop. */
async function untilAborted(run: MigrationModule["run"], context: MigrationContext): Promise<void> {
  const { signal } = context;
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new GodwitError("ABORTED", "The migration was stopped."));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  aborted.catch(() => {});
  try {
    // An own microtask, so that what it throws at once is caught as well.
    await Promise.race([Promise.resolve().then(() => run(context)), aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

interface Ended {
  readonly migration: ResolvedMigration;
  readonly module: MigrationModule;
  readonly open: OpenContext;
  readonly inTransaction: boolean;
}

function failureOf({ migration, module, open, inTransaction }: Ended, error: unknown): MigrationFailure {
  const { file } = migration;
  if (isConnectionLost(error)) throw error;
  const sql = error instanceof GodwitError ? error.sql : undefined;
  const said = error instanceof GodwitError && sql === undefined ? error : undefined;
  const refusal = open.refusal();
  const asked = sql !== undefined && refusal?.error === sql ? refusal.place : undefined;
  const place = said?.place ?? asked ?? module.placeIn(error instanceof Error ? error.stack : undefined);
  const message = sql?.message ?? messageOf(error);
  return {
    ...plainFailure(sql, inTransaction),
    message: said?.place !== undefined ? message : `${file.name}: ${message}`,
    place: place ?? { file: file.configuredPath, line: 1, column: 1 },
    statementLine: place?.line ?? -1,
    advice: said?.advice ?? (inTransaction ? undefined : RUNS_AGAIN),
    cause: error,
  };
}

const RUNS_AGAIN =
  "The file runs without a transaction, so what it did before stays. The next migrate runs it from its beginning: it has to put up with its own work.";

/** An error of the server that the file caught: in a transaction nothing after it counts. */
async function caughtRefusal(
  engine: Engine,
  { file }: ResolvedMigration,
  open: OpenContext,
): Promise<MigrationFailure | undefined> {
  const refusal = open.refusal();
  if (refusal === undefined) return undefined;
  const [state] = await engine.session.pipeline(["SELECT 1"]);
  if (state?.ok !== false) return undefined;
  return {
    ...plainFailure(refusal.error, true),
    message: `${file.name}: ${refusal.error.message}`,
    place: refusal.place,
    statementLine: refusal.place.line,
    advice:
      "The file caught this error and went on, but a refused statement ends the whole transaction. Put a SAVEPOINT before it and ROLLBACK TO it in the catch block.",
  };
}

// --- without a transaction -------------------------------------------------------------------------------------------

/** The caller holds the lock and has checked that the plan still stands. */
export async function runModuleOutside(request: ApplyRequest, module: PreparedModule): Promise<Attempt> {
  const { engine } = request;
  const { session } = engine;
  try {
    await resetSession(engine, session, true);
    await runCallbacksInside(engine, session, "beforeEachMigrate");
    request.onStart(false);
    const started = engine.world.clock();
    const record = await openRecord({ ...request, script: asOneStatement(request.migration) });
    const refusal = await rowRefusal(request, record);
    if (refusal !== undefined) return { kind: "failed", failure: refusal };
    const failure = await runUnlessDone(request, module, record);
    const elapsed = Math.round(engine.world.clock() - started);
    if (failure !== undefined) {
      await runCallbacksInside(engine, session, "afterEachMigrateError");
      await recordFailure(request, elapsed);
      return { kind: "failed", failure };
    }
    await runCallbacksInside(engine, session, "afterEachMigrate");
    const atRow = await writeRow(request, record, elapsed);
    if (atRow !== undefined) return { kind: "failed", failure: atRow };
    return { kind: "applied", row: { ...rowOf(request), executionTime: elapsed } };
  } catch (error) {
    return { kind: "failed", failure: thrownFailure(error, false) };
  }
}

async function runUnlessDone(
  request: ApplyRequest,
  module: PreparedModule,
  record: ProgressRecord,
): Promise<MigrationFailure | undefined> {
  const { engine } = request;
  const { session } = engine;
  const before = record.at(0);
  if (before?.state === "done") {
    tellDone(request);
    return undefined;
  }
  if (before?.state === "begun") tellBegunBefore(request, before.since);
  await record.mark([0], "begun");
  const failure = await withSessionSettings(engine, async () => {
    const ended = await module.run();
    // The file may have left a transaction open, by intention or by its failure.
    await endTransaction(engine, ended === undefined);
    return ended;
  });
  await session.query(resetRoleStatement(engine));
  await record.mark([0], failure === undefined ? "done" : "failed");
  return failure;
}

/** What the record knows of such a file: whether the function that is all of it was begun, and whether it ended. */
function asOneStatement(migration: ResolvedMigration): PreparedScript {
  const text = readMigrationText(migration);
  const place = { file: migration.file.configuredPath, line: 1, column: 1 };
  const whole: Statement = {
    text: "the function of the file",
    start: 0,
    end: text.length,
    line: 1,
    column: 1,
    words: [],
    transactionControl: undefined,
    copyData: undefined,
  };
  return {
    file: migration.file,
    statements: [whole],
    text,
    transactional: false,
    ownControl: false,
    place: () => place,
    source: () => text,
  };
}

function tellDone({ engine, migration }: ApplyRequest): void {
  const message = `${migration.file.name} was done by a run that broke off before it wrote the history row; only the row is written now.`;
  engine.emit({ type: "log", level: "info", code: "RESUMED", message });
}

function tellBegunBefore({ engine, migration }: ApplyRequest, since: string): void {
  const message = `${migration.file.name} was begun at ${since} by a run that broke off. It runs without a transaction, so what that run did stays; it runs from its beginning again and has to put up with it.`;
  engine.emit({ type: "log", level: "warn", code: "RUN_AGAIN", message });
}

async function endTransaction(engine: Engine, commit: boolean): Promise<void> {
  // now() is the begin of the transaction: outside one that of the statement itself.
  const [state] = await engine.session.pipeline(
    ["SELECT pg_catalog.now() <> pg_catalog.statement_timestamp()"],
    { keepRows: true },
  );
  const isOpen = state?.ok === false || (state?.ok === true && state.result?.rows[0]?.[0] === "t");
  if (isOpen) await engine.session.query(commit && state?.ok === true ? "COMMIT" : "ROLLBACK");
}
