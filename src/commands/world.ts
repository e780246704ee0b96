// The World of a run: how to connect (to the configured server, or to the embedded one when no URL is set), and what
// else the engine takes from outside.
import { join } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { Emit } from "../base/event.ts";
import { monotonic } from "../base/monotonic.ts";
import { pause } from "../base/pause.ts";
import type { ConnectionTarget } from "../config/connection-target.ts";
import type { Settings } from "../config/settings.ts";
import type { World } from "../engine/engine.ts";
import type { ProcessRunner } from "../engine/process.ts";
import { connect } from "../server/connect.ts";
import type { Session } from "../server/session.ts";
import { localTimeZone } from "../server/time-zone.ts";

export interface WorldInput {
  readonly settings: Settings;
  readonly emit: Emit;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal | undefined;
  readonly runProcess: ProcessRunner;
  readonly writeDryRun: (path: string, text: string) => void;
  readonly version: string;
  /** Gives the one connection there is, instead of a server's of the settings (the library). */
  readonly lend?: () => Promise<Session>;
  /** True when the settings lead to an embedded server that the caller started. */
  readonly embedded?: boolean;
}

export interface OpenWorld extends AsyncDisposable {
  readonly world: World;
}

/** Folder of the embedded database, in the working directory. */
export const EMBEDDED_FOLDER = ".godwit";

/** Time for a run that was asked to stop. A server that hears of it answers at once; the way to it may be cut. */
const GIVE_UP_MS = 6000;

/** Connects lazily; the embedded server starts with the first connection and stops with the world. */
export function openWorld(input: WorldInput): OpenWorld {
  const { settings, emit, signal } = input;
  const open = new Set<Session>();
  let embedded: Promise<Embedded> | undefined;
  const targetOf = async (): Promise<ConnectionTarget> => {
    if (settings.connection !== undefined) return settings.connection;
    embedded ??= startEmbedded(settings, emit, input.env);
    return (await embedded).target;
  };
  const connectOne = async (): Promise<Session> => {
    const session = await (input.lend ?? connectNew)();
    open.add(session);
    return session;
  };
  const connectNew = async (): Promise<Session> =>
    connect(await targetOf(), {
      connectRetries: settings.connectRetries,
      connectRetriesInterval: settings.connectRetriesInterval,
      initSql: settings.initSql,
      timeZone: localTimeZone(input.env),
      signal,
      onRetry: (error, seconds) =>
        emit({
          type: "log",
          level: "warn",
          code: "CONNECTION_RETRY",
          message: `${error.message} Trying again in ${seconds} s.`,
        }),
    });
  let giveUp: NodeJS.Timeout | undefined;
  const cancelAll = (): void => {
    for (const session of open) void session.cancel();
    // A connection of the caller's is not ours to end.
    if (input.lend === undefined) giveUp = setTimeout(giveUpAll, GIVE_UP_MS);
  };
  const giveUpAll = (): void => {
    const deaf = [...open].filter((session) => !session.isClosed);
    if (deaf.length === 0) return;
    const message = `The run was asked to stop ${GIVE_UP_MS / 1000} s ago, and the server has not answered since: its connection is given up.`;
    emit({ type: "log", level: "warn", code: "NO_ANSWER", message });
    for (const session of deaf) void session.close();
  };
  signal?.addEventListener("abort", cancelAll, { once: true });
  return {
    world: {
      settings,
      emit,
      connect: connectOne,
      runProcess: input.runProcess,
      writeDryRun: input.writeDryRun,
      env: input.env,
      now: () => new Date(),
      clock: monotonic,
      sleep: (ms, signal) => pause(ms, signal, () => new GodwitError("ABORTED", "Stopped while waiting.")),
      signal,
      random: Math.random,
      embedded: input.embedded ?? (input.lend === undefined && settings.connection === undefined),
      hasOneConnection: input.lend !== undefined,
      godwitVersion: input.version,
    },
    [Symbol.asyncDispose]: async () => {
      signal?.removeEventListener("abort", cancelAll);
      clearTimeout(giveUp);
      for (const session of open) await session.close();
      await (await embedded?.catch(() => undefined))?.stop();
    },
  };
}

export interface Embedded {
  readonly target: ConnectionTarget;
  stop(): Promise<void>;
}

/** The embedded server of a project. */
export async function startEmbedded(
  settings: Settings,
  emit: Emit,
  env: WorldInput["env"],
): Promise<Embedded> {
  const { startEmbedded: start } = await import("../server/embedded.ts");
  const dir = join(settings.workingDirectory, EMBEDDED_FOLDER);
  const message = `No server is configured: using the embedded PostgreSQL in ${EMBEDDED_FOLDER}/.`;
  emit({ type: "log", level: "info", code: "EMBEDDED", message });
  return start({ dir, mode: "persistent", env });
}
