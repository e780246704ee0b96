// Sessions over connections of others: a pg client, with and without its pipeline mode, and a pool.
import pg from "pg";
import { describe, expect, it } from "vitest";
import { sessionFrom, sessionFromClient, sessionFromPool } from "../../src/server/lend.ts";
import { serverTarget } from "../support/database.ts";
import { failureOf } from "../support/failure.ts";

function config() {
  const target = serverTarget("postgres");
  return { host: target.hosts[0]?.host ?? "", port: 5432, user: target.user, database: target.database };
}

describe.each([{ pipeline: false }, { pipeline: true }])("a lent client with %o", ({ pipeline }) => {
  const lent = async (): Promise<pg.Client> => {
    const client = new pg.Client({ ...config(), pipeline });
    client.on("error", () => {});
    await client.connect();
    return client;
  };

  it("runs pipelines, queries and COPY, and is given back connected", async () => {
    const client = await lent();
    const s = await sessionFromClient(client);
    const results = await s.pipeline([
      "begin",
      "do $$ begin raise notice 'n'; end $$",
      "select 1/0",
      "select 2",
      "commit",
    ]);
    expect(results.map((r) => (r.ok ? r.command : r.error.sqlState))).toEqual([
      "BEGIN",
      "DO",
      "22012",
      "25P02",
      "ROLLBACK",
    ]);
    expect(results[1]?.notices.map((n) => n.message)).toEqual(["n"]);
    await s.pipeline(["create temp table t(a int)"]);
    expect(await s.copyIn("copy t from stdin", ["1\n2\n"])).toMatchObject({ ok: true, rowCount: 2 });
    expect(await s.copyIn("copy t from stdin", ["x\n"])).toMatchObject({
      ok: false,
      error: { sqlState: "22P02" },
    });
    expect(await s.query("select sum(a) + $1::int as n from t", [4])).toEqual([{ n: "7" }]);
    expect((await s.pipeline(["selec"]))[0]?.ok).toBe(false);
    await s.close();
    expect((await client.query("select count(*)::int as n from t")).rows).toEqual([{ n: 2 }]);
    expect((await failureOf(s.query("select 1"))).code).toBe("DB_CONNECTION");
    await client.end();
  });

  it("has its DateStyle put back", async () => {
    const client = await lent();
    await client.query("set datestyle = 'German'");
    const s = await sessionFrom(client);
    expect(await s.query("select date '2024-03-01'::text as d")).toEqual([{ d: "2024-03-01" }]);
    await s.close();
    expect((await client.query("select date '2024-03-01'::text as d")).rows).toEqual([{ d: "01.03.2024" }]);
    await client.end();
  });

  it("cancels", async () => {
    const client = await lent();
    const s = await sessionFromClient(client);
    const running = s.pipeline(["select pg_sleep(300)"]);
    await s.cancel();
    expect(await running).toMatchObject([{ error: { sqlState: "57014" } }]);
    await s.close();
    await client.end();
  });

  it("tells when it breaks", async () => {
    const client = await lent();
    const s = await sessionFromClient(client);
    const error = await failureOf(
      s.pipeline(["select 1", "select pg_terminate_backend(pg_backend_pid())", "select 2"]),
    );
    expect(error).toMatchObject({
      sql: { sqlState: "57P01" },
      details: { results: [{ command: "SELECT" }] },
    });
    await s.close();
    await client.end();
  });
});

describe("a lent pool", () => {
  it("gets its client back, or drops a broken one", async () => {
    const pool = new pg.Pool(config());
    pool.on("error", () => {});
    const s = await sessionFrom(pool);
    expect(await s.query("select 1 as a")).toEqual([{ a: "1" }]);
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 0]);
    await s.close();
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
    const second = await sessionFromPool(pool);
    await failureOf(second.query("select pg_terminate_backend(pg_backend_pid())"));
    await second.close();
    expect(pool.totalCount).toBe(0);
    await pool.end();
  });
});

describe("what is no connection", () => {
  it("is refused, as is a client that is not connected", async () => {
    expect((await failureOf(sessionFrom({}))).message).toBe(
      "The connection that was given is of no known kind.",
    );
    expect((await failureOf(sessionFrom(new pg.Client(config())))).message).toBe(
      "The pg client that was given is not connected.",
    );
  });
});
