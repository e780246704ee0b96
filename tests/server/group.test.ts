// group=true: all pending files in one transaction, tried again as a whole, and what is said when it comes to nothing.
import { describe, expect, it } from "vitest";
import { withTableHeld } from "../support/applied.ts";
import { HISTORY, testDatabase } from "../support/database.ts";
import { failureOf, until } from "../support/failure.ts";
import { type Project, project } from "../support/project.ts";
import { proxyTo } from "../support/proxy.ts";

const A = { "V1__a.sql": "create table a(id int);" };
const MORE = {
  "V2__b.sql": "create table if not exists a(id int); create table b(id int);",
  "V3__alter.sql": "alter table a add column x int;",
};
const GROUP = { group: true, lockTimeoutMs: 30 };

const logsOf = (p: Project, code: string): readonly string[] =>
  p.events.flatMap((e) => (e.type === "log" && e.code === code ? [e.message] : []));

describe("a group that meets lockTimeout", () => {
  it("is rolled back and tried again as a whole until it gets its locks", async () => {
    await using held = await withTableHeld(A);
    const { db, p, other } = held;
    p.write(MORE);
    const migrating = p.run("migrate", { ...GROUP, lockTimeoutRetries: 1000 });
    await until(() => logsOf(p, "LOCK_TIMEOUT_RETRY").length > 0);
    await other.query("commit");
    expect(await migrating).toMatchObject({
      migrationsExecuted: 2,
      // Told by every try, but one skip.
      skipNotices: [{ message: 'relation "a" already exists, skipping' }],
    });
    expect(logsOf(p, "LOCK_TIMEOUT_RETRY")[0]).toMatch(
      /^V3__alter\.sql did not get a lock in time, and the group with all of its 2 files was rolled back\. Trying again in \d+ ms \(1 of 1000\)\.$/,
    );
    expect(await db.rows(HISTORY)).toHaveLength(3);
    expect(await db.rows("select to_regclass('b'), x from a right join (select 1) one on true")).toEqual([
      "b|",
    ]);
  });

  it("gives up after as many tries as are allowed, with nothing applied", async () => {
    await using held = await withTableHeld(A);
    const { db, p } = held;
    p.write(MORE);
    expect(await failureOf(p.run("migrate", { ...GROUP, lockTimeoutRetries: 2 }))).toMatchObject({
      code: "FAILED_VERSIONED_MIGRATION",
      sql: { sqlState: "55P03" },
      place: { line: 1 },
      details: { rolledBack: true, applied: [], failed: { version: "3" } },
    });
    expect(logsOf(p, "LOCK_TIMEOUT_RETRY")).toHaveLength(2);
    expect(await db.rows("select to_regclass('b')")).toEqual([""]);
  });

  it("is tried again as often as the file that met it says", async () => {
    await using held = await withTableHeld(A);
    const { p } = held;
    p.write({ ...MORE, "V3__alter.sql.conf": "godwit.lockTimeout=20ms\ngodwit.lockTimeoutRetries=1" });
    await failureOf(p.run("migrate", { group: true, lockTimeoutRetries: 5 }));
    expect(logsOf(p, "LOCK_TIMEOUT_RETRY")).toHaveLength(1);
  });

  it("is tried again when only its COMMIT asks for the lock", async () => {
    await using held = await withTableHeld({
      "V1__a.sql": `create table a(id int); create table t(id int);
        create function late() returns trigger language plpgsql as $$ begin lock table a; return null; end $$;
        create constraint trigger late after insert on t deferrable initially deferred for each row execute function late();`,
    });
    const { p, other } = held;
    p.write({ "V2__t.sql": "insert into t values (1);" });
    const migrating = p.run("migrate", { ...GROUP, lockTimeoutRetries: 1000 });
    await until(() => logsOf(p, "LOCK_TIMEOUT_RETRY").length > 0);
    await other.query("commit");
    expect(await migrating).toMatchObject({ migrationsExecuted: 1 });
    expect(logsOf(p, "LOCK_TIMEOUT_RETRY")[0]).toMatch(
      /^The group did not get a lock in time, and all of its 1 files was rolled back/,
    );
  });

  it("is not tried again behind a script, which nobody can roll back", async () => {
    await using held = await withTableHeld(A);
    const { p } = held;
    p.write({ ...MORE, "V2__b.sql": undefined, "V2__script.sh": "echo once" });
    expect(await failureOf(p.run("migrate", { ...GROUP, lockTimeoutRetries: 3 }))).toMatchObject({
      sql: { sqlState: "55P03" },
      details: { failed: { version: "3" } },
    });
    expect(logsOf(p, "LOCK_TIMEOUT_RETRY")).toEqual([]);
  });
});

describe("a group with a file that ends transactions itself", () => {
  it("is applied file by file, so that a failure leaves no file without its row", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      ...A,
      "V2__own.sql": "begin;\ncreate table b(id int);\ncommit;",
      "V3__bad.sql": "select 1/0;",
    });
    const failure = await failureOf(p.run("migrate", { group: true }));
    expect(failure.details).toMatchObject({ rolledBack: true, failed: { version: "3" } });
    expect(failure.details["outcome"]).toMatchObject({ migrationsExecuted: 2 });
    expect(await db.rows("select version, success from flyway_schema_history")).toEqual(["1|t", "2|t"]);
    expect(logsOf(p, "GROUP_APART")).toEqual([
      "group=true puts all pending migrations into one transaction, but V2__own.sql ends transactions itself (COMMIT). So each file is applied by itself, and those before a failure stay.",
    ]);
    p.write({ "V3__bad.sql": "select 1;" });
    expect(await p.run("migrate", { group: true })).toMatchObject({ migrationsExecuted: 1 });
  });
});

describe("a group whose connection breaks", () => {
  it.each([
    [
      "in a file",
      "CREATE TABLE",
      {
        message: "V2__b.sql: The connection to the server broke: Connection terminated unexpectedly.",
        advice:
          "The group was not committed, so the server keeps nothing of it. Run migrate again when it can be reached.",
        details: { rolledBack: true, applied: [] },
      },
    ],
    [
      "at its COMMIT",
      "COMMIT",
      {
        code: "DB_CONNECTION",
        message:
          "The group was being committed. The connection to the server broke: Connection terminated unexpectedly.",
        advice:
          "All files and their history rows are one transaction: the server has kept all or none. Run migrate again when it can be reached; it looks first and goes on from there.",
      },
    ],
  ])("%s says what holds, and the next run finishes", async (_, at, said) => {
    await using db = await testDatabase();
    using p = project(db, A);
    await p.run("migrate");
    await using proxy = await proxyTo(db.target);
    p.write({ "V2__b.sql": "create table b(id int);", "V3__c.sql": "create table c(id int);" });
    proxy.cutAt(at);
    expect(await failureOf(p.run("migrate", { group: true, connection: proxy.target }))).toMatchObject(said);
    await p.run("migrate", { group: true });
    expect(await db.rows("select version from flyway_schema_history")).toEqual(["1", "2", "3"]);
  });
});
