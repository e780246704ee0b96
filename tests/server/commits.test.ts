// Which commits wait for the disk, and what is said of those that did not.
import { describe, expect, it } from "vitest";
import { testDatabase } from "../support/database.ts";
import { failureOf } from "../support/failure.ts";
import { project } from "../support/project.ts";
import { proxyTo } from "../support/proxy.ts";

/** Keeps, of each row of the history, how its transaction is going to commit. */
const WATCH = `create table seen(version text, waits text);
create function see() returns trigger language plpgsql as $$
begin insert into seen values (new.version, current_setting('synchronous_commit')); return new; end $$;
create trigger see before insert on flyway_schema_history for each row execute function see();`;

const plain = (from: number, to: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from({ length: to - from + 1 }, (_, i) => [
      `V${from + i}__t.sql`,
      `create table t${from + i}(id int);`,
    ]),
  );

describe("the commits of a run", () => {
  it("wait for the disk at the end of each write only", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": WATCH, ...plain(2, 6) });
    await db.run(`alter database ${db.name} set synchronous_commit = local`);
    await p.run("migrate");
    p.write({ "V7__alone.sql": "select 1;" });
    await p.run("migrate");
    expect(await db.rows("select version, waits from seen order by version")).toEqual([
      "1|off",
      "2|off",
      "3|off",
      "4|local",
      "5|off",
      "6|local",
      "7|local",
    ]);
  });

  it("are made durable before a failure behind them is told", async () => {
    await using db = await testDatabase();
    using p = project(db, { ...plain(1, 2), "V3__bad.sql": "select 1/0;" });
    await using proxy = await proxyTo(db.target);
    const failed = async (): Promise<string> => {
      proxy.takeWrites();
      const { code } = await failureOf(p.run("migrate", { connection: proxy.target }));
      expect(code).toBe("FAILED_VERSIONED_MIGRATION");
      return Buffer.concat(proxy.takeWrites()).toString();
    };
    expect(await failed()).toMatch(/ROLLBACK.*pg_logical_emit_message/s);
    // Nothing was committed in this one.
    expect(await failed()).not.toContain("pg_logical_emit_message");
  });

  it("are told to be unsure when the connection breaks behind them", async () => {
    await using db = await testDatabase();
    const bad = "select pg_terminate_backend(pg_backend_pid());";
    using p = project(db, { ...plain(1, 2), "V3__bad.sql": bad });
    const { advice } = await failureOf(p.run("migrate"));
    expect(advice).toContain("V1__t.sql to V2__t.sql, applied a moment before, may be gone");
    expect((await failureOf(p.run("migrate"))).advice).not.toContain("may be gone");
  });
});
