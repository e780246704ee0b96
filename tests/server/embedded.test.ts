// The embedded server: starting, stopping, sharing, crashing.
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedOptions, startEmbedded } from "../../src/server/embedded.ts";
import { findBinaries } from "../../src/server/embedded-binaries.ts";
import { canReach, unprivilegedUser } from "../../src/server/embedded-user.ts";
import { isAlive, withFolderLock } from "../../src/server/folder-lock.ts";
import { open } from "../support/database.ts";
import { failureOf, until } from "../support/failure.ts";
import { testBinaries } from "../support/global-setup.ts";

const having = (more: EmbeddedOptions): EmbeddedOptions => ({ ...testBinaries(), ...more });

let dir = "";

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "godwit-embedded-"));
  chmodSync(dir, 0o755);
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

const pidIn = (home: string): number =>
  Number.parseInt(readFileSync(join(home, "data/postmaster.pid"), "utf8"), 10);

describe("a scratch server", () => {
  it("starts empty, and leaves nothing when it is stopped", async () => {
    const server = await startEmbedded(having({ mode: "scratch" }));
    const home = server.target.hosts[0]?.host ?? "";
    const pid = pidIn(home);
    await using s = await open(server.target);
    expect(
      await s.query("select current_user as u, current_database() as d, current_setting('fsync') as f"),
    ).toEqual([{ u: "postgres", d: "postgres", f: "off" }]);
    expect(await s.query("select upper('é') as u, 'b' < 'B' collate \"default\" as bytes")).toEqual([
      { u: "É", bytes: "f" },
    ]);
    expect(s.serverVersionText).toBe(server.version);
    await Promise.all([server.stop(), server.stop()]);
    expect(existsSync(home)).toBe(false);
    await until(() => !isAlive(pid));
  });

  it("listens on 127.0.0.1 with a password where there are no sockets", async () => {
    await using server = await startEmbedded(having({ mode: "scratch", transport: "tcp" }));
    expect(server.target.hosts[0]?.host).toBe("127.0.0.1");
    await using s = await open(server.target);
    expect(await s.query("select 1 as a")).toEqual([{ a: "1" }]);
    expect((await failureOf(open({ ...server.target, password: undefined }))).sql?.sqlState).toBe("08004");
    expect(JSON.stringify(server.target)).not.toContain(server.target.password?.reveal());
  });

  it("takes settings", async () => {
    await using server = await startEmbedded(
      having({ mode: "scratch", settings: { wal_level: "logical", fsync: "on" } }),
    );
    await using s = await open(server.target);
    expect(await s.query("select current_setting('wal_level') as w, current_setting('fsync') as f")).toEqual([
      { w: "logical", f: "on" },
    ]);
  });

  it("says why it does not start, and leaves nothing", async () => {
    const error = await failureOf(
      startEmbedded(having({ mode: "scratch", dir, settings: { shared_buffers: "1 elephant" } })),
    );
    expect(error.message).toMatch(/^The embedded PostgreSQL [\d.]+ did not start: it ended with code 1\.$/);
    expect(error.advice).toContain('invalid value for parameter "shared_buffers"');
    expect(readdirSync(dir).filter((name) => name.startsWith("godwit-scratch-"))).toEqual([]);
  });

  it("goes, with its folder, when its process is killed", async () => {
    const child = await otherProcess("scratch");
    process.kill(child.pid, "SIGKILL");
    await until(() => !isAlive(child.serverPid) && !existsSync(child.home));
  });
});

describe("a persistent server", () => {
  it("keeps its data, and runs only while it is used", async () => {
    const at = join(dir, "kept");
    const first = await startEmbedded(having({ mode: "persistent", dir: at }));
    const home = first.target.hosts[0]?.host ?? "";
    const pid = pidIn(home);
    {
      await using s = await open(first.target);
      await s.query("create table t as select 42 as a");
      expect(await s.query("select current_setting('fsync') as f")).toEqual([{ f: "on" }]);
    }
    await first.stop();
    await until(() => !isAlive(pid));
    await using second = await startEmbedded(having({ mode: "persistent", dir: at }));
    await using s = await open(second.target);
    expect(await s.query("select a from t")).toEqual([{ a: "42" }]);
    expect(readFileSync(join(at, ".gitignore"), "utf8")).toBe("*\n");
  });

  it("is shared by those who start it at once, and stopped by the last", async () => {
    const at = join(dir, "shared");
    const servers = await Promise.all(
      [1, 2, 3].map(() => startEmbedded(having({ mode: "persistent", dir: at }))),
    );
    const pid = pidIn(servers[0]?.target.hosts[0]?.host ?? "");
    expect(new Set(servers.map((server) => JSON.stringify(server.target.hosts))).size).toBe(1);
    await servers[0]?.stop();
    await servers[1]?.stop();
    expect(isAlive(pid)).toBe(true);
    await servers[2]?.stop();
    await until(() => !isAlive(pid));
  });

  it("is left running while another client is connected", async () => {
    const at = join(dir, "busy");
    const server = await startEmbedded(having({ mode: "persistent", dir: at }));
    const pid = pidIn(server.target.hosts[0]?.host ?? "");
    const client = await open(server.target);
    await server.stop();
    expect(await client.query("select 1 as a")).toEqual([{ a: "1" }]);
    const again = await startEmbedded(having({ mode: "persistent", dir: at }));
    expect(pidIn(again.target.hosts[0]?.host ?? "")).toBe(pid);
    await client.close();
    await again.stop();
    await until(() => !isAlive(pid));
  });

  it("is used on when the process that started it was killed", async () => {
    const child = await otherProcess("persistent", join(dir, "orphan"));
    process.kill(child.pid, "SIGKILL");
    await until(() => !isAlive(child.pid));
    const server = await startEmbedded(having({ mode: "persistent", dir: join(dir, "orphan") }));
    expect(pidIn(child.home)).toBe(child.serverPid);
    await server.stop();
    await until(() => !isAlive(child.serverPid));
  });

  it("comes back after a crash, even when its pid is another process's by now", async () => {
    const at = join(dir, "crashed");
    const first = await startEmbedded(having({ mode: "persistent", dir: at }));
    const home = first.target.hosts[0]?.host ?? "";
    const s = await open(first.target);
    await s.query("create table t as select 1 as a");
    process.kill(pidIn(home), "SIGKILL");
    await until(() => s.isClosed && !isAlive(pidIn(home)));
    const file = join(home, "data/postmaster.pid");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^\d+/, String(process.pid)));
    await using second = await startEmbedded(having({ mode: "persistent", dir: at }));
    await using again = await open(second.target);
    expect(await again.query("select a from t")).toEqual([{ a: "1" }]);
    await s.close();
    await first.stop();
  });

  it("finishes a setup that was cut short", async () => {
    const at = join(dir, "half");
    const home = join(at, "postgres");
    mkdirSync(join(home, "data"), { recursive: true });
    writeFileSync(join(home, "data/postgresql.conf"), "");
    await using server = await startEmbedded(having({ mode: "persistent", dir: at }));
    await using s = await open(server.target);
    expect(await s.query("select 1 as a")).toEqual([{ a: "1" }]);
  });

  it("refuses data of a major version that is not there", async () => {
    const at = join(dir, "old");
    await (await startEmbedded(having({ mode: "persistent", dir: at }))).stop();
    const file = join(at, "postgres/data/PG_VERSION");
    writeFileSync(file, "9\n");
    const error = await failureOf(startEmbedded(having({ mode: "persistent", dir: at })));
    expect(error.message).toBe(
      `The embedded database in ${join(at, "postgres/data")} was made by PostgreSQL 9, which is not installed any more.`,
    );
  });

  it("has its socket elsewhere when the folder's path is too long for one", async () => {
    const at = join(dir, "a-long-name-".repeat(8));
    await using server = await startEmbedded(having({ mode: "persistent", dir: at }));
    const socketDir = server.target.hosts[0]?.host ?? "";
    expect([socketDir.startsWith(at), socketDir.length < 90]).toEqual([false, true]);
    await using s = await open(server.target);
    expect(await s.query("select 1 as a")).toEqual([{ a: "1" }]);
    rmSync(socketDir, { recursive: true, force: true });
  });

  it.runIf(process.getuid?.() === 0)("lives elsewhere when its user can't get into the folder", async () => {
    const closed = join(dir, "closed");
    mkdirSync(closed, { mode: 0o700 });
    const at = join(closed, "project");
    const server = await startEmbedded(having({ mode: "persistent", dir: at }));
    const home = readFileSync(join(at, "postgres/where"), "utf8").trim();
    expect(existsSync(join(home, "data/PG_VERSION"))).toBe(true);
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });
});

describe("the binaries", () => {
  const user = unprivilegedUser();

  it("of the npm package run, even after an install without scripts, which leaves out its links", async () => {
    const found = findBinaries({ env: {}, user });
    const root = join(dir, "package");
    spawnSync("cp", ["-R", resolve(found.bin, "../.."), root]);
    const links: readonly { readonly target: string }[] = JSON.parse(
      readFileSync(join(root, "native/pg-symlinks.json"), "utf8"),
    );
    for (const { target } of links) rmSync(join(root, target), { force: true });
    await using server = await startEmbedded({ mode: "scratch", binDir: join(root, "native/bin") });
    await using s = await open(server.target);
    expect([s.serverVersionText, server.version]).toEqual([found.version, found.version]);
    expect(links.every(({ target }) => existsSync(join(root, target)))).toBe(true);
  });

  it("are those of the major version that is asked for, or a failure says what to do", () => {
    const error = (() => {
      try {
        return findBinaries({ env: {}, user, majors: [7] });
      } catch (e) {
        return e;
      }
    })();
    expect(error).toMatchObject({
      code: "ERROR",
      message: expect.stringMatching(
        /^No PostgreSQL 7 to start was found for \w+-\w+ \(there is [\d, ]+\)\.$/,
      ),
      advice: expect.stringContaining("Set flyway.url to a server of yours"),
    });
    expect(() => findBinaries({ env: { GODWIT_POSTGRES_BIN: "/nowhere" }, user })).toThrow(
      "No PostgreSQL to start was found in /nowhere.",
    );
  });

  it.runIf(user !== undefined)("are copied to where the server's user can read them", () => {
    if (user === undefined) return;
    const found = findBinaries({ env: {}, user });
    const closed = join(dir, "private");
    mkdirSync(closed, { mode: 0o700 });
    spawnSync("cp", ["-R", resolve(found.bin, ".."), join(closed, "native")]);
    const copy = findBinaries({ binDir: join(closed, "native/bin"), env: {}, user });
    expect([canReach(join(closed, "native/bin"), user), canReach(copy.bin, user)]).toEqual([false, true]);
    expect(
      spawnSync(join(copy.bin, "postgres"), ["--version"], { ...user, encoding: "utf8" }).stdout,
    ).toContain(found.version);
    rmSync(resolve(copy.bin, ".."), { recursive: true, force: true });
  });
});

describe("a folder's lock", () => {
  it("lets one in at a time", async () => {
    const folder = mkdtempSync(join(dir, "lock-"));
    let inside = 0;
    let most = 0;
    const visit = () =>
      withFolderLock(folder, async () => {
        inside++;
        most = Math.max(most, inside);
        await new Promise((done) => setImmediate(done));
        inside--;
      });
    await Promise.all(Array.from({ length: 5 }, visit));
    expect(most).toBe(1);
  });

  it("is taken over from a process that is gone, and from an earlier one of the same pid", async () => {
    for (const holder of ["999999999 x", `${process.pid} an-earlier-run`]) {
      const folder = mkdtempSync(join(dir, "lock-"));
      mkdirSync(join(folder, "lock"));
      writeFileSync(join(folder, "lock/holder"), holder);
      expect(await withFolderLock(folder, async () => "in")).toBe("in");
    }
  });
});

interface Child {
  readonly pid: number;
  readonly serverPid: number;
  readonly home: string;
}

/** Another process that starts a server and waits to be killed. */
async function otherProcess(mode: EmbeddedOptions["mode"], at = ""): Promise<Child> {
  const script = join(dir, "other.mjs");
  await build({
    stdin: {
      contents: `import { startEmbedded } from "./src/server/embedded.ts";
        const server = await startEmbedded(JSON.parse(process.argv[2]));
        console.log(server.target.hosts[0].host);
        setInterval(() => {}, 1000);`,
      resolveDir: resolve(import.meta.dirname, "../.."),
    },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outfile: script,
    external: ["pg-native"],
    logLevel: "error",
    banner: { js: 'import { createRequire as c } from "node:module"; const require = c(import.meta.url);' },
  });
  const options = having({ mode, ...(at === "" ? {} : { dir: at }) });
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const home = await new Promise<string>((found) =>
    child.stdout.once("data", (line: Buffer) => found(String(line).trim())),
  );
  return { pid: child.pid ?? 0, serverPid: pidIn(home), home };
}
