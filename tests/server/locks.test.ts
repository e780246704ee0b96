// Who holds the migration lock, and who keeps a session waiting.
import { describe, expect, it } from "vitest";
import { blockadeText, blockersOf } from "../../src/server/blockers.ts";
import {
  lockKey,
  releaseSessionLock,
  trySessionLock,
  tryTransactionLock,
  whoHolds,
} from "../../src/server/lock.ts";
import { open, testDatabase } from "../support/database.ts";
import { until } from "../support/failure.ts";

const KEY = lockKey('"public"."flyway_schema_history"');

describe("the migration lock", () => {
  it("is held by one session at a time, in either mode", async () => {
    await using db = await testDatabase();
    await using other = await open(db.target);
    const had = async (sql: string, s = db.session) => (await s.query(sql))[0]?.["had"];
    expect(await had(trySessionLock(KEY))).toBe("t");
    expect(await had(trySessionLock(KEY), other)).toBe("f");
    expect(await had(tryTransactionLock(KEY), other)).toBe("f");
    expect(await had(releaseSessionLock(KEY))).toBe("t");
    expect(await had(releaseSessionLock(KEY))).toBe("f");
    await other.query("begin");
    expect(await had(tryTransactionLock(KEY), other)).toBe("t");
    expect(await had(trySessionLock(KEY))).toBe("f");
    await other.query("rollback");
    expect(await had(trySessionLock(KEY))).toBe("t");
  });

  it("names its holder: who, from where, since when, doing what", async () => {
    await using db = await testDatabase();
    expect(await whoHolds(db.session, KEY)).toBeUndefined();
    await using other = await open({ ...db.target, applicationName: "runner 2" });
    await other.pipeline(["begin", tryTransactionLock(KEY), "select 'half',\n  'done'"]);
    const holder = await whoHolds(db.session, KEY);
    expect(holder).toMatchObject({
      pid: other.backendPid,
      application: "runner 2",
      user: "postgres",
      client: "local",
      state: "idle in transaction",
      query: "select 'half', 'done'",
    });
    expect(holder?.text).toMatch(
      /^pid \d+ \(runner 2, postgres@local\), for \d+ s: idle in transaction, last statement: select 'half', 'done'$/,
    );
    expect(await whoHolds(other, KEY)).toBeUndefined();
  });

  it("is told apart by database and by table", async () => {
    await using db = await testDatabase();
    await using elsewhere = await testDatabase();
    await elsewhere.session.query(trySessionLock(KEY));
    expect(await whoHolds(db.session, KEY)).toBeUndefined();
    await using other = await open(db.target);
    await other.query(trySessionLock(lockKey('"app"."flyway_schema_history"')));
    expect(await whoHolds(db.session, KEY)).toBeUndefined();
  });

  it("may be held by a prepared transaction", async () => {
    await using db = await testDatabase();
    await using other = await open(db.target);
    await other.pipeline([
      "begin",
      tryTransactionLock(KEY),
      "create table t()",
      "prepare transaction 'left behind'",
    ]);
    const holder = await whoHolds(db.session, KEY);
    await other.query("rollback prepared 'left behind'");
    expect(holder?.text).toBe('the prepared transaction "left behind"');
  });
});

describe("blockers", () => {
  it("are the sessions that keep another waiting, with what it waits for", async () => {
    await using db = await testDatabase();
    await db.run("create table t(a int)");
    await using holder = await open({ ...db.target, applicationName: "holder" });
    await using waiter = await open({ ...db.target, applicationName: "waiter" });
    expect(await blockersOf(db.session, waiter.backendPid)).toEqual({ waitsFor: "", blockers: [] });
    await holder.pipeline(["begin", "lock table t in access share mode"]);
    const waiting = waiter.query("alter table t add b int");
    await until(async () => (await blockersOf(db.session, waiter.backendPid)).blockers.length > 0);
    await using third = await open({ ...db.target, applicationName: "third" });
    const alsoWaiting = third.query("select * from t");
    await until(async () => (await blockersOf(db.session, third.backendPid)).blockers.length > 0);

    const blockade = await blockersOf(db.session, waiter.backendPid);
    expect(blockade).toMatchObject({
      waitsFor: "AccessExclusiveLock on t",
      blockers: [
        { pid: holder.backendPid, application: "holder", state: "idle in transaction", isBlocked: false },
      ],
    });
    expect(blockadeText(blockade)).toMatch(
      /^pid \d+ \(holder, postgres@local\), for \d+ s: idle in transaction, last statement: lock table t in access share mode$/,
    );
    expect(await blockersOf(db.session, third.backendPid)).toMatchObject({
      waitsFor: "AccessShareLock on t",
      blockers: [{ pid: waiter.backendPid, isBlocked: true, wait: "Lock: relation" }],
    });
    await holder.query("rollback");
    await Promise.all([waiting, alsoWaiting]);
  });
});
