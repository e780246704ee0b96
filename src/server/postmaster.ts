// A server process of our own: starting it, seeing what became of it, ending it. Everything is read from the lock file
// that PostgreSQL keeps in its data folder (postmaster.pid).
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, fchownSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import { join } from "node:path";
import { GodwitError } from "../base/errors.ts";
import { type Binaries, executable } from "./embedded-binaries.ts";
import { lastLines } from "./embedded-data.ts";
import type { RunAs } from "./embedded-user.ts";
import { isAlive } from "./folder-lock.ts";

export interface ServerPlan {
  readonly binaries: Binaries;
  readonly user: RunAs | undefined;
  readonly data: string;
  readonly log: string;
  /** Folder of the Unix socket; undefined: TCP on 127.0.0.1. */
  readonly socketDir: string | undefined;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Folder that goes when this process goes, and the server with it, however this process ends. */
  readonly dieWithUs: string | undefined;
}

/** Where a running server listens. */
export interface Listening {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
}

const LOOK_EVERY_MS = 4;
const START_MS = 60_000;
const STOP_MS = 60_000;

/** A server that runs on the folder already (waits for one that is coming up or going down); clears what a crash left. */
export async function findRunning(data: string): Promise<Listening | undefined> {
  const until = performance.now() + START_MS;
  for (;;) {
    const file = readPidFile(data);
    if (file === undefined) return undefined;
    const answers = await accepts(file);
    if (answers && file.status === "ready") return file;
    if (!answers && !isServerOf(file.pid, data)) {
      // A crash left it. PostgreSQL itself would take any process of that pid for the server.
      rmSync(join(data, "postmaster.pid"), { force: true });
      return undefined;
    }
    if (performance.now() > until) {
      throw new GodwitError("ERROR", `The server in ${data} (pid ${file.pid}) neither answers nor ends.`, {
        advice: `End it (kill ${file.pid}), then run the same command again.`,
      });
    }
    await pause();
  }
}

interface PidFile extends Listening {
  readonly status: string;
}

/** Lines: pid, data folder, start time, port, socket folder, listen address, shared memory, status. */
function readPidFile(data: string): PidFile | undefined {
  const file = join(data, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  const socket = lines[4]?.trim() ?? "";
  return {
    pid: Math.abs(Number.parseInt(lines[0] ?? "", 10)),
    port: Number(lines[3] ?? 0),
    host: socket === "" ? "127.0.0.1" : socket,
    status: lines[7]?.trim() ?? "",
  };
}

function accepts({ host, port }: Listening): Promise<boolean> {
  return new Promise((resolve) => {
    if (port === 0) return resolve(false);
    const socket = host.startsWith("/")
      ? connectSocket(`${host}/.s.PGSQL.${port}`)
      : connectSocket(port, host);
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
  });
}

/** True when the process is that folder's server, as far as can be seen; pids are used again, in containers at once. */
function isServerOf(pid: number, data: string): boolean {
  if (!isAlive(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(data);
  } catch {
    return process.platform !== "linux";
  }
}

// --- start -----------------------------------------------------------------------------------------------------------

export interface Started extends Listening {
  /** Lets go of the leash of a server that dies with us: it, and its folder, go now. */
  release(): void;
}

/** @throws GodwitError with the end of the server's log when it does not come up. */
export async function startServer(plan: ServerPlan): Promise<Started> {
  const log = openSync(plan.log, "w+", 0o644);
  try {
    if (plan.user !== undefined) fchownSync(log, plan.user.uid, plan.user.gid);
    return await untilReady(plan, spawnServer(plan, log), log);
  } finally {
    closeSync(log);
  }
}

async function untilReady(plan: ServerPlan, child: ChildProcess, log: number): Promise<Started> {
  let ended: string | undefined;
  child.on("exit", (code, signal) => {
    ended = `it ended with ${signal ?? `code ${code}`}`;
  });
  child.on("error", (error) => {
    ended = error.message;
  });
  const until = performance.now() + START_MS;
  for (;;) {
    const file = readPidFile(plan.data);
    if (file?.status === "ready" && file.pid === child.pid) {
      child.unref();
      return { ...file, release: () => child.stdin?.destroy() };
    }
    if (ended !== undefined || performance.now() > until) {
      child.kill("SIGQUIT");
      child.stdin?.destroy();
      throw startFailure(plan, log, ended ?? `it was not ready after ${START_MS / 1000} s`);
    }
    await pause();
  }
}

function spawnServer(plan: ServerPlan, log: number): ChildProcess {
  const listen =
    plan.socketDir === undefined
      ? { listen_addresses: "127.0.0.1", unix_socket_directories: "" }
      : { listen_addresses: "", unix_socket_directories: plan.socketDir, unix_socket_permissions: "0700" };
  const settings = Object.entries({ ...listen, ...plan.settings }).flatMap(([k, v]) => ["-c", `${k}=${v}`]);
  const command = [
    join(plan.binaries.bin, executable("postgres")),
    ...["-D", plan.data, "-p", String(plan.port)],
    ...settings,
  ];
  const [program, args] = plan.dieWithUs === undefined ? split(command) : watched(command, plan.dieWithUs);
  const child = spawn(program, args, {
    ...plan.user,
    detached: true,
    cwd: plan.data,
    stdio: [plan.dieWithUs === undefined ? "ignore" : "pipe", log, log],
  });
  // The leash must not keep this process from ending.
  if (child.stdin !== null && "unref" in child.stdin && typeof child.stdin.unref === "function") {
    child.stdin.unref();
  }
  return child;
}

const split = ([program, ...args]: readonly string[]): readonly [string, readonly string[]] => [
  program ?? "",
  args,
];

/**
 * A pipe from us is the leash: a second process reads it, and when it ends - we are gone, by whatever cause - it ends
 * the server, which has taken the shell's place and pid, and removes the folder.
 */
const LEASH = `exec 3<&0 </dev/null
( ( read -r _ <&3; kill -QUIT $$
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -e "$0/data/postmaster.pid" ] || break; sleep 0.1; done
    rm -rf "$0" ) >/dev/null 2>&1 & )
exec "$@" 3<&-`;

function watched(command: readonly string[], folder: string): readonly [string, readonly string[]] {
  return process.platform === "win32" ? split(command) : ["/bin/sh", ["-c", LEASH, folder, ...command]];
}

/** Reads the log by its descriptor: the file may be gone by now, with the folder of a scratch server. */
function startFailure(plan: ServerPlan, log: number, what: string): GodwitError {
  const buffer = Buffer.alloc(LOG_BYTES);
  const said = lastLines(buffer.toString("utf8", 0, readSync(log, buffer, 0, LOG_BYTES, 0)));
  return new GodwitError(
    "ERROR",
    `The embedded PostgreSQL ${plan.binaries.version} did not start: ${what}.`,
    {
      advice: said === "" ? `Look at ${plan.log}.` : `Its log (${plan.log}) says: ${said}`,
    },
  );
}

const LOG_BYTES = 64 * 1024;

// --- stop ------------------------------------------------------------------------------------------------------------

/** Ends the server: "fast" rolls back what runs and writes all down, "immediate" does neither. */
export async function stopServer(plan: ServerPlan, how: "fast" | "immediate"): Promise<void> {
  const pid = readPidFile(plan.data)?.pid;
  if (pid === undefined || !isAlive(pid)) return;
  if (process.platform === "win32") await controlled(plan, how);
  else signal(pid, how === "fast" ? "SIGINT" : "SIGQUIT");
  const until = performance.now() + STOP_MS;
  while (isAlive(pid) && existsSync(join(plan.data, "postmaster.pid")) && performance.now() < until)
    await pause();
}

/** Windows has no signals that a server could hear. */
function controlled(plan: ServerPlan, how: string): Promise<void> {
  return new Promise((resolve) => {
    const args = ["stop", "-D", plan.data, "-m", how, "-w"];
    const child = spawn(join(plan.binaries.bin, executable("pg_ctl")), args, { stdio: "ignore" });
    child.on("close", () => resolve());
    child.on("error", () => resolve());
  });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
