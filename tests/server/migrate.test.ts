// migrate against a real server.
import { describe, expect, it } from "vitest";
import { GodwitError } from "../../src/base/errors.ts";
import { lockKey } from "../../src/server/lock.ts";
import { HISTORY, open, testDatabase } from "../support/database.ts";
import { until } from "../support/failure.ts";
import { project } from "../support/project.ts";

const A = "create table a(id int);\n";
const B = "create table b(id int);\n";

async function failure(action: Promise<unknown>): Promise<GodwitError> {
  const error = await action.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (error instanceof GodwitError) return error;
  throw new Error(`expected a GodwitError, got ${String(error)}`);
}

describe("migrate", () => {
  it("applies versioned files in order and repeatables last, and records them as Flyway does", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__init.sql": A,
      "R__va.sql": "create or replace view va as select 1 as x;",
      "V2__second_one.sql": B,
    });
    const outcome = await p.run("migrate");
    expect(outcome).toMatchObject({
      migrationsExecuted: 3,
      targetSchemaVersion: "2",
      initialSchemaVersion: null,
      success: true,
    });
    expect(await db.rows(HISTORY)).toEqual([
      "1|1|init|SQL|V1__init.sql|-1193849269|t",
      "2|2|second one|SQL|V2__second_one.sql|1407251784|t",
      "3||va|SQL|R__va.sql|-1667432530|t",
    ]);
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 0, initialSchemaVersion: "2" });
  });

  it("leaves nothing of a file that fails, and says where it failed", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": A,
      "V2__bad.sql": `-- é😀\n\n${B}select '😀' || nosuch;\n`,
      "V3__c.sql": "select 1;",
    });
    const error = await failure(p.run("migrate"));
    expect(error).toMatchObject({
      code: "FAILED_VERSIONED_MIGRATION",
      place: { file: "sql/V2__bad.sql", line: 4, column: 15 },
      sql: { sqlState: "42703" },
      details: { rolledBack: true, notReached: [{ version: "3" }], applied: [{ version: "1" }] },
    });
    expect(await db.rows("select version from flyway_schema_history")).toEqual(["1"]);
    expect(await db.rows("select to_regclass('b')")).toEqual([""]);
  });

  it("lets no other runner come between the files of a write", async () => {
    await using db = await testDatabase();
    await using other = await open(db.target);
    using p = project(db, {
      "V1__a.sql": `${A}select pg_sleep(1);`,
      // Long enough for the other runner to come while the server passes over it.
      "V2__b.sql": "select 1;\n".repeat(20_000),
      "V3__c.sql": "create table c(id int);",
    });
    const run = p.run("migrate");
    await until(
      async () => (await db.rows("select 1 from pg_stat_activity where wait_event = 'PgSleep'")).length > 0,
    );
    const key = lockKey('"public"."flyway_schema_history"');
    const seen = await other.query(
      `select t.n from (select pg_advisory_lock(${key})) l, lateral (select count(*)::text as n from flyway_schema_history where l is not null) t`,
    );
    // The statement's snapshot is older than its lock.
    expect(seen).toEqual([{ n: "0" }]);
    expect(await db.rows("select count(*) from flyway_schema_history")).toEqual(["3"]);
    expect(await run).toMatchObject({ migrationsExecuted: 3 });
    await other.query(`select pg_advisory_unlock(${key})`);
    expect(await db.rows("select 1 from pg_locks where locktype = 'advisory'")).toEqual([]);
  });

  it("has no lock left after a file that failed in the middle of a write, or at its COMMIT", async () => {
    await using db = await testDatabase();
    await using other = await open(db.target);
    const key = lockKey('"public"."flyway_schema_history"');
    const deferred =
      "create table d(id int unique deferrable initially deferred);\ninsert into d values (1), (1);";
    for (const [version, bad] of [
      ["2", "select 1/0;"],
      ["3", deferred],
    ]) {
      using p = project(db, {
        "V1__a.sql": A,
        [`V${version}__b.sql`]: bad ?? "",
        "V4__c.sql": "create table c();",
      });
      const error = await failure(p.run("migrate", { validateOnMigrate: false }));
      expect(error.code).toBe("FAILED_VERSIONED_MIGRATION");
      expect(await other.query(`select pg_try_advisory_lock(${key}) as had`)).toEqual([{ had: "t" }]);
      await other.query(`select pg_advisory_unlock(${key})`);
      expect(await db.rows("select version from flyway_schema_history")).toEqual(["1"]);
      expect(await db.rows("select to_regclass('c')")).toEqual([""]);
    }
  });

  it("puts role and search_path back before each file, but no other setting", async () => {
    await using db = await testDatabase();
    await db.run(`do $$ begin create role other; exception when duplicate_object then null; end $$`);
    using p = project(db, {
      "V1__a.sql": "set role other; set search_path to pg_temp; set statement_timeout = '7s';",
      "V2__b.sql":
        "create table seen as select current_user as u, current_setting('search_path') as p, current_setting('statement_timeout') as t;",
    });
    await p.run("migrate");
    expect(await db.rows("select * from seen")).toEqual(['postgres|"public","$user", public|7s']);
  });

  it("does not hang on CREATE INDEX CONCURRENTLY", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": A, "V2__i.sql": "create index concurrently i on a(id);" });
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 2 });
    expect(await db.rows("select indisvalid from pg_index where indexrelid = 'i'::regclass")).toEqual(["t"]);
  });

  it("refuses a file that mixes both kinds of statement, unless mixed is set", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__m.sql": `${A}vacuum;` });
    const error = await failure(p.run("migrate"));
    expect(error).toMatchObject({ code: "ERROR", place: { file: "sql/V1__m.sql", line: 2, column: 1 } });
    expect(await p.run("migrate", { mixed: true })).toMatchObject({ migrationsExecuted: 1 });
  });

  it("loads COPY data, comments and semicolons in it included", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__c.sql":
        "create table c(t text);\ncopy c from stdin;\n-- x; y\n${z}\n\\.\ninsert into c values ('end');",
    });
    await p.run("migrate", { placeholders: { z: "zed" } });
    expect(await db.rows("select t from c")).toEqual(["-- x; y", "zed", "end"]);
  });

  it("runs a whole group in one transaction", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": A, "V2__bad.sql": "select 1/0;" });
    const error = await failure(p.run("migrate", { group: true }));
    expect(error.details["outcome"]).toMatchObject({ migrationsExecuted: 0, migrations: [{ version: "1" }] });
    expect(await db.rows("select to_regclass('a')")).toEqual([""]);
    p.write({ "V2__bad.sql": "select 1;" });
    expect(await p.run("migrate", { group: true })).toMatchObject({ migrationsExecuted: 2 });
  });

  it("keeps what a script's own COMMIT committed, and says that not all was rolled back", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__own.sql": "begin; create table t(i int); commit; select 1/0;" });
    const error = await failure(p.run("migrate"));
    expect(error.details["rolledBack"]).toBe(false);
    expect(await db.rows("select to_regclass('t')")).toEqual(["t"]);
    expect(await db.rows(HISTORY)).toEqual([]);
  });

  it("lets many runners start at once and applies each file once", async () => {
    await using db = await testDatabase();
    const files = Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [
        `V${i + 1}__t.sql`,
        `create table t${i}(id int); select pg_sleep(0.02);`,
      ]),
    );
    using p = project(db, files);
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => p.run("migrate")));
    const executed = outcomes.map((o) => ("migrationsExecuted" in o ? o.migrationsExecuted : 0));
    expect(executed.reduce((a, b) => a + b, 0)).toBe(8);
    expect((await db.rows("select installed_rank from flyway_schema_history order by 1")).join()).toBe(
      "1,2,3,4,5,6,7,8",
    );
  });

  it("tells skip notices with their places, and fails on them when asked to", async () => {
    await using db = await testDatabase();
    await db.run("create table a(other text)");
    using p = project(db, { "V1__a.sql": "\ncreate table if not exists a(id int);" });
    const options = { baselineOnMigrate: true, baselineVersion: "0" };
    const error = await failure(p.run("migrate", { ...options, failOnSkipNotices: true }));
    expect(error).toMatchObject({ place: { file: "sql/V1__a.sql", line: 2, column: 1 } });
    expect(await p.run("migrate", options)).toMatchObject({
      skipNotices: [{ code: "42P07", place: { file: "sql/V1__a.sql", line: 2, column: 1 } }],
    });
  });

  it("runs nothing when a file has a word of target for a version, and names the row that Flyway would leave", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": A, "Vlatest__b.sql": B });
    const message = "sql/Vlatest__b.sql has a word for a version; nothing was run.";
    expect(await failure(p.run("migrate"))).toMatchObject({ code: "ERROR", message });
    expect(await failure(p.run("migrate", { dryRunOutput: "plan.sql" }))).toMatchObject({ message });
    expect(await db.rows("select to_regclass('a')")).toEqual([""]);
    p.write({ "Vlatest__b.sql": undefined });
    await p.run("migrate");
    await db.run("update flyway_schema_history set version = '<< Latest Version >>'");
    expect(await failure(p.run("info"))).toMatchObject({
      message:
        'Row 1 of the history table "public"."flyway_schema_history" has the version "<< Latest Version >>", which is none.',
    });
  });

  it("fails on skip notices whichever way a file runs", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    const skip = "drop table if exists x;";
    const ways: readonly (readonly [string, Record<string, boolean>])[] = [
      [skip, {}],
      [skip, { group: true }],
      [skip, { executeInTransaction: false }],
      [`begin; select 1; commit; ${skip}`, {}],
      ["drop index concurrently if exists x;", {}],
      ["drop index concurrently if exists x;", { group: true, mixed: true }],
    ];
    for (const [sql, settings] of ways) {
      p.write({ "V1__a.sql": sql });
      const error = await failure(p.run("migrate", { ...settings, failOnSkipNotices: true }));
      expect(error.message).toMatch(/^V1__a\.sql: (?:table|index) "x" does not exist, skipping$/);
      expect(await db.rows(HISTORY)).toEqual([]);
    }
    p.write({ "V1__a.sql": "select 1;", "U1__a.sql": skip });
    await p.run("migrate");
    const error = await failure(p.run("undo", { failOnSkipNotices: true }));
    expect(error).toMatchObject({ code: "FAILED_UNDO_MIGRATION", details: { rolledBack: true } });
    expect(await p.run("undo")).toMatchObject({ migrationsUndone: 1, skipNotices: [{ code: "00000" }] });
  });

  it("tells the end of a file before what the next one says, though both go in one write", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": "do $$ begin raise notice 'one'; end $$;",
      "V2__b.sql": "do $$ begin raise notice 'two'; end $$;",
      "V3__c.sql": "select 1/0;",
    });
    await failure(p.run("migrate"));
    const told = p.events.flatMap((e) =>
      e.type === "migration-start" || e.type === "migration-end" || e.type === "migration-failed"
        ? [`${e.type} ${e.migration.version}`]
        : e.type === "notice"
          ? [e.message]
          : [],
    );
    expect(told).toEqual([
      "migration-start 1",
      "one",
      "migration-end 1",
      "migration-start 2",
      "two",
      "migration-end 2",
      "migration-start 3",
      "migration-failed 3",
    ]);
  });
});
