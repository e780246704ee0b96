// Migrations that go to the server in several writes, each sent before the one ahead of it is answered.
import { describe, expect, it } from "vitest";
import { lockKey } from "../../src/server/lock.ts";
import { open, testDatabase } from "../support/database.ts";
import { failureOf, until } from "../support/failure.ts";
import { project } from "../support/project.ts";
import { proxyTo } from "../support/proxy.ts";

/** More than three writes: 4, 64, 64 and a rest. */
const COUNT = 140;
const KEY = lockKey('"public"."flyway_schema_history"');
const nameOf = (version: number): string => `V${version}__t.sql`;
const plain = (version: number): string => `create table t${version}(id int);`;

function files(other: Readonly<Record<number, string>>): Record<string, string> {
  const versions = Array.from({ length: COUNT }, (_, i) => i + 1);
  return Object.fromEntries(versions.map((v) => [nameOf(v), other[v] ?? plain(v)]));
}

const DEFERRED =
  "create table d(id int unique deferrable initially deferred);\ninsert into d values (1), (1);";

describe("writes of a run", () => {
  it.each([
    ["in the first", 3],
    ["at the end of the first", 4],
    ["at the beginning of the second", 5],
    ["in the second", 20],
    ["at the end of the third", 132],
  ])("leave nothing behind a file that fails %s, at its statement or its COMMIT", async (_, bad) => {
    await using db = await testDatabase();
    await using other = await open(db.target);
    const applied = Array.from({ length: bad - 1 }, (_, i) => String(i + 1));
    for (const text of [`${plain(bad)} select 1/0;`, DEFERRED]) {
      using p = project(db, files({ [bad]: text }));
      const error = await failureOf(p.run("migrate"));
      expect(error).toMatchObject({
        code: "FAILED_VERSIONED_MIGRATION",
        details: { failed: { version: String(bad) }, rolledBack: true },
      });
      expect(await db.rows("select version from flyway_schema_history order by installed_rank")).toEqual(
        applied,
      );
      expect(await db.rows("select count(*) from pg_class where relname ~ '^t[0-9]+$'")).toEqual([
        String(bad - 1),
      ]);
      expect(await other.query(`select pg_try_advisory_lock(${KEY}) as had`)).toEqual([{ had: "t" }]);
      await other.query(`select pg_advisory_unlock(${KEY})`);
    }
    using mended = project(db, files({}));
    expect(await mended.run("migrate")).toMatchObject({ migrationsExecuted: COUNT - bad + 1 });
  });

  it("are at the server before it is done with those ahead, and look for the mark of the last file", async () => {
    await using db = await testDatabase();
    await using other = await open(db.target);
    await using proxy = await proxyTo(db.target);
    using p = project(db, files({ 2: "select pg_advisory_xact_lock(7002);" }));
    await other.query("select pg_advisory_lock(7002)");
    const run = p.run("migrate", { connection: proxy.target });
    let sent = "";
    await until(() => {
      sent += Buffer.concat(proxy.takeWrites()).toString();
      return sent.includes("create table t68(");
    });
    const [head = ""] = /BEGIN(?:(?!BEGIN).)*?create table t5\(/s.exec(sent.slice(sent.indexOf("t4("))) ?? [];
    expect(head).toMatch(/pg_try_advisory_lock.*current_setting\('godwit.last_row', true\) = '\w+ 4'/s);
    await until(async () => (await db.rows("select version from flyway_schema_history")).join() === "1");
    // One at a time: what follows the second write is not read yet.
    expect(sent).not.toContain("create table t69(");
    await other.query("select pg_advisory_unlock(7002)");
    expect(await run).toMatchObject({ migrationsExecuted: COUNT });
    expect(await db.rows("select 1 from pg_locks where locktype = 'advisory'")).toEqual([]);
  });

  it("are told broken where the connection broke, with those that the server may have lost", async () => {
    await using db = await testDatabase();
    using p = project(db, files({ 100: "select pg_terminate_backend(pg_backend_pid());" }));
    const { advice, details } = await failureOf(p.run("migrate"));
    expect(details["failed"]).toMatchObject({ version: "100" });
    expect(advice).toContain("V69__t.sql to V99__t.sql, applied a moment before, may be gone");
    using mended = project(db, files({}));
    expect(await mended.run("migrate")).toMatchObject({ migrationsExecuted: COUNT - 99 });
  });
});
