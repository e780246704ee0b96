// How long a migration waits and runs: lock_timeout and statement_timeout for a run or a file, and waiting for a gap.
import { describe, expect, it } from "vitest";
import { open, testDatabase } from "../support/database.ts";
import { failureOf, until } from "../support/failure.ts";
import { type Project, project } from "../support/project.ts";

const A = { "V1__a.sql": "create table a(id int);" };
const ALTER = { "V2__alter.sql": "alter table a add column x int;" };
const SHOW =
  "create table seen as select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as run;";
const SEEN = "select lock, run from seen";

const waitsOf = (p: Project): readonly string[] =>
  p.events.flatMap((e) => (e.type === "lock-wait" ? [`${e.what}: ${e.holder ?? ""}`] : []));

describe("timeouts", () => {
  it.each([
    ["alone", {}],
    ["in a group", { group: true }],
  ])("are those of the run, or of the file's own .conf, %s", async (_, more) => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__own.sql": SHOW,
      "V1__own.sql.conf": "godwit.lockTimeout=3s\ngodwit.statementTimeout=1min",
      "V2__run.sql": SHOW.replace("table seen", "table seen2"),
      "V3__session.sql": "select 1;",
    });
    await p.run("migrate", { lockTimeoutMs: 7000, ...more });
    expect(await db.rows(SEEN)).toEqual(["3s|1min"]);
    expect(await db.rows("select lock, run from seen2")).toEqual(["7s|0"]);
  });

  it("hold outside a transaction too, and for undo", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": "create table a(id int);",
      "V2__outside.sql": `${SHOW}\nvacuum a;`,
      "V2__outside.sql.conf": "executeInTransaction=false\ngodwit.lockTimeout=2s",
      "U2__outside.sql": SHOW.replace("table seen", "table seen2"),
      "U2__outside.sql.conf": "godwit.lockTimeout=4s",
    });
    await p.run("migrate");
    expect(await db.rows(SEEN)).toEqual(["2s|0"]);
    await p.run("undo");
    expect(await db.rows("select lock, run from seen2")).toEqual(["4s|0"]);
  });

  it("stand in a dry run's script", async () => {
    await using db = await testDatabase();
    using p = project(db, { ...A, "V1__a.sql.conf": "godwit.lockTimeout=3s" });
    await p.run("migrate", { dryRunOutput: "-", statementTimeoutMs: 60_000 });
    expect(p.written.join("")).toContain(
      "SET LOCAL lock_timeout = 3000;\nSET LOCAL statement_timeout = 60000;\n",
    );
  });

  it("are tried again as often as the file says, in undo too", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      ...A,
      "U1__a.sql": "drop table a;",
      "U1__a.sql.conf": "godwit.lockTimeout=20ms\ngodwit.lockTimeoutRetries=2",
    });
    await p.run("migrate");
    await using other = await open(db.target);
    await other.pipeline(["begin", "select * from a"]);
    expect(await failureOf(p.run("undo"))).toMatchObject({ sql: { sqlState: "55P03" } });
    expect(p.events.filter((e) => e.type === "log" && e.code === "LOCK_TIMEOUT_RETRY")).toHaveLength(2);
    expect(await db.rows("select to_regclass('a')")).toEqual(["a"]);
  });
});

describe("waiting for a gap", () => {
  it.each([
    ["alone", {}],
    ["in a group", { group: true }],
  ])("lets a long transaction on the file's table end before any lock is asked for, %s", async (_, more) => {
    await using db = await testDatabase();
    using p = project(db, A);
    await p.run("migrate");
    await using other = await open(db.target);
    await other.pipeline(["begin", "select * from a", "select pg_sleep(1.1)"]);
    p.write(ALTER);
    const migrating = p.run("migrate", { waitForGapMs: 60_000, ...more });
    await until(() => waitsOf(p).length > 1);
    // Nobody queues behind the migration meanwhile.
    await db.run("set lock_timeout = '1s'; select * from a");
    await other.query("commit");
    expect(await migrating).toMatchObject({ migrationsExecuted: 1 });
    expect(waitsOf(p)[0]).toContain("gap: pid");
    expect(waitsOf(p)[0]).toContain("idle in transaction, last statement: select pg_sleep(1.1)");
  });

  it("fails when there is none in the time it was given, with nothing done", async () => {
    await using db = await testDatabase();
    using p = project(db, A);
    await p.run("migrate");
    await using other = await open(db.target);
    await other.pipeline(["begin", "select * from a", "select pg_sleep(1.1)"]);
    p.write({ ...ALTER, "V3__b.sql": "create table b();" });
    expect(await failureOf(p.run("migrate", { waitForGapMs: 300 }))).toMatchObject({
      code: "FAILED_VERSIONED_MIGRATION",
      message: expect.stringMatching(/^In \d s there was no moment without a long transaction on a: pid \d+/),
      details: { rolledBack: true, failed: { version: "2" }, notReached: [{ version: "3" }] },
    });
    expect(await db.rows("select version from flyway_schema_history")).toEqual(["1"]);
  });

  it("does not care for other tables, short transactions, or when it is not told to", async () => {
    await using db = await testDatabase();
    using p = project(db, { ...A, "V2__other.sql": 'create table "The other"(id int);' });
    await p.run("migrate");
    await using other = await open(db.target);
    await other.pipeline(["begin", 'select * from "The other"', "select pg_sleep(1.1)"]);
    p.write({ "V3__alter.sql": "alter table a add column x int;" });
    expect(await p.run("migrate", { waitForGapMs: 0 })).toMatchObject({ migrationsExecuted: 1 });
    p.write({ "V4__alter.sql": 'alter table "The other" add column x int;' });
    expect((await failureOf(p.run("migrate", { waitForGapMs: 0 }))).message).toContain("on The other:");
    expect(await failureOf(p.run("migrate", { lockTimeoutMs: 20 }))).toMatchObject({
      sql: { sqlState: "55P03" },
    });
    await other.query("commit");
    await other.pipeline(["begin", 'select * from "The other"']);
    expect(await failureOf(p.run("migrate", { lockTimeoutMs: 20, waitForGapMs: 0 }))).toMatchObject({
      sql: { sqlState: "55P03" },
    });
  });

  it("sees a prepared transaction", async () => {
    await using db = await testDatabase();
    using p = project(db, A);
    await p.run("migrate");
    await using other = await open(db.target);
    await other.pipeline(["begin", "insert into a values (1)", "prepare transaction 'gap'"]);
    p.write(ALTER);
    const failure = await failureOf(p.run("migrate", { waitForGapMs: 0 }));
    await other.query("rollback prepared 'gap'");
    expect(failure.message).toContain("on a: a prepared transaction");
  });
});
