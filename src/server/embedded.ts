// The embedded PostgreSQL: a private server in a folder, started when needed.
//
// "persistent" keeps its data safely (.godwit/). Every process that needs it starts it, or finds it running, and the
// last one stops it; while another client is connected (psql, an application) it is left running, and the next process
// that used it stops it. "scratch" trades safety for speed, belongs to this process, and goes with it, even when the
// process is killed.
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { GodwitError } from "../base/errors.ts";
import { type Secret, secret } from "../base/secret.ts";
import type { ConnectionTarget } from "../config/connection-target.ts";
import { connect } from "./connect.ts";
import { type Binaries, findBinaries } from "./embedded-binaries.ts";
import { DATABASE, majorOfData, makeData, makeDataWithPassword, SUPERUSER } from "./embedded-data.ts";
import { cacheFolder, canReach, type RunAs, unprivilegedUser } from "./embedded-user.ts";
import { isAlive, withFolderLock } from "./folder-lock.ts";
import { findRunning, type Listening, type ServerPlan, startServer, stopServer } from "./postmaster.ts";

export interface EmbeddedOptions {
  readonly mode: "persistent" | "scratch";
  /** Folder that holds the server's own; made when missing. Scratch: beside the temporary files by default. */
  readonly dir?: string;
  /** Major versions that will do, whichever is found first; undefined: any. */
  readonly majors?: readonly number[];
  /** Folder with initdb and postgres, instead of the installed package. */
  readonly binDir?: string;
  /** For GODWIT_POSTGRES_BIN and XDG_CACHE_HOME. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Unix sockets where there are any; "tcp" listens on 127.0.0.1 and asks for a password. */
  readonly transport?: "socket" | "tcp";
  /** More server settings, or others. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Hears what is done, for debugging. */
  readonly log?: (message: string) => void;
}

export interface EmbeddedServer extends AsyncDisposable {
  readonly target: ConnectionTarget;
  /** "18.4". */
  readonly version: string;
  /** Persistent: stops the server unless others use it. Scratch: stops and removes it. May be called twice. */
  stop(): Promise<void>;
}

/** @throws GodwitError when there are no binaries, or the server does not come up (with the end of its log). */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  return options.mode === "scratch" ? startScratch(options) : startPersistent(options);
}

// --- scratch ---------------------------------------------------------------------------------------------------------

async function startScratch(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const env = options.env ?? {};
  const user = unprivilegedUser();
  const binaries = findBinaries({ binDir: options.binDir, majors: options.majors, env, user });
  const home = scratchFolder(options.dir, user);
  const isTcp = wantsTcp(options);
  const plan: ServerPlan = {
    ...placesIn(home, binaries, user),
    socketDir: isTcp ? undefined : home,
    port: isTcp ? await freePort() : 5432,
    settings: { ...COMMON, ...FAST, ...options.settings },
    dieWithUs: home,
  };
  try {
    const password = await prepareData(plan, home, env, isTcp);
    const at = await startServer(plan);
    options.log?.(`PostgreSQL ${binaries.version} runs in ${home}`);
    return serverOf(plan, at, password, async () => {
      await stopServer(plan, "immediate");
      at.release();
      remove(home);
    });
  } catch (error) {
    // Its log is in there too, but the failure holds the end of it.
    remove(home);
    throw error;
  }
}

/** Short, because a socket's path has at most 107 bytes (sockaddr_un), and private, as whoever gets in is trusted. */
function scratchFolder(dir: string | undefined, user: RunAs | undefined): string {
  const base = [dir, tmpdir(), "/tmp"].find(
    (folder) => folder !== undefined && folder.length < 70 && (user === undefined || canReach(folder, user)),
  );
  const root = base ?? tmpdir();
  mkdirSync(root, { recursive: true });
  const home = mkdtempSync(join(root, "godwit-scratch-"));
  give(home, user);
  return home;
}

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });

// --- persistent ------------------------------------------------------------------------------------------------------

async function startPersistent(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const dir = resolve(options.dir ?? ".godwit");
  const env = options.env ?? {};
  const user = unprivilegedUser();
  const home = persistentFolder(dir, user);
  return withFolderLock(home, async () => {
    const data = join(home, "data");
    const made = majorOfData(data);
    if (made !== undefined) refuseForeignData(data, user);
    const binaries = binariesFor(data, made, options, env, user);
    const isTcp = wantsTcp(options);
    const plan: ServerPlan = {
      ...placesIn(home, binaries, user),
      socketDir: isTcp ? undefined : socketFolder(home, user),
      port: isTcp ? await freePort() : 5432,
      settings: { ...COMMON, ...options.settings },
      dieWithUs: undefined,
    };
    const password = made === undefined ? await prepareData(plan, home, env, isTcp) : readPassword(home);
    const running = made === undefined ? undefined : await findRunning(data);
    const at = running ?? (await startServer(plan));
    options.log?.(
      `PostgreSQL ${binaries.version} ${running === undefined ? "started" : "runs already"} in ${home}`,
    );
    const leave = register(home);
    const server = serverOf(plan, at, password, async () => {
      if (!existsSync(home)) return;
      await withFolderLock(home, async () => {
        leave();
        if (!isUsed(home) && !(await hasClients(server.target))) await stopServer(plan, "fast");
      });
    });
    return server;
  });
}

/**
 * `postgres` in the folder. For root, where the user that the server runs as cannot get in, a folder of its own
 * elsewhere, whose path is noted in `postgres/where`.
 */
function persistentFolder(dir: string, user: RunAs | undefined): string {
  const home = join(dir, "postgres");
  mkdirSync(home, { recursive: true });
  const ignore = join(dir, ".gitignore");
  if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
  if (user === undefined) return home;
  if (canReach(dirname(home), user)) {
    give(home, user);
    return home;
  }
  const elsewhere = join("/var/lib/godwit", home.replaceAll("/", "-").slice(1));
  mkdirSync(elsewhere, { recursive: true });
  give(elsewhere, user);
  writeFileSync(join(home, "where"), `${elsewhere}\n`);
  return elsewhere;
}

/** The socket's folder: in the server's own where its path is short enough, else beside the temporary files. */
function socketFolder(home: string, user: RunAs | undefined): string {
  if (Buffer.byteLength(home) < 80) return home;
  const noted = join(home, "socket");
  const known = existsSync(noted) ? readFileSync(noted, "utf8").trim() : "";
  if (known !== "" && existsSync(known)) return known;
  const folder = mkdtempSync(join(tmpdir().length < 70 ? tmpdir() : "/tmp", "godwit-socket-"));
  give(folder, user);
  writeFileSync(noted, `${folder}\n`);
  return folder;
}

function refuseForeignData(data: string, user: RunAs | undefined): void {
  const expected = user?.uid ?? process.getuid?.();
  if (expected === undefined || statSync(data).uid === expected) return;
  throw new GodwitError("ERROR", `The embedded database in ${data} belongs to another user.`, {
    advice: `It was made by ${user === undefined ? "root" : "a user other than root"}. Run godwit as before, or remove that folder to start with an empty database.`,
  });
}

function binariesFor(
  data: string,
  made: number | undefined,
  options: EmbeddedOptions,
  env: Readonly<Record<string, string | undefined>>,
  user: RunAs | undefined,
): Binaries {
  const request = { binDir: options.binDir, env, user };
  if (made === undefined) return findBinaries({ ...request, majors: options.majors });
  try {
    return findBinaries({ ...request, majors: [made] });
  } catch (cause) {
    throw new GodwitError(
      "ERROR",
      `The embedded database in ${data} was made by PostgreSQL ${made}, which is not installed any more.`,
      {
        advice: `Name a folder with PostgreSQL ${made} in GODWIT_POSTGRES_BIN, or remove that folder to start with an empty database.`,
        cause,
      },
    );
  }
}

/** Other processes that use the server, by a file each; those of dead processes are removed. */
function isUsed(home: string): boolean {
  const users = join(home, "users");
  return (
    readdirSync(users).filter((name) => {
      const alive = isAlive(Number(name.split("-")[0]));
      if (!alive) rmSync(join(users, name), { force: true });
      return alive;
    }).length > 0
  );
}

function register(home: string): () => void {
  const users = join(home, "users");
  mkdirSync(users, { recursive: true });
  const file = join(users, `${process.pid}-${randomBytes(4).toString("hex")}`);
  writeFileSync(file, "");
  return () => rmSync(file, { force: true });
}

async function hasClients(target: ConnectionTarget): Promise<boolean> {
  try {
    const session = await connect(target, { connectRetries: 0, connectRetriesInterval: 1, timeZone: "UTC" });
    const rows = await session.query(
      "SELECT 1 AS one FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid() LIMIT 1",
    );
    await session.close();
    return rows.length > 0;
  } catch {
    return false;
  }
}

// --- both ------------------------------------------------------------------------------------------------------------

const COMMON: Readonly<Record<string, string>> = {
  max_connections: "100",
  // One transaction may touch thousands of tables (clean, a baseline).
  max_locks_per_transaction: "256",
  max_prepared_transactions: "10",
  shared_buffers: "64MB",
  jit: "off",
};

/** A crash loses everything, and nothing of worth. */
const FAST: Readonly<Record<string, string>> = {
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  autovacuum: "off",
  max_wal_size: "4GB",
};

function placesIn(home: string, binaries: Binaries, user: RunAs | undefined) {
  return { binaries, user, data: join(home, "data"), log: join(home, "server.log") };
}

const wantsTcp = (options: EmbeddedOptions): boolean =>
  (options.transport ?? (process.platform === "win32" ? "tcp" : "socket")) === "tcp";

/** Gives the password, where there is one. */
async function prepareData(
  { binaries, data, user }: ServerPlan,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
  isTcp: boolean,
): Promise<Secret | undefined> {
  // A folder without PG_VERSION is the rest of a setup that was cut short.
  remove(data);
  const request = { data, binaries, user, cache: cacheFolder(env) };
  if (!isTcp) {
    await makeData(request);
    return undefined;
  }
  const password = randomBytes(18).toString("base64url");
  await makeDataWithPassword(request, join(home, "password"), password);
  return secret(password);
}

function readPassword(home: string): Secret | undefined {
  const file = join(home, "password");
  return existsSync(file) ? secret(readFileSync(file, "utf8").trim()) : undefined;
}

function serverOf(
  plan: ServerPlan,
  at: Listening,
  password: Secret | undefined,
  end: () => Promise<void>,
): EmbeddedServer {
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= end();
    return stopping;
  };
  return {
    target: embeddedTarget(at, password),
    version: plan.binaries.version,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function embeddedTarget({ host, port }: Listening, password: Secret | undefined): ConnectionTarget {
  const isSocket = host.startsWith("/");
  return {
    hosts: [{ host, port }],
    database: DATABASE,
    user: SUPERUSER,
    password,
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
    displayUrl: isSocket
      ? `postgresql://${SUPERUSER}@/${DATABASE}?host=${host}&port=${port}`
      : `postgresql://${SUPERUSER}@${host}:${port}/${DATABASE}`,
    // JDBC has no form for Unix sockets; a script that needs one finds the folder in its parameter.
    jdbcUrl: isSocket
      ? `jdbc:postgresql:${DATABASE}?host=${host}&port=${port}`
      : `jdbc:postgresql://${host}:${port}/${DATABASE}`,
    warnings: [],
  };
}

function give(folder: string, user: RunAs | undefined): void {
  chmodSync(folder, 0o700);
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
}

/** A TCP port that is free now. */
function freePort(): Promise<number> {
  return new Promise((found, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => found(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
