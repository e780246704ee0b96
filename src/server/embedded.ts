// The embedded PostgreSQL: a private cluster in a folder, reached over a Unix socket, started when needed and stopped
// by the last process that used it. "persistent" keeps its data safely (.godwit/); "scratch" trades safety for speed
// and is thrown away.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { ConnectionTarget } from "../config/connection-target.ts";
import { connect } from "./connect.ts";
import {
  type Binaries,
  findBinaries,
  othersMayEnter,
  type RunAs,
  unprivilegedUser,
} from "./embedded-binaries.ts";
import { withFolderLock } from "./folder-lock.ts";
import type { Session } from "./session.ts";

export interface EmbeddedOptions {
  /** Folder of the cluster; made when it does not exist. */
  readonly dir: string;
  readonly mode: "persistent" | "scratch";
  /** Folder with initdb and postgres, instead of the installed package. */
  readonly binDir?: string;
}

export interface EmbeddedServer extends AsyncDisposable {
  readonly target: ConnectionTarget;
  /** Stops the server unless others are connected; removes a scratch cluster. */
  stop(): Promise<void>;
}

const SAFE = [
  "-c",
  "listen_addresses=",
  "-c",
  "max_connections=100",
  "-c",
  "shared_buffers=32MB",
  "-c",
  "dynamic_shared_memory_type=posix",
];
const FAST = [
  ...["fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off", "wal_level=minimal"],
  ...["max_wal_senders=0", "jit=off"],
].flatMap((setting) => ["-c", setting]);

/** @throws GodwitError when no binaries are installed or the server does not come up (with the end of its log). */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const binaries = findBinaries(options.binDir);
  const user = unprivilegedUser();
  const home = prepareFolder(options.dir, user);
  const cluster: Cluster = {
    binaries,
    user,
    data: join(home, "data"),
    log: join(home, "server.log"),
    socketDir: socketFolder(home, user),
    port: 5432,
    mode: options.mode,
  };
  await withFolderLock(home, () => bringUp(cluster));
  const target = targetOf(cluster);
  const stop = (): Promise<void> => withFolderLock(home, () => bringDown(cluster, target, home));
  return { target, stop, [Symbol.asyncDispose]: stop };
}

interface Cluster {
  readonly binaries: Binaries;
  readonly user: RunAs | undefined;
  readonly data: string;
  readonly log: string;
  readonly socketDir: string;
  readonly port: number;
  readonly mode: "persistent" | "scratch";
}

// --- folders -------------------------------------------------------------------------------------------------------

/**
 * The folder itself; or, for root where the unprivileged user cannot get in, a folder beside the temporary files,
 * noted in `where` so that it is found again.
 */
function prepareFolder(dir: string, user: RunAs | undefined): string {
  mkdirSync(dir, { recursive: true });
  const ignore = join(dir, ".gitignore");
  if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
  if (user === undefined) return dir;
  let home = dir;
  if (!othersMayEnter(dirname(dir))) {
    home = join(tmpdir(), `godwit-${hashOf(dir)}`);
    mkdirSync(home, { recursive: true });
    writeFileSync(join(dir, "where"), `${home}\n`);
  }
  chmodSync(home, 0o755);
  chownSync(home, user.uid, user.gid);
  return home;
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 12);

/** Socket paths may have 107 bytes at most, so the socket does not live in the project. */
function socketFolder(home: string, user: RunAs | undefined): string {
  const folder = join(tmpdir(), `godwit-${hashOf(home)}-socket`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

// --- up ------------------------------------------------------------------------------------------------------------

async function bringUp(cluster: Cluster): Promise<void> {
  if (!existsSync(join(cluster.data, "PG_VERSION"))) await initialize(cluster);
  else refuseOtherMajor(cluster);
  if (await answers(cluster)) return;
  const child = spawnServer(cluster);
  let exited = false;
  child.on("exit", () => {
    exited = true;
  });
  const until = performance.now() + 60_000;
  while (!(await answers(cluster))) {
    if (exited || performance.now() > until) throw startFailure(cluster);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.unref();
}

async function initialize(cluster: Cluster): Promise<void> {
  rmSync(cluster.data, { recursive: true, force: true });
  const locale =
    cluster.binaries.major >= 17
      ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
      : ["--locale=C"];
  const args = ["-D", cluster.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", ...locale];
  const { code, output } = await runToEnd(join(cluster.binaries.bin, "initdb"), args, cluster.user);
  if (code === 0) return;
  rmSync(cluster.data, { recursive: true, force: true });
  throw new GodwitError("ERROR", `The embedded PostgreSQL could not be set up in ${cluster.data}.`, {
    advice: `initdb said: ${output.trim().split("\n").slice(-3).join(" ")}`,
  });
}

function refuseOtherMajor(cluster: Cluster): void {
  const made = Number.parseInt(readFileSync(join(cluster.data, "PG_VERSION"), "utf8"), 10);
  if (cluster.binaries.major === 0 || made === cluster.binaries.major) return;
  throw new GodwitError(
    "ERROR",
    `${cluster.data} was made by PostgreSQL ${made}, but the installed one is ${cluster.binaries.major}.`,
    { advice: "Remove that folder to start with an empty database, or install the matching binaries." },
  );
}

function spawnServer(cluster: Cluster): ReturnType<typeof spawn> {
  const log = openSync(cluster.log, "a", 0o644);
  if (cluster.user !== undefined) chownSync(cluster.log, cluster.user.uid, cluster.user.gid);
  const settings = cluster.mode === "scratch" ? [...SAFE, ...FAST] : SAFE;
  const child = spawn(
    join(cluster.binaries.bin, "postgres"),
    ["-D", cluster.data, "-k", cluster.socketDir, "-p", String(cluster.port), ...settings],
    { ...cluster.user, detached: true, stdio: ["ignore", log, log], cwd: cluster.data },
  );
  child.on("error", () => {});
  closeSync(log);
  return child;
}

function startFailure(cluster: Cluster): GodwitError {
  const tail = existsSync(cluster.log)
    ? readFileSync(cluster.log, "utf8").trim().split("\n").slice(-3).join(" ")
    : "";
  return new GodwitError("ERROR", "The embedded PostgreSQL did not start.", {
    advice: `Its log (${cluster.log}) ends with: ${tail}`,
  });
}

// --- down ------------------------------------------------------------------------------------------------------------

async function bringDown(cluster: Cluster, target: ConnectionTarget, home: string): Promise<void> {
  if (await othersConnected(target)) return;
  const pid = serverPid(cluster);
  if (pid !== undefined) {
    // SIGINT is PostgreSQL's fast shutdown: it rolls back, writes a checkpoint and ends.
    signal(pid, cluster.mode === "scratch" ? "SIGQUIT" : "SIGINT");
    const until = performance.now() + 30_000;
    while (isAlive(pid) && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (cluster.mode === "scratch") rmSync(home, { recursive: true, force: true });
  rmSync(cluster.socketDir, { recursive: true, force: true });
}

async function othersConnected(target: ConnectionTarget): Promise<boolean> {
  try {
    await using session: Session = await connect(target, {
      connectRetries: 0,
      connectRetriesInterval: 1,
      timeZone: "UTC",
    });
    const rows = await session.query(
      "SELECT 1 AS one FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1",
    );
    return rows.length > 0;
  } catch {
    return false;
  }
}

function serverPid(cluster: Cluster): number | undefined {
  const file = join(cluster.data, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const pid = Number.parseInt(readFileSync(file, "utf8"), 10);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// --- small things ------------------------------------------------------------------------------------------------------

/** True when a server accepts sessions on the socket. */
async function answers(cluster: Cluster): Promise<boolean> {
  if (!existsSync(join(cluster.socketDir, `.s.PGSQL.${cluster.port}`))) return false;
  try {
    const session = await connect(targetOf(cluster), {
      connectRetries: 0,
      connectRetriesInterval: 1,
      timeZone: "UTC",
    });
    await session.close();
    return true;
  } catch {
    return false;
  }
}

function targetOf(cluster: Cluster): ConnectionTarget {
  const url = `postgresql:///postgres?host=${cluster.socketDir}`;
  return {
    hosts: [{ host: cluster.socketDir, port: cluster.port }],
    database: "postgres",
    user: "postgres",
    password: undefined,
    sslMode: "disable",
    sslRootCert: undefined,
    sslCert: undefined,
    sslKey: undefined,
    sslPassword: undefined,
    channelBinding: "disable",
    applicationName: "godwit",
    connectTimeoutMs: 10_000,
    keepAlive: false,
    targetSessionAttrs: "any",
    options: undefined,
    currentSchema: undefined,
    readOnly: false,
    displayUrl: url,
    jdbcUrl: url,
    warnings: [],
  };
}

function runToEnd(
  command: string,
  args: readonly string[],
  user: RunAs | undefined,
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...user, cwd: tmpdir(), stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on("error", (error) => resolve({ code: -1, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? -1, output }));
  });
}

/** A TCP port that is free now, for servers that need one. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
