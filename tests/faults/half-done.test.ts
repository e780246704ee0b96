// Breaks in the middle of a statement: what it left, and how the next run mends it. A session that keeps a snapshot or
// a lock holds the statement at the point wanted.
import { describe, expect, inject, it } from "vitest";
import { GodwitError } from "../../src/base/errors.ts";
import type { InfoOutcome } from "../../src/engine/outcome.ts";
import { open, type TestDatabase, testDatabase } from "../support/database.ts";
import { type Project, project } from "../support/project.ts";
import { proxyTo } from "../support/proxy.ts";

const TABLE =
  "create table a(id int, v text); insert into a select i, i::text from generate_series(1, 50) i;\n";
const INDEXES = `select indexrelid::regclass, indisvalid from pg_index i join pg_class c on c.oid = i.indrelid
  where (c.relname in ('a', 'p', 'p1') or not indisvalid) order by 1`;
const GODWITS_OWN = "select relname from pg_class where relname like '%\\_godwit'";

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The backend that runs a statement like this and waits for a lock. */
const waiting = (db: TestDatabase, pattern: string): Promise<string> =>
  until(async () => {
    const [pid] = await db.rows(
      `select pid from pg_stat_activity where datname = '${db.name}' and query ilike '${pattern}' and wait_event_type = 'Lock'`,
    );
    return pid;
  });

/** Runs migrate, breaks it off while it waits in that statement, and lets the one it waited for go. */
async function breakIn(db: TestDatabase, p: Project, pattern: string, blocker: string): Promise<void> {
  await using other = await open(db.target);
  await other.query("begin isolation level repeatable read");
  await other.query(blocker);
  const run = p.run("migrate", { mixed: true }).then(
    () => "finished",
    () => "broken",
  );
  const pid = await waiting(db, pattern);
  await db.run(`select pg_terminate_backend(${pid})`);
  expect(await run).toBe("broken");
  await other.query("rollback");
}

const warnings = (p: Project): readonly string[] =>
  p.events.flatMap((e) => (e.type === "log" && e.level === "warn" ? [e.code] : []));

async function failure(action: Promise<unknown>): Promise<GodwitError> {
  const error = await action.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (error instanceof GodwitError) return error;
  throw new Error(`expected a GodwitError, got ${String(error)}`);
}

const progress = async (p: Project): Promise<readonly string[]> =>
  ((await p.run("info")) as InfoOutcome).migrations.flatMap((m) =>
    m.progress === undefined ? [] : [m.progress],
  );

describe("after a break in the middle of a statement, migrate", () => {
  it("drops the invalid index of CREATE INDEX CONCURRENTLY and builds it", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": TABLE });
    await p.run("migrate");
    p.write({
      "V2__i.sql": "-- two\nvacuum a;\ncreate unique index concurrently a_id on a(id);",
    });
    await breakIn(db, p, "create unique index%", "select * from a");
    expect(await db.rows(INDEXES)).toEqual(["a_id|f"]);
    expect(await progress(p)).toEqual(["1 of 2 statements done, statement 2 at line 3 was interrupted"]);
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 1 });
    expect(await db.rows(INDEXES)).toEqual(["a_id|t"]);
    expect(await db.rows(GODWITS_OWN)).toEqual([]);
    expect(await progress(p)).toEqual([]);
    expect(warnings(p)).toEqual(["INVALID_INDEX"]);
  });

  it("does so for an index whose name the server chooses", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": `${TABLE}create index on a(id);` });
    await p.run("migrate");
    p.write({ "V2__i.sql": "create index concurrently on a(id);" });
    await breakIn(db, p, "create index concurrently%", "select * from a");
    await p.run("migrate");
    expect(await db.rows(INDEXES)).toEqual(["a_id_idx|t", "a_id_idx1|t"]);
  });

  it("drops an invalid index that IF NOT EXISTS would pass over, whoever left it", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": `${TABLE}insert into a values (1);` });
    await p.run("migrate");
    await db.run("create unique index concurrently a_id on a(id)").catch(() => {});
    expect(await db.rows(INDEXES)).toEqual(["a_id|f"]);
    p.write({ "V2__i.sql": "create index concurrently if not exists a_id on a(id);" });
    await p.run("migrate");
    expect(await db.rows(INDEXES)).toEqual(["a_id|t"]);
    expect(warnings(p)).toEqual(["INVALID_INDEX"]);
  });

  it("is shown by info while it runs", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": TABLE });
    await p.run("migrate");
    p.write({ "V2__i.sql": "create index concurrently a_v on a(v);" });
    await using reader = await open(db.target);
    await reader.query("begin isolation level repeatable read");
    await reader.query("select * from a");
    const run = p.run("migrate");
    await waiting(db, "create index concurrently a_v%");
    expect(await progress(p)).toEqual(["0 of 1 statement done, statement 1 at line 1 is running"]);
    await reader.query("commit");
    await run;
  });

  it("waits for another session that builds the index", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": TABLE });
    await p.run("migrate");
    p.write({ "V2__i.sql": "create index concurrently if not exists a_v on a(v);" });
    await using reader = await open(db.target);
    await reader.query("begin isolation level repeatable read");
    await reader.query("select * from a");
    await using builder = await open(db.target);
    const built = builder.query("create index concurrently a_v on a(v)");
    await waiting(db, "create index concurrently a_v%");
    const run = p.run("migrate");
    await until(async () => p.events.find((e) => e.type === "lock-wait" && e.what === "table-lock"));
    await reader.query("commit");
    await built;
    expect(await run).toMatchObject({ migrationsExecuted: 1 });
    expect(await db.rows(INDEXES)).toEqual(["a_v|t"]);
  });

  it("clears away what REINDEX CONCURRENTLY left, in TOAST too", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": `${TABLE}create index a_v on a(v); create index a_id on a(id);` });
    await p.run("migrate");
    p.write({ "V2__r.sql": "reindex table concurrently a;" });
    await breakIn(db, p, "reindex table%", "select * from a");
    expect((await db.rows(INDEXES)).filter((line) => line.endsWith("f"))).toHaveLength(3);
    await p.run("migrate");
    expect(await db.rows(INDEXES)).toEqual(["a_v|t", "a_id|t"]);
  });

  it("clears away what REINDEX INDEX CONCURRENTLY left", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": `${TABLE}create index a_v on a(v);` });
    await p.run("migrate");
    p.write({ "V2__r.sql": "reindex (verbose) index concurrently public.a_v;" });
    await breakIn(db, p, "reindex%", "select * from a");
    await p.run("migrate");
    expect(await db.rows(INDEXES)).toEqual(["a_v|t"]);
  });

  it.skipIf(inject("serverMajor") < 14)("finishes a pending DETACH PARTITION CONCURRENTLY", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__p.sql":
        "create table p(k int) partition by list (k); create table p1 partition of p for values in (1);",
    });
    await p.run("migrate");
    p.write({ "V2__d.sql": "alter table p detach partition p1 concurrently;" });
    await breakIn(db, p, "alter table p detach%", "select * from p");
    expect(await db.rows("select inhdetachpending from pg_inherits")).toEqual(["t"]);
    await p.run("migrate");
    expect(await db.rows("select * from pg_inherits")).toEqual([]);
    expect(warnings(p)).toEqual(["DETACH_PENDING"]);
  });

  it("drops what DROP INDEX CONCURRENTLY left invalid", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": `${TABLE}create index a_v on a(v);` });
    await p.run("migrate");
    p.write({ "V2__d.sql": "drop index concurrently a_v;" });
    await breakIn(db, p, "drop index%", "select * from a");
    expect(await db.rows(INDEXES)).toEqual(["a_v|f"]);
    await p.run("migrate");
    expect(await db.rows(INDEXES)).toEqual([]);
  });

  it("names a CALL of which nobody knows whether it ended, and goes on as the record is told", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": `${TABLE}create procedure batch() language plpgsql as $$ begin
        insert into a values (100); commit; perform 1 from a where id = 1 for update; update a set v = 'x' where id = 1; end $$;`,
    });
    await p.run("migrate");
    p.write({ "V2__c.sql": "vacuum a;\n  call batch();\ninsert into a values (200);" });
    await breakIn(db, p, "call batch%", "select * from a where id = 1 for update");
    const error = await failure(p.run("migrate", { mixed: true }));
    expect(error).toMatchObject({
      code: "FAILED_VERSIONED_MIGRATION",
      place: { file: "sql/V2__c.sql", line: 2, column: 3 },
    });
    expect(error.message).toMatch(
      /^V2__c\.sql, statement 2 \(call batch\(\)\) was begun at .+ by a run that broke off, and nothing in the catalog tells whether it was done\.$/,
    );
    const done = /run: (UPDATE [^;]+);/.exec(error.advice ?? "")?.[1] ?? "";
    expect(await progress(p)).toEqual(["1 of 3 statements done, statement 2 at line 2 was interrupted"]);
    await db.run(done);
    await p.run("migrate", { mixed: true });
    expect(await db.rows("select id, count(*) from a where id >= 100 group by 1 order by 1")).toEqual([
      "100|1",
      "200|1",
    ]);
  });
});

describe("a run whose client is gone", () => {
  it.skipIf(inject("serverMajor") < 14)(
    "gives up its statement and its lock, and the next one goes on",
    async () => {
      await using db = await testDatabase();
      using p = project(db, {
        "V1__a.sql": `create table gate(i int); insert into gate values (1);
          create function pass() returns void language plpgsql as $$ begin
            if exists (select from gate) then perform pg_sleep(3600); end if; end $$;`,
        "V2__m.sql": "vacuum gate;\nselect pass();\ncreate table after_gate(i int);",
      });
      await using relay = await proxyTo(db.target);
      const broken = p.run("migrate", { mixed: true, connection: relay.target }).catch(() => "broken");
      await until(
        async () =>
          (
            await db.rows(
              "select pid from pg_stat_activity where query = 'select pass()' and state = 'active'",
            )
          )[0],
      );
      relay.cut();
      expect(await broken).toBe("broken");
      await db.run("truncate gate");
      expect(await p.run("migrate", { mixed: true })).toMatchObject({ migrationsExecuted: 1 });
      expect(await db.rows("select to_regclass('after_gate')")).toEqual(["after_gate"]);
    },
  );
});

describe("a file outside a transaction that failed", () => {
  it("goes on at the statement that failed, once its cause is mended", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": `${TABLE}insert into a values (1);`,
      "V2__m.sql":
        "insert into a values (100);\ncreate unique index concurrently a_id on a(id);\ninsert into a values (101);",
    });
    const error = await failure(p.run("migrate", { mixed: true }));
    expect(error.advice).toMatch(
      /^1 of 3 statements are done and recorded; the next migrate goes on at statement 2\./,
    );
    expect(await progress(p)).toEqual(["1 of 3 statements done, statement 2 at line 2 failed"]);
    await db.run("delete from a where ctid in (select max(ctid) from a where id = 1)");
    await p.run("migrate", { mixed: true });
    expect(await db.rows("select id from a where id >= 100 order by 1")).toEqual(["100", "101"]);
    expect(await db.rows(INDEXES)).toEqual(["a_id|t"]);
    expect(await db.rows(GODWITS_OWN)).toEqual([]);
  });

  it("runs again from the first statement that was edited since, and says so", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": TABLE,
      "V2__m.sql": "vacuum a;\ninsert into a values (100);\ninsert into a values (101);\nselect 1/0;",
    });
    await failure(p.run("migrate", { mixed: true }));
    p.write({ "V2__m.sql": "vacuum a;\ninsert into a values (100);\ninsert into a values (102);\n" });
    await p.run("migrate", { mixed: true });
    expect(await db.rows("select id from a where id >= 100 order by 1")).toEqual(["100", "101", "102"]);
    expect(warnings(p)).toEqual(["EDITED_AFTER_BREAK"]);
  });

  it("goes on under a new name, and whatever values its placeholders have by then", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": TABLE,
      "V2__m.sql": "vacuum a;\ninsert into a values (100, '${at}');\nselect 1/${zero};",
    });
    await failure(p.run("migrate", { mixed: true, placeholders: { at: "then", zero: "0" } }));
    p.write({
      "V2__m.sql": undefined,
      "V2__n.sql": "vacuum a;\ninsert into a values (100, '${at}');\nselect 1;",
    });
    await p.run("migrate", { mixed: true, placeholders: { at: "now", zero: "1" } });
    expect(await db.rows("select id, v from a where id >= 100 order by 1")).toEqual(["100|then"]);
    expect(await db.rows(GODWITS_OWN)).toEqual([]);
  });

  it("stops between two statements when asked to, and goes on there", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__m.sql": "create table t(i int);\nvacuum t;\ninsert into t values (1);\ninsert into t values (2);",
    });
    const stop = new AbortController();
    const push = p.events.push.bind(p.events);
    p.events.push = (...events) => {
      if (events.some((e) => e.type === "statement-end" && e.command === "VACUUM")) stop.abort();
      return push(...events);
    };
    const error = await failure(p.run("migrate", { mixed: true }, {}, stop.signal));
    expect(error.message).toBe("V1__m.sql was stopped before statement 3 of 4.");
    expect(await progress(p)).toEqual(["2 of 4 statements done, migrate goes on at statement 3"]);
    await p.run("migrate", { mixed: true });
    expect(await db.rows("select i from t order by 1")).toEqual(["1", "2"]);
  });

  it("commits a transaction that it leaves open", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__m.sql": "create table t(i int);\nvacuum t;\nbegin;\ninsert into t values (1);",
    });
    expect(await p.run("migrate", { mixed: true })).toMatchObject({ migrationsExecuted: 1 });
    expect(await db.rows("select i from t")).toEqual(["1"]);
  });

  it("goes on where it failed when it is an undo file, too", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": TABLE,
      "U1__a.sql": "insert into log values (1);\nvacuum log;\ndrop table a;",
    });
    await p.run("migrate");
    await db.run("create table log(i int); create view v as select * from a");
    await failure(p.run("undo", { mixed: true }));
    expect(await db.rows(GODWITS_OWN)).toEqual(["flyway_schema_history_godwit"]);
    await db.run("drop view v");
    expect(await p.run("undo", { mixed: true })).toMatchObject({ migrationsUndone: 1 });
    expect(await db.rows("select i from log")).toEqual(["1"]);
    expect(await db.rows(GODWITS_OWN)).toEqual([]);
  });

  it("leaves Flyway's failed row where the lock is not Flyway's default, and begins again after repair", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__m.sql": "create table t(i int);\nvacuum;\nselect 1/0;" });
    const settings = { mixed: true, transactionalLock: false };
    const error = await failure(p.run("migrate", settings));
    expect(await db.rows("select version, success from flyway_schema_history")).toEqual(["1|f"]);
    expect(await progress(p)).toEqual(["2 of 3 statements done, migrate goes on at statement 3"]);
    expect(error.advice).toMatch(
      /^2 of 3 statements are done and recorded\. To go on at statement 3, mend it and run: DELETE FROM "public"\."flyway_schema_history" WHERE script = 'V1__m\.sql' AND NOT success; then migrate again\./,
    );
    // As the message of a failed row asks: undone by hand, then repair.
    await db.run("drop table t");
    await p.run("repair", settings);
    expect(await db.rows(GODWITS_OWN)).toEqual([]);
    p.write({ "V1__m.sql": "create table t(i int);\nvacuum;\nselect 1;" });
    await p.run("migrate", settings);
    expect(await db.rows("select version, success from flyway_schema_history")).toEqual(["1|t"]);
    expect(await db.rows("select to_regclass('t')")).toEqual(["t"]);
  });
});

describe("with lockTimeout, a file outside a transaction", () => {
  it("tries a build again, without what the last try left", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": TABLE });
    await p.run("migrate");
    p.write({ "V2__i.sql": "create index concurrently if not exists a_v on a(v);" });
    await using reader = await open(db.target);
    await reader.query("begin isolation level repeatable read");
    await reader.query("select * from a");
    const run = p.run("migrate", { lockTimeoutMs: 50, lockTimeoutRetries: 50 });
    await until(async () => p.events.filter((e) => e.type === "log" && e.code === "LOCK_TIMEOUT_RETRY")[1]);
    await reader.query("commit");
    expect(await run).toMatchObject({ migrationsExecuted: 1 });
    expect(await db.rows(INDEXES)).toEqual(["a_v|t"]);
  });

  it("puts the session's own timeout back", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__v.sql": "vacuum;\ncreate table inside as select current_setting('lock_timeout') as t;",
      "V2__a.sql": "create table outside as select current_setting('lock_timeout') as t;",
    });
    await p.run("migrate", { mixed: true, lockTimeoutMs: 4000 });
    // Its own transaction sets it by itself.
    expect(await db.rows("select * from inside union all select * from outside")).toEqual(["4s", "4s"]);
    p.write({
      "V3__v.sql": "vacuum;\nset lock_timeout = '7s';",
      "V4__b.sql": "create table after as select current_setting('lock_timeout') as t;",
    });
    await p.run("migrate", { mixed: true });
    expect(await db.rows("select * from after")).toEqual(["7s"]);
  });
});

describe("the record of a file outside a transaction", () => {
  it("is kept under the original role, whatever role the file works under", async () => {
    await using db = await testDatabase();
    const role = `${db.name}_r`;
    await db.run(`create role ${role}`);
    await db.run(`grant create on schema public to ${role}`);
    using p = project(db, {
      "V1__m.sql": `set role ${role};\ncreate table t(i int);\nvacuum t;\nbegin;\ninsert into t values (1);\ncommit;\nselect 1/0;`,
    });
    await failure(p.run("migrate", { mixed: true }));
    expect(await progress(p)).toEqual(["6 of 7 statements done, migrate goes on at statement 7"]);
    p.write({
      "V1__m.sql": `set role ${role};\ncreate table t(i int);\nvacuum t;\nbegin;\ninsert into t values (1);\ncommit;\ncreate table u(i int);`,
    });
    await p.run("migrate", { mixed: true });
    expect(
      await db.rows("select relname, relowner::regrole from pg_class where relname in ('t', 'u') order by 1"),
    ).toEqual([`t|${role}`, `u|${role}`]);
    expect(warnings(p)).toEqual([]);
    await db.run(`drop owned by ${role}; drop role ${role}`);
  });

  it("is done without where its table cannot be made, and that is told", async () => {
    await using db = await testDatabase();
    const user = `${db.name}_u`;
    await db.run(`create role ${user} login`);
    await db.run(`grant create on schema public to ${user}`);
    using p = project(db, { "V1__a.sql": TABLE });
    const asUser = { connection: { ...db.target, user } };
    await p.run("migrate", asUser);
    await db.run(`revoke create on schema public from public, ${user}`);
    p.write({ "V2__m.sql": "vacuum a;\ninsert into a values (100);" });
    await p.run("migrate", { ...asUser, mixed: true });
    expect(warnings(p)).toEqual(["NOT_RECORDED"]);
    expect(await db.rows("select version, success from flyway_schema_history order by 1")).toEqual([
      "1|t",
      "2|t",
    ]);
    await db.run(`drop owned by ${user}; drop role ${user}`);
  });

  it("outlives DISCARD ALL, which lets go of the migration lock", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__m.sql":
        "create table t(i int);\ndiscard all;\ninsert into t values (1);\nvacuum t;\ninsert into t values (2);",
    });
    const runs = await Promise.all([1, 2, 3].map(() => p.run("migrate", { mixed: true })));
    const executed = runs.map((o) => ("migrationsExecuted" in o ? o.migrationsExecuted : 0));
    expect(executed.reduce((a, b) => a + b, 0)).toBe(1);
    expect(await db.rows("select i from t order by 1")).toEqual(["1", "2"]);
  });

  it("runs a statement that refuses a transaction on its own", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__p.sql":
        "create table p(k int) partition by list (k); create table p1 partition of p for values in (1); create index on p(k);",
      // REINDEX of a partitioned table cannot run in a transaction block, but nothing in its text tells.
      "V2__m.sql": "vacuum p1;\nreindex table p;\ninsert into p values (1);",
    });
    expect(await p.run("migrate", { mixed: true })).toMatchObject({ migrationsExecuted: 2 });
    expect(await db.rows("select k from p")).toEqual(["1"]);
  });
});
