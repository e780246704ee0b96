// createGodwit against a real server: every verb, lent connections, signals, events, many replicas at once.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import { createGodwit, type GodwitOptions, type RunEvent } from "../../src/index.ts";
import { HISTORY, type TestDatabase, testDatabase } from "../support/database.ts";
import { failureOf, until } from "../support/failure.ts";
import { proxyTo } from "../support/proxy.ts";

const A = "create table a(id int);\n";
const B = "create table b(id int);\n";

interface Folder extends Disposable {
  readonly dir: string;
  readonly options: GodwitOptions;
  write(files: Readonly<Record<string, string>>): void;
}

function folder(files: Readonly<Record<string, string>>): Folder {
  const dir = mkdtempSync(join(tmpdir(), "godwit-library-"));
  mkdirSync(join(dir, "sql"));
  const write = (more: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(more)) writeFileSync(join(dir, "sql", name), text);
  };
  write(files);
  return {
    dir,
    options: { workingDirectory: dir, locations: ["filesystem:sql"], env: {} },
    write,
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

const clientOptions = (db: TestDatabase) => ({
  host: inject("socketDir"),
  port: 5432,
  user: "postgres",
  database: db.name,
});

describe("createGodwit", () => {
  it("migrates in three lines, and leaves no connection behind", async () => {
    await using db = await testDatabase();
    using files = folder({ "V1__a.sql": A, "V2__b.sql": B });
    const godwit = await createGodwit({ ...files.options, url: db.url });
    const outcome = await godwit.migrate();
    expect(outcome).toMatchObject({ success: true, migrationsExecuted: 2, targetSchemaVersion: "2" });
    expect(await db.rows("select count(*) from pg_stat_activity where datname = current_database()")).toEqual(
      ["1"],
    );
    await godwit.close();
  });

  it("has every verb of the command line", async () => {
    await using db = await testDatabase();
    using files = folder({ "V1__a.sql": A, "U1__a.sql": "drop table a;", "V2__b.sql": B });
    await using godwit = await createGodwit({ ...files.options, url: db.url, cleanDisabled: false });
    expect(await godwit.doctor()).toMatchObject({ operation: "doctor", status: "ok" });
    expect(await godwit.testConnection()).toMatchObject({ operation: "testConnection" });
    expect((await godwit.dryRun("migrate")).sql).toContain(A.trim());
    expect(await db.rows("select to_regclass('a')")).toEqual([""]);
    expect(await godwit.migrate({ settings: { target: "1" } })).toMatchObject({ migrationsExecuted: 1 });
    expect((await godwit.info()).migrations.map((m) => m.stateCode)).toEqual(["SUCCESS", "PENDING"]);
    expect((await godwit.info({ states: ["pending"] })).migrations.map((m) => m.version)).toEqual(["2"]);
    expect((await godwit.info({ untilVersion: "1" })).migrations.map((m) => m.version)).toEqual(["1"]);
    expect(await godwit.validate()).toMatchObject({ validationSuccessful: false });
    expect(await godwit.repair()).toMatchObject({ repairActions: [] });
    expect(await godwit.undo()).toMatchObject({ migrationsUndone: 1 });
    expect(await godwit.clean()).toMatchObject({ schemasCleaned: ["public"] });
    expect(await godwit.baseline({ settings: { baselineVersion: "1.5" } })).toMatchObject({
      successfullyBaselined: true,
      baselineVersion: "1.5",
    });
    expect(await godwit.migrate()).toMatchObject({ migrationsExecuted: 1, initialSchemaVersion: "1.5" });
  });

  it("tells what goes on as typed events, for all runs or for one", async () => {
    await using db = await testDatabase();
    using files = folder({ "V1__a.sql": A, "V2__b.sql": B });
    const all: RunEvent[] = [];
    const godwit = await createGodwit({ ...files.options, url: db.url, onEvent: (e) => all.push(e) });
    const ended: string[] = [];
    await godwit.migrate({
      onEvent: (event) => {
        if (event.type === "migration-end")
          ended.push(`${event.migration.version} ${event.index}/${event.total}`);
      },
    });
    expect(ended).toEqual(["1 1/2", "2 2/2"]);
    expect(all.filter((e) => e.type === "migration-start")).toHaveLength(2);
    expect(all.find((e) => e.type === "connected")).toMatchObject({ embedded: false });
  });

  it("is not disturbed by a listener that throws, and warns of it once", async () => {
    await using db = await testDatabase();
    using files = folder({ "V1__a.sql": A, "V2__b.sql": B });
    const warnings: string[] = [];
    const hear = (warning: Error): void => void warnings.push(warning.message);
    process.on("warning", hear);
    try {
      const onEvent = (): void => {
        throw new Error("a listener's own trouble");
      };
      const godwit = await createGodwit({ ...files.options, url: db.url, onEvent });
      expect(await godwit.migrate()).toMatchObject({ migrationsExecuted: 2 });
      await until(() => warnings.length > 0);
      expect(warnings).toEqual(["a listener's own trouble"]);
    } finally {
      process.off("warning", hear);
    }
  });

  it("rejects with typed errors that say what was done before", async () => {
    await using db = await testDatabase();
    using files = folder({ "V1__a.sql": A, "V2__bad.sql": "select nosuch;" });
    const godwit = await createGodwit({ ...files.options, url: db.url });
    expect(await failureOf(godwit.migrate())).toMatchObject({
      name: "GodwitError",
      code: "FAILED_VERSIONED_MIGRATION",
      place: { file: "sql/V2__bad.sql", line: 1, column: 8 },
      sql: { sqlState: "42703" },
      details: { rolledBack: true, applied: [{ version: "1" }], outcome: { success: false } },
    });
  });

  it("complains of every wrong setting at once, by name", async () => {
    const wrong: object = { outOfOder: true, group: "perhaps" };
    const error = await failureOf(createGodwit({ ...wrong, env: {}, url: "postgresql://h/d" }));
    expect(error.code).toBe("CONFIGURATION");
    expect(error.message).toMatch(/outOfOder[\s\S]*group|group[\s\S]*outOfOder/);
  });

  it("refuses a url that is undefined instead of starting a database of its own", async () => {
    expect(await failureOf(createGodwit({ url: undefined, env: {} }))).toMatchObject({
      code: "CONFIGURATION",
      message: "The option url is there, but undefined.",
    });
    expect((await failureOf(createGodwit({ client: undefined }))).code).toBe("CONFIGURATION");
    const client = new pg.Client();
    expect((await failureOf(createGodwit({ url: "postgresql://h/d", client }))).code).toBe("CONFIGURATION");
  });

  it("reads configuration files that are named, and no others", async () => {
    await using db = await testDatabase();
    using files = folder({ "V1__a.sql": A });
    writeFileSync(join(files.dir, "flyway.conf"), "flyway.table=by_file\nflyway.placeholders.x=1\n");
    const without = await createGodwit({ ...files.options, url: db.url });
    expect(without.settings.table).toBe("flyway_schema_history");
    const godwit = await createGodwit({ ...files.options, url: db.url, configFiles: "flyway.conf" });
    expect(godwit.settings.table).toBe("by_file");
    await godwit.migrate();
    expect(await db.rows("select version from by_file")).toEqual(["1"]);
  });

  it("lets ten replicas start at once, on ten connections or on one pool", async () => {
    await using db = await testDatabase();
    using files = folder(
      Object.fromEntries(
        Array.from({ length: 20 }, (_, i) => [
          `V${i + 1}__t.sql`,
          i === 9 ? "create index concurrently t1_id on t1(id);" : `create table t${i + 1}(id int);`,
        ]),
      ),
    );
    const pool = new pg.Pool({ ...clientOptions(db), max: 4 });
    const replicas = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        createGodwit({ ...files.options, ...(i % 2 === 0 ? { url: db.url } : { client: pool }) }),
      ),
    );
    const outcomes = await Promise.all(replicas.map((godwit) => godwit.migrate()));
    expect(outcomes.reduce((sum, o) => sum + o.migrationsExecuted, 0)).toBe(20);
    expect((await db.rows(HISTORY)).map((row) => row.split("|")[1])).toEqual(
      Array.from({ length: 20 }, (_, i) => String(i + 1)),
    );
    expect(await db.rows("select count(*) from pg_index where not indisvalid")).toEqual(["0"]);
    await pool.end();
  });

  it("stops by a signal: the running statement is cancelled, its file rolled back, the rest goes on later", async () => {
    await using db = await testDatabase();
    using files = folder({ "V1__a.sql": A, "V2__slow.sql": `${B}select pg_sleep(60);\n` });
    const events: RunEvent[] = [];
    const godwit = await createGodwit({ ...files.options, url: db.url, onEvent: (e) => events.push(e) });
    const controller = new AbortController();
    const failed = failureOf(godwit.migrate({ signal: controller.signal }));
    await until(
      async () => (await db.rows("select 1 from pg_stat_activity where wait_event = 'PgSleep'")).length > 0,
    );
    controller.abort();
    expect(await failed).toMatchObject({
      code: "ABORTED",
      exitCode: 130,
      sql: { sqlState: "57014" },
      details: { applied: [{ version: "1" }] },
    });
    expect(await db.rows("select version from flyway_schema_history")).toEqual(["1"]);
    expect(await db.rows("select to_regclass('b')")).toEqual([""]);
    expect((await failureOf(godwit.migrate({ signal: controller.signal }))).code).toBe("ABORTED");
    files.write({ "V2__slow.sql": B });
    expect(await godwit.migrate()).toMatchObject({ migrationsExecuted: 1 });
  });

  it("leaves no rejection unhandled when it stops before the first of several files", async () => {
    await using db = await testDatabase();
    using files = folder({ "V1__a.sql": A, "V2__b.sql": B });
    const godwit = await createGodwit({ ...files.options, url: db.url });
    const controller = new AbortController();
    const unhandled: unknown[] = [];
    const hear = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", hear);
    try {
      const onEvent = ({ type }: RunEvent): void => {
        if (type === "current-version") controller.abort();
      };
      expect(await failureOf(godwit.migrate({ signal: controller.signal, onEvent }))).toMatchObject({
        code: "ABORTED",
        message: "Stopped before V1__a.sql.",
      });
    } finally {
      process.off("unhandledRejection", hear);
    }
    expect(unhandled).toEqual([]);
  });

  it("runs nothing after close()", async () => {
    await using db = await testDatabase();
    using files = folder({ "V1__a.sql": A });
    const godwit = await createGodwit({ ...files.options, url: db.url });
    const running = godwit.migrate();
    await godwit.close();
    expect(await running).toMatchObject({ migrationsExecuted: 1 });
    expect(await failureOf(godwit.info())).toMatchObject({
      code: "ERROR",
      message: "This godwit is closed.",
    });
  });
});

describe("a connection that is lent", () => {
  const STATE =
    "select current_setting('role') r, current_setting('search_path') p, current_setting('work_mem') w, current_setting('DateStyle') d, current_setting('lock_timeout') l";
  const MESSY = {
    "V1__a.sql": `set search_path = pg_catalog; set lock_timeout = '1s'; create table public.a(id int);`,
    "V2__b.sql": B,
    "beforeMigrate.sql": "create table if not exists seen(t text); insert into seen values ('before');",
  };

  it("may be a client of pg, which is given back as it was", async () => {
    await using db = await testDatabase();
    using files = folder(MESSY);
    const client = new pg.Client(clientOptions(db));
    await client.connect();
    await client.query("set work_mem = '5MB'; set datestyle = 'German'");
    const before = (await client.query(STATE)).rows;
    const events: RunEvent[] = [];
    {
      await using godwit = await createGodwit({ ...files.options, client, onEvent: (e) => events.push(e) });
      const [migrated, told] = await Promise.all([godwit.migrate(), godwit.info()]);
      expect(migrated).toMatchObject({ migrationsExecuted: 2 });
      expect(told.migrations.map((m) => m.stateCode)).toEqual(["SUCCESS", "SUCCESS"]);
    }
    expect((await client.query(STATE)).rows).toEqual(before);
    expect((await client.query("select * from seen")).rows).toEqual([{ t: "before" }]);
    expect(events.find((e) => e.type === "connected")).toMatchObject({
      url: "a connection that was lent",
      embedded: false,
    });
    await client.end();
  });

  it.each([{ pipeline: false }, { pipeline: true }])(
    "may be a pool, even of one client, with %o",
    async (more) => {
      await using db = await testDatabase();
      using files = folder(MESSY);
      const pool = new pg.Pool({ ...clientOptions(db), ...more, max: 1 });
      const before = (await pool.query(`${STATE}, pg_backend_pid() pid`)).rows;
      const godwit = await createGodwit({ ...files.options, client: pool });
      expect(await godwit.migrate()).toMatchObject({ migrationsExecuted: 2 });
      expect((await pool.query(`${STATE}, pg_backend_pid() pid`)).rows).toEqual(before);
      expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
      await pool.end();
    },
  );

  it("is not kept in the pool when a file left something in its session", async () => {
    await using db = await testDatabase();
    using files = folder({ "V1__a.sql": "create temporary table scratch(id int);" });
    const pool = new pg.Pool({ ...clientOptions(db), max: 2 });
    const godwit = await createGodwit({ ...files.options, client: pool });
    await godwit.migrate();
    expect(pool.totalCount).toBe(0);
    expect((await pool.query("select to_regclass('scratch') t")).rows).toEqual([{ t: null }]);
    await pool.end();
  });

  it("is refused while it is inside a transaction of the caller's", async () => {
    await using db = await testDatabase();
    using files = folder({ "V1__a.sql": A });
    const client = new pg.Client(clientOptions(db));
    await client.connect();
    const godwit = await createGodwit({ ...files.options, client });
    await client.query("begin; create table mine(id int)");
    expect((await failureOf(godwit.migrate())).message).toBe(
      "The connection that was given is inside a transaction.",
    );
    await client.query("select nosuch").catch(() => {});
    expect((await failureOf(godwit.migrate())).message).toContain("inside a transaction");
    await client.query("rollback");
    expect(await godwit.migrate()).toMatchObject({ migrationsExecuted: 1 });
    await client.end();
  });

  it("is refused when it is none, or not connected", async () => {
    const unconnected = await createGodwit({ client: new pg.Client(), env: {} });
    expect((await failureOf(unconnected.info())).code).toBe("CONFIGURATION");
    const odd = await createGodwit({ client: {} as pg.Client, env: {} });
    expect((await failureOf(odd.info())).code).toBe("CONFIGURATION");
  });

  it("is cancelled by a signal", async () => {
    await using db = await testDatabase();
    using files = folder({ "V1__slow.sql": "select pg_sleep(60);" });
    const client = new pg.Client(clientOptions(db));
    await client.connect();
    const godwit = await createGodwit({ ...files.options, client });
    const controller = new AbortController();
    const failed = failureOf(godwit.migrate({ signal: controller.signal }));
    await until(
      async () => (await db.rows("select 1 from pg_stat_activity where wait_event = 'PgSleep'")).length > 0,
    );
    controller.abort();
    expect((await failed).code).toBe("ABORTED");
    expect((await client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    await client.end();
  });

  it("is given back when no request to cancel is on its way any more", async () => {
    await using db = await testDatabase();
    using files = folder({ "V1__slow.sql": "select pg_sleep(0.5);" });
    await using proxy = await proxyTo(db.target);
    const host = proxy.target.hosts[0]?.host ?? "";
    const client = new pg.Client({ ...clientOptions(db), host });
    await client.connect();
    const godwit = await createGodwit({ ...files.options, client });
    const controller = new AbortController();
    const isAsleep = async (): Promise<boolean> =>
      (
        await db.rows(
          "select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()",
        )
      ).length > 0;
    const migrating = godwit.migrate({ signal: controller.signal }).catch(() => {});
    await until(isAsleep);
    const admit = proxy.holdNew();
    controller.abort();
    const next = migrating.then(() => client.query("select pg_sleep(0.5)"));
    // Over by itself, before the server hears that it is to be cancelled.
    await until(async () => !(await isAsleep()));
    // Time for the client's next query, which must not have begun.
    await new Promise((resolve) => setTimeout(resolve, 100));
    admit();
    expect((await next).rowCount).toBe(1);
    await client.end();
  });
});
