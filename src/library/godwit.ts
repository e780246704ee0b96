// The library: the verbs of the command line as functions. It owns no state but what it opened, and leaves the process
// alone: no signals, no exit, nothing printed.
import { mkdirSync, writeFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { dirname, resolve } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { Emit } from "../base/event.ts";
import { runProcess } from "../cli/process.ts";
import { VERSION } from "../cli/version.ts";
import { doOrWrite, LOOKS, withEngine } from "../commands/with-engine.ts";
import { openWorld, startEmbedded } from "../commands/world.ts";
import type { Settings } from "../config/settings.ts";
import { settingsFromObject } from "../config/settings-read.ts";
import { baselineVerb } from "../engine/baseline.ts";
import { clean } from "../engine/clean.ts";
import type { DryRun } from "../engine/dry-run.ts";
import type { Engine, World } from "../engine/engine.ts";
import { info } from "../engine/info.ts";
import { migrate } from "../engine/migrate.ts";
import type {
  BaselineOutcome,
  CleanOutcome,
  DoctorOutcome,
  InfoOutcome,
  MigrateOutcome,
  RepairOutcome,
  TestConnectionOutcome,
  UndoOutcome,
  ValidateOutcome,
} from "../engine/outcome.ts";
import { repair } from "../engine/repair.ts";
import { testConnection } from "../engine/test-connection.ts";
import { undo } from "../engine/undo.ts";
import { validateVerb } from "../engine/validate.ts";
import type { AddOutcome, RuleListOutcome } from "../lint/finding.ts";
import type { RebaseOutcome } from "../lint/move.ts";
import { parseVersion } from "../migrations/version.ts";
import type { Session } from "../server/session.ts";
import { lender } from "./lent.ts";
import type {
  AddOptions,
  GodwitOptions,
  GodwitSettings,
  InfoOptions,
  LintOptions,
  LintReport,
  RebaseOptions,
  RulesOptions,
  RunOptions,
} from "./options.ts";

/** What a verb would run, as a script for psql. */
export interface Script<T> {
  /** What the verb would have given; times are 0. */
  readonly outcome: T;
  readonly sql: string;
}

/** The verbs that can be written down instead of run. */
export interface DryRuns {
  readonly migrate: MigrateOutcome;
  readonly undo: UndoOutcome;
  readonly baseline: BaselineOutcome;
  readonly repair: RepairOutcome;
  readonly clean: CleanOutcome;
}

/**
 * A project and its database. Verbs reject with a GodwitError whose `code` says what is wrong; ABORTED when a signal
 * stopped them. With a URL each verb opens connections of its own and closes them, so that close() has nothing to do
 * and may be left out.
 */
export interface Godwit extends AsyncDisposable {
  /** As they were read. */
  readonly settings: Settings;
  /** Applies what is pending. On failure `details.outcome` of the error says what was applied before. */
  migrate(options?: RunOptions): Promise<MigrateOutcome>;
  info(options?: InfoOptions): Promise<InfoOutcome>;
  /** Files that do not fit the history are in the outcome (`validationSuccessful`); they make no error. */
  validate(options?: RunOptions): Promise<ValidateOutcome>;
  baseline(options?: RunOptions): Promise<BaselineOutcome>;
  repair(options?: RunOptions): Promise<RepairOutcome>;
  undo(options?: RunOptions): Promise<UndoOutcome>;
  /** Drops everything in the schemas; refused unless `cleanDisabled` is false. */
  clean(options?: RunOptions): Promise<CleanOutcome>;
  testConnection(options?: RunOptions): Promise<TestConnectionOutcome>;
  /** What is in force and what is wrong with it; a server that cannot be reached is one of its findings. */
  doctor(options?: RunOptions): Promise<DoctorOutcome>;
  /** Writes down what a verb would do; changes nothing. */
  dryRun<V extends keyof DryRuns>(verb: V, options?: RunOptions): Promise<Script<DryRuns[V]>>;
  /**
   * Judges migrations; findings are no error. Connects only for `pending`, `database` and `fix`. With many large files it
   * keeps the thread busy for seconds, in which no signal is heard.
   */
  lint(options?: LintOptions): Promise<LintReport>;
  /** The rules of lint and those of the team, and which are in force. Never connects. */
  rules(options?: RulesOptions): Promise<RuleListOutcome>;
  /** Writes a new migration file. Never connects. */
  add(options: AddOptions): Promise<AddOutcome>;
  /** Gives files that collide with the main branch the next free numbers. Connects unless `offline`. */
  rebase(options?: RebaseOptions): Promise<RebaseOutcome>;
  /** Waits for running verbs and stops the embedded server if one was started. Closes nothing that was lent. */
  close(): Promise<void>;
}

/**
 * Reads the settings and gives the verbs. Nothing is connected yet.
 * @throws GodwitError CONFIGURATION with everything that is wrong with the settings.
 */
export async function createGodwit(options: GodwitOptions = {}): Promise<Godwit> {
  refuseUndefined(options);
  const project = new Project(options, await settingsOf(options));
  const { settings } = project;
  return {
    settings,
    migrate: (o) => project.run(o, (world) => doOrWrite(world, migrate, (m) => m.dryMigrate, LOOKS)),
    info: (o = {}) =>
      project.run(o, (world) => withEngine(world, (engine) => info(engine, filterOf(o)), LOOKS)),
    validate: (o) => project.run(o, (world) => withEngine(world, validateVerb, LOOKS)),
    baseline: (o) => project.run(o, (world) => doOrWrite(world, baselineVerb, (m) => m.dryBaseline)),
    repair: (o) => project.run(o, (world) => doOrWrite(world, repair, (m) => m.dryRepair)),
    undo: (o) => project.run(o, (world) => doOrWrite(world, undo, (m) => m.dryUndo)),
    clean: (o) => project.run(o, (world) => doOrWrite(world, clean, (m) => m.dryClean)),
    testConnection: (o) => project.run(o, testConnection),
    doctor: (o) =>
      project.run(o, async (world) => {
        const { doctor } = await import("../engine/doctor.ts");
        return doctor(world);
      }),
    dryRun: (verb, o) =>
      project.run(o, async (world) => {
        const runners = dryRunners(await import("../engine/dry-run.ts"));
        return withEngine(world, runners[verb]);
      }),
    lint: (o = {}) => project.judge(o, async (world) => (await import("./gate.ts")).lint(world, o)),
    rules: (o = {}) => project.judge(o, async (world) => (await import("./gate.ts")).rules(world, o)),
    add: (o) => project.judge(o, async (world) => (await import("./gate.ts")).add(world, o)),
    rebase: (o = {}) => project.judge(o, async (world) => (await import("./gate.ts")).rebase(world, o)),
    close: () => project.close(),
    [Symbol.asyncDispose]: () => project.close(),
  };
}

type DryRunners = { readonly [V in keyof DryRuns]: (engine: Engine) => Promise<DryRun<DryRuns[V]>> };

const dryRunners = (m: typeof import("../engine/dry-run.ts")): DryRunners => ({
  migrate: m.dryMigrate,
  undo: m.dryUndo,
  baseline: m.dryBaseline,
  repair: m.dryRepair,
  clean: m.dryClean,
});

function filterOf(o: InfoOptions): Parameters<typeof info>[1] {
  return {
    ...(o.sinceDate === undefined ? {} : { sinceDate: o.sinceDate }),
    ...(o.untilDate === undefined ? {} : { untilDate: o.untilDate }),
    ...(o.sinceVersion === undefined ? {} : { sinceVersion: parseVersion(o.sinceVersion) }),
    ...(o.untilVersion === undefined ? {} : { untilVersion: parseVersion(o.untilVersion) }),
    ...(o.states === undefined ? {} : { states: o.states }),
  };
}

// --- settings --------------------------------------------------------------------------------------------------------

/** `url: process.env.DATABASE_URL` with the variable unset must not end in the embedded database. */
function refuseUndefined(options: GodwitOptions): void {
  for (const name of ["url", "client"] as const) {
    if (Object.hasOwn(options, name) && (options[name] === undefined || options[name] === null)) {
      throw new GodwitError("CONFIGURATION", `The option ${name} is there, but undefined.`, {
        advice: `Look where its value comes from (an environment variable that is not set?); leave ${name} out if you mean none.`,
      });
    }
  }
  if (options.url === undefined || options.client === undefined) return;
  throw new GodwitError("CONFIGURATION", "Both url and client are given.", { advice: "Give one of them." });
}

async function settingsOf(options: GodwitOptions, more: GodwitSettings = {}): Promise<Settings> {
  const { client, env = process.env, onEvent: _, signal: __, ...own } = options;
  const settings = await settingsFromObject({ ...own, ...more }, env, process.cwd(), {
    home: homedir(),
    osUser: osUser(),
    platform: process.platform,
  });
  return client === undefined ? settings : { ...settings, connection: undefined };
}

/** A uid without an entry in the user database has no name. */
function osUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

// --- running ---------------------------------------------------------------------------------------------------------

type Embedded = Awaited<ReturnType<typeof startEmbedded>>;

/** Where the connections of a run go. */
type Target = Pick<Parameters<typeof openWorld>[0], "settings" | "lend" | "embedded">;

class Project {
  readonly settings: Settings;
  readonly #options: GodwitOptions;
  readonly #lend: (() => Promise<Session>) | undefined;
  readonly #running = new Set<Promise<unknown>>();
  /** With a connection that is lent the verbs take turns. */
  #turn: Promise<unknown> = Promise.resolve();
  #embedded: Promise<Embedded> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: GodwitOptions, settings: Settings) {
    this.#options = options;
    this.settings = settings;
    this.#lend = options.client === undefined ? undefined : lender(options.client);
  }

  run<T>(options: RunOptions = {}, action: (world: World) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#run(options, action, (settings, emit) => this.#target(settings, emit)));
  }

  /** For verbs about files: no server is started unless one of them connects. */
  judge<T>(options: RunOptions, action: (world: World) => Promise<T>): Promise<T> {
    return this.#inTurn(() =>
      this.#run(options, action, async (settings, emit) =>
        this.#embedded === undefined && this.#lend === undefined
          ? { settings }
          : this.#target(settings, emit),
      ),
    );
  }

  async #inTurn<T>(action: () => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) {
      throw new GodwitError("ERROR", "This godwit is closed.", { advice: "Make another with createGodwit." });
    }
    const turn = this.#lend === undefined ? Promise.resolve() : this.#turn;
    const run = turn.then(action);
    const settled = run.then(
      () => {},
      () => {},
    );
    this.#turn = settled;
    this.#running.add(settled);
    void settled.then(() => this.#running.delete(settled));
    return run;
  }

  async #run<T>(
    options: RunOptions,
    action: (world: World) => Promise<T>,
    targetOf: (settings: Settings, emit: Emit) => Promise<Target>,
  ): Promise<T> {
    const signals = [this.#options.signal, options.signal].filter((s) => s !== undefined);
    const signal = signals.length === 0 ? undefined : AbortSignal.any(signals);
    try {
      if (signal?.aborted === true) throw new GodwitError("ABORTED", "Stopped before it began.");
      const settings =
        options.settings === undefined ? this.settings : await settingsOf(this.#options, options.settings);
      const emit = listeners([this.#options.onEvent, options.onEvent]);
      await using opened = openWorld({
        ...(await targetOf(settings, emit)),
        emit,
        env: this.#options.env ?? process.env,
        signal,
        runProcess,
        writeDryRun: (path, text) => writeDryRun(settings, path, text),
        version: VERSION,
      });
      return await action(opened.world);
    } catch (error) {
      throw signal?.aborted === true ? aborted(error, signal) : error;
    }
  }

  /** The embedded server is started once, and stays until close(). */
  async #target(settings: Settings, emit: Emit): Promise<Target> {
    if (this.#lend !== undefined) return { settings, lend: this.#lend };
    if (settings.connection !== undefined) return { settings };
    this.#embedded ??= startEmbedded(settings, emit, this.#options.env ?? process.env);
    const { target } = await this.#embedded.catch((error: unknown) => {
      // The next verb tries again.
      this.#embedded = undefined;
      throw error;
    });
    return { settings: { ...settings, connection: target }, embedded: true };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all(this.#running);
    const embedded = await this.#embedded?.catch(() => undefined);
    await embedded?.stop();
  }
}

/** A listener that throws must not disturb a run between two statements; its first error is a warning of the process. */
function listeners(all: readonly (Emit | undefined)[]): Emit {
  const hearing = all.filter((listener) => listener !== undefined);
  let warned = false;
  return (event) => {
    for (const listener of hearing) {
      try {
        listener(event);
      } catch (error) {
        if (!warned) process.emitWarning(error instanceof Error ? error : String(error));
        warned = true;
      }
    }
  };
}

/** However the stopped run failed, the caller asks for one code. */
function aborted(error: unknown, signal: AbortSignal): unknown {
  if (!(error instanceof GodwitError)) return error;
  if (error.code === "ABORTED" && error.cause !== undefined) return error;
  return new GodwitError("ABORTED", error.message, {
    ...(error.advice === undefined ? {} : { advice: error.advice }),
    ...(error.place === undefined ? {} : { place: error.place }),
    ...(error.sql === undefined ? {} : { sql: error.sql }),
    details: error.details,
    cause: error.code === "ABORTED" ? signal.reason : error,
  });
}

/** dryRunOutput in a configuration file means the same as on the command line. */
function writeDryRun(settings: Settings, path: string, text: string): void {
  if (path === "-") {
    throw new GodwitError("CONFIGURATION", "dryRunOutput is standard output, which a library leaves alone.", {
      advice: "Call dryRun(verb), which gives the script, or name a file.",
    });
  }
  const file = resolve(settings.workingDirectory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
