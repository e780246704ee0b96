// What stands between: PgBouncer, in its two usual modes. And what the server is.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ConnectionTarget } from "../../src/config/connection-target.ts";
import { unprivilegedUser } from "../../src/server/embedded-user.ts";
import { detectPooling, serverKind } from "../../src/server/features.ts";
import { lockKey } from "../../src/server/lock.ts";
import { open, serverTarget, testDatabase } from "../support/database.ts";
import { until } from "../support/failure.ts";
import { project } from "../support/project.ts";

describe("a server", () => {
  it("tells what it is, and that nothing stands between", async () => {
    await using s = await open(serverTarget("postgres"));
    expect(await serverKind(s)).toEqual({
      product: "PostgreSQL",
      version: expect.stringMatching(/^PostgreSQL \d+/),
      extensions: [],
    });
    expect(await detectPooling(s)).toBe("none");
  });
});

const BOUNCER = "/usr/sbin/pgbouncer";
if (!existsSync(BOUNCER))
  console.warn("Skipped: tests with PgBouncer, as there is none (apt-get install pgbouncer).");

interface Bouncer extends AsyncDisposable {
  readonly target: ConnectionTarget;
}

async function startBouncer(database: ConnectionTarget, mode: "session" | "transaction"): Promise<Bouncer> {
  const dir = mkdtempSync(join(tmpdir(), "godwit-bouncer-"));
  const user = unprivilegedUser();
  const { host, port } = database.hosts[0] ?? { host: "", port: 0 };
  const ini = join(dir, "pgbouncer.ini");
  // auth_type "any" logs everybody in as the user of the database's line.
  writeFileSync(
    ini,
    `[databases]
${database.database} = host=${host} port=${port} user=${database.user}
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = ${dir}
auth_type = any
logfile = ${dir}/log
pidfile = ${dir}/pid
pool_mode = ${mode}
`,
  );
  chmodSync(dir, 0o755);
  if (user !== undefined) chownSync(dir, user.uid, user.gid);
  const child: ChildProcess = spawn(BOUNCER, ["-q", ini], { ...user, cwd: dir, stdio: "ignore" });
  const target = { ...database, hosts: [{ host: dir, port: 6432 }] };
  const answers = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`);
    return open(target).then(
      (s) => s.close().then(() => true),
      () => false,
    );
  };
  await until(answers);
  return {
    target,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await until(() => child.exitCode !== null || child.signalCode !== null);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

describe.runIf(existsSync(BOUNCER))("PgBouncer", () => {
  it("lets no file follow a row of another runner that came while the file before it was sent", async () => {
    await using db = await testDatabase();
    await using other = await open(db.target);
    await using bouncer = await startBouncer(db.target, "session");
    using p = project(
      { ...db, target: bouncer.target },
      {
        "V1__a.sql": `create table a(id int);\nselect pg_sleep(1);`,
        // Long enough for the other runner to commit while the server passes over it.
        "V2__b.sql": "select 1;\n".repeat(20_000),
        "V3__c.sql": "create table c(id int);",
      },
    );
    const run = p.run("migrate");
    await until(
      async () => (await db.rows("select 1 from pg_stat_activity where wait_event = 'PgSleep'")).length > 0,
    );
    const key = lockKey('"public"."flyway_schema_history"');
    const row = "2, '2', 'b', 'SQL', 'V2__b.sql', null, 'other', now(), 0, true";
    // One text, so that nothing is between the lock and the row: it waits for V1, and V2 finds the lock taken.
    await other.query(
      `do $$ begin perform pg_advisory_xact_lock(${key}); insert into flyway_schema_history values (${row}); end $$`,
    );
    const outcome = await run;
    expect(outcome).toMatchObject({
      migrationsExecuted: 2,
      migrations: [{ version: "1" }, { version: "3" }],
    });
    const ends = p.events.flatMap((e) => (e.type === "migration-end" ? [e.migration.version] : []));
    expect(ends).toEqual(["1", "3"]);
    expect(await db.rows("select version from flyway_schema_history order by installed_rank")).toEqual([
      "1",
      "2",
      "3",
    ]);
  });

  it("takes a session's start, and lets currentSchema be set afterwards", async () => {
    await using db = await testDatabase();
    await using bouncer = await startBouncer(db.target, "session");
    await using s = await open({ ...bouncer.target, currentSchema: "a, b" });
    expect(
      await s.query("select current_setting('search_path') as path, current_setting('DateStyle') as style"),
    ).toEqual([{ path: "a, b", style: "ISO, MDY" }]);
    expect(await detectPooling(s)).toBe("unknown");
  });

  it("carries pipelines, COPY and cancelling", async () => {
    await using db = await testDatabase();
    await using bouncer = await startBouncer(db.target, "transaction");
    await using s = await open(bouncer.target);
    const results = await s.pipeline([
      "begin",
      "create table t(a int)",
      "insert into t values (1)",
      "commit",
    ]);
    expect(results.map((r) => r.ok)).toEqual([true, true, true, true]);
    expect(await s.copyIn("copy t from stdin", ["2\n"])).toMatchObject({ ok: true, rowCount: 1 });
    const running = s.pipeline(["select pg_sleep(300)"]);
    await s.cancel();
    expect(await running).toMatchObject([{ error: { sqlState: "57014" } }]);
  });

  it.each(["session", "transaction"] as const)(
    "is found out in %s mode with the help of a second session",
    async (mode) => {
      await using db = await testDatabase();
      await using bouncer = await startBouncer(db.target, mode);
      await using s = await open(bouncer.target);
      await using second = await open(bouncer.target);
      expect(await detectPooling(s)).toBe("unknown");
      expect(await detectPooling(s, second)).toBe(mode);
    },
  );

  it("in transaction mode is a problem to doctor, and migrate warns of it", async () => {
    await using db = await testDatabase();
    await using bouncer = await startBouncer(db.target, "transaction");
    using p = project({ ...db, target: bouncer.target }, { "V1__a.sql": "select 1;" });
    const outcome: unknown = await p.run("doctor");
    expect(outcome).toMatchObject({
      status: "problem",
      checks: expect.arrayContaining([
        expect.objectContaining({ name: "pooler", status: "problem" }),
        expect.objectContaining({ group: "history", name: "lock", status: "ok" }),
      ]),
    });
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 1 });
    const warnings = p.events.flatMap((e) => (e.type === "log" && e.level === "warn" ? [e.code] : []));
    expect(warnings).toEqual(["POOLER"]);
  });

  it("in transaction mode may leave the migration lock behind, which is told", async () => {
    await using db = await testDatabase();
    await using bouncer = await startBouncer(db.target, "transaction");
    await using other = await open(bouncer.target);
    using p = project(
      { ...db, target: bouncer.target },
      {
        "V1__a.sql": "vacuum;",
        "beforeEachMigrateStatement.sh": "touch waiting; while [ ! -e go ]; do sleep 0.05; done\n",
      },
    );
    const run = p.run("migrate");
    await until(async () => existsSync(join(p.dir, "waiting")));
    // The runner's backend is free for a moment, and is given to the other client.
    await other.query("BEGIN");
    p.write({ "/go": "" });
    await run;
    const told = p.events.flatMap((e) => (e.type === "log" && e.code === "LOCK_LEFT" ? [e.message] : []));
    const [pid] = await db.rows("select pid from pg_locks where locktype = 'advisory'");
    expect(told).toEqual([expect.stringContaining(`pg_terminate_backend(${pid})`)]);
  });
});
