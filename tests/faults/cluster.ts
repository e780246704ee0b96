// A PostgreSQL of the fault tests' own, because they stop it with -m immediate in the middle of things.
import { spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectionTarget } from "../../src/config/connection-target.ts";
import { connect } from "../../src/server/connect.ts";
import { findBinaries } from "../../src/server/embedded-binaries.ts";
import { unprivilegedUser } from "../../src/server/embedded-user.ts";
import type { Session } from "../../src/server/session.ts";
import { testTarget } from "../support/settings.ts";

const SYSTEM = "/usr/lib/postgresql/15/bin";

export interface Cluster extends AsyncDisposable {
  readonly socketDir: string;
  target(database: string, socketDir?: string): ConnectionTarget;
  open(database?: string): Promise<Session>;
  /** Stops it as `pg_ctl stop -m immediate` does, and starts it again: it comes up through crash recovery. */
  crash(): Promise<void>;
}

const SETTINGS = [
  ...["listen_addresses=", "fsync=off", "autovacuum=off", "shared_buffers=32MB", "max_connections=100"],
  ...["max_prepared_transactions=10", "wal_level=minimal", "max_wal_senders=0", "jit=off"],
].flatMap((setting) => ["-c", setting]);

export async function startCluster(): Promise<Cluster> {
  const user = unprivilegedUser();
  const named = process.env["GODWIT_TEST_POSTGRES_BIN"] ?? (existsSync(SYSTEM) ? SYSTEM : undefined);
  const { bin } = findBinaries({ binDir: named, env: process.env, user });
  const home = mkdtempSync(join(tmpdir(), "godwit-faults-"));
  const data = join(home, "data");
  for (const folder of [home, data]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
  }
  await run(join(bin, "initdb"), [
    "-D",
    data,
    "-U",
    "postgres",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--locale=C",
    "--no-sync",
  ]);

  function run(command: string, args: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, { ...user, cwd: home, stdio: "ignore" });
      child.on("error", reject);
      child.on("close", (code) =>
        code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`)),
      );
    });
  }

  const target = (database: string, socketDir = home): ConnectionTarget => {
    const url = `postgresql://postgres@/${database}?host=${socketDir}`;
    return testTarget({ hosts: [{ host: socketDir, port: 5432 }], database, displayUrl: url, jdbcUrl: url });
  };
  const open = (database = "postgres"): Promise<Session> =>
    connect(target(database), { connectRetries: 0, connectRetriesInterval: 1, timeZone: "UTC" });

  let ended: Promise<void> = Promise.resolve();
  let pid = 0;
  const start = async (): Promise<void> => {
    const child = spawn(join(bin, "postgres"), ["-D", data, "-k", home, "-p", "5432", ...SETTINGS], {
      ...user,
      cwd: data,
      stdio: "ignore",
    });
    pid = child.pid ?? 0;
    ended = new Promise((resolve) => child.on("exit", () => resolve()));
    await untilUp(open, () => child.exitCode !== null);
  };
  await start();
  return {
    socketDir: home,
    target,
    open,
    crash: async () => {
      process.kill(pid, "SIGQUIT");
      await ended;
      await allGone(data);
      await start();
    },
    [Symbol.asyncDispose]: async () => {
      process.kill(pid, "SIGQUIT");
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function untilUp(open: () => Promise<Session>, isDead: () => boolean): Promise<void> {
  for (;;) {
    if (isDead()) throw new Error("the server of the fault tests ended at its start");
    try {
      const session = await open();
      await session.close();
      return;
    } catch {
      await pause(5);
    }
  }
}

/** Backends may outlive their postmaster for a moment, and a new one refuses to start until they are gone. */
async function allGone(data: string): Promise<void> {
  const pidFile = join(data, "postmaster.pid");
  while (existsSync(pidFile)) {
    const old = Number.parseInt(readFileSync(pidFile, "utf8"), 10);
    if (!isAlive(old)) return;
    await pause(2);
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

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
