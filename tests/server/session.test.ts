// A session on a real server: statements in one write, their answers one by one, COPY, cancelling, broken lines.
import { describe, expect, it } from "vitest";
import type { StatementResult } from "../../src/server/session.ts";
import { open, serverTarget, testDatabase } from "../support/database.ts";
import { failureOf, until } from "../support/failure.ts";
import { proxyTo } from "../support/proxy.ts";

/** Tag and count of a success, state of a failure. */
const brief = (result: StatementResult | undefined): string =>
  result === undefined
    ? "nothing"
    : result.ok
      ? [result.command, result.rowCount].filter((part) => part !== undefined).join(" ")
      : result.error.sqlState;

describe("a query", () => {
  it("gives rows of text, and takes parameters", async () => {
    await using s = await open(serverTarget("postgres"));
    expect(
      await s.query(
        "select $1::int + 1 as n, $2::text as t, $3::text as nothing, $4::bool as b, now() is null as c",
        [41, "it's 😀", null, true],
      ),
    ).toEqual([{ n: "42", t: "it's 😀", nothing: null, b: "t", c: "f" }]);
    expect(await s.query("select 1 as a where false")).toEqual([]);
    expect(await s.query("")).toEqual([]);
  });

  it("fails with the server's own fields", async () => {
    await using s = await open(serverTarget("postgres"));
    const error = await failureOf(s.query("select\n  nosuch"));
    expect(error).toMatchObject({
      code: "DB_CONNECTION",
      message: 'The server refused "select nosuch": column "nosuch" does not exist',
      sql: { sqlState: "42703", severity: "ERROR", message: 'column "nosuch" does not exist', position: 10 },
    });
    expect(await s.query("select 1 as a")).toEqual([{ a: "1" }]);
  });

  it("waits for its turn when another is running", async () => {
    await using s = await open(serverTarget("postgres"));
    const answers = await Promise.all([
      s.query("select pg_sleep(0.05)::text as a"),
      s.query("select 2 as a"),
      s.query("select $1::int as a", [3]),
    ]);
    expect(answers).toEqual([[{ a: "" }], [{ a: "2" }], [{ a: "3" }]]);
  });
});

describe("a pipeline", () => {
  it("goes out in one write", async () => {
    await using proxy = await proxyTo(serverTarget("postgres"));
    await using s = await open(proxy.target);
    proxy.takeWrites();
    await s.pipeline(["begin", "create temp table t(a int)", "insert into t values (1)", "commit"]);
    const writes = proxy.takeWrites();
    expect(writes.length).toBe(1);
    expect(writes[0]?.toString("latin1").match(/Q\0\0/g)?.length).toBe(4);
  });

  it("answers each statement with tag, count and time, in order", async () => {
    await using s = await open(serverTarget("postgres"));
    const told: string[] = [];
    const results = await s.pipeline(
      [
        "begin",
        "create temp table t(a int)",
        "insert into t values (1), (2)",
        "select * from t",
        "",
        "commit",
      ],
      { keepRows: true, onResult: (index, result) => told.push(`${index} ${brief(result)}`) },
    );
    expect(results.map(brief)).toEqual(["BEGIN", "CREATE TABLE", "INSERT 2", "SELECT 2", "", "COMMIT"]);
    expect(told).toEqual(["0 BEGIN", "1 CREATE TABLE", "2 INSERT 2", "3 SELECT 2", "4 ", "5 COMMIT"]);
    expect(results[3]).toMatchObject({ result: { columns: ["a"], rows: [["1"], ["2"]] } });
    expect(results.every((r) => r.elapsedMs >= 0)).toBe(true);
  });

  it("tells a result before the next statement is done", async () => {
    await using s = await open(serverTarget("postgres"));
    await using other = await open(serverTarget("postgres"));
    await other.query("select pg_advisory_lock(4711)");
    let first = false;
    const running = s.pipeline(["select 1", "select pg_advisory_lock(4711)"], {
      onResult: (index) => {
        first ||= index === 0;
      },
    });
    await until(() => first);
    await other.query("select pg_advisory_unlock(4711)");
    expect((await running).map(brief)).toEqual(["SELECT 1", "SELECT 1"]);
  });

  it("rolls back after a failure: the rest is passed over, and COMMIT answers ROLLBACK", async () => {
    await using db = await testDatabase();
    const results = await db.session.pipeline([
      "begin",
      "create table a(id int)",
      "select 1/0",
      "create table b(id int)",
      "commit",
      "select count(*) from pg_tables where schemaname = 'public'",
    ]);
    expect(results.map(brief)).toEqual(["BEGIN", "CREATE TABLE", "22012", "25P02", "ROLLBACK", "SELECT 1"]);
    expect(await db.rows("select count(*) from pg_tables where schemaname = 'public'")).toEqual(["0"]);
  });

  it("is over after a failure of its last statement", async () => {
    await using s = await open(serverTarget("postgres"));
    expect((await s.pipeline(["select 1", "selec 2"])).map(brief)).toEqual(["SELECT 1", "42601"]);
    expect((await s.pipeline(["select 3", "select 1/0"])).map(brief)).toEqual(["SELECT 1", "22012"]);
    expect(await s.query("select 4 as a")).toEqual([{ a: "4" }]);
  });

  it("gives each notice to the statement that caused it", async () => {
    await using s = await open(serverTarget("postgres"));
    const results = await s.pipeline([
      "create temp table n(a int)",
      "create temp table if not exists n(a int)",
      "do $$ begin raise warning 'w %', 1 using hint = 'h', detail = 'd'; raise info 'i'; end $$",
      "select 1",
      "do $$ begin raise notice 'before'; perform 1/0; end $$",
    ]);
    expect(results.map((r) => r.notices.map((n) => `${n.severity} ${n.sqlState} ${n.message}`))).toEqual([
      [],
      ['NOTICE 42P07 relation "n" already exists, skipping'],
      ["WARNING 01000 w 1", "INFO 00000 i"],
      [],
      ["NOTICE 00000 before"],
    ]);
    expect(results[2]?.notices[0]).toMatchObject({
      detail: "d",
      hint: "h",
      where: "PL/pgSQL function inline_code_block line 1 at RAISE",
    });
  });

  it("counts rows that it does not keep", async () => {
    await using s = await open(serverTarget("postgres"));
    const [result] = await s.pipeline(["select g, repeat('x', 1000) from generate_series(1, 20000) g"]);
    expect(result).toMatchObject({ command: "SELECT", rowCount: 20000, result: { rows: [] } });
  });

  it("gives all result sets of a text with several statements", async () => {
    await using s = await open(serverTarget("postgres"));
    const [result] = await s.pipeline(["select 1 as a; select 2 as b"], { keepRows: true });
    expect(result).toMatchObject({
      result: { columns: ["b"], rows: [["2"]] },
      resultSets: [
        { columns: ["a"], rows: [["1"]] },
        { columns: ["b"], rows: [["2"]] },
      ],
    });
  });

  it("counts positions of errors in characters", async () => {
    await using s = await open(serverTarget("postgres"));
    const [result] = await s.pipeline(["select 'é😀', nosuch"]);
    expect(result).toMatchObject({ error: { position: 14 } });
  });

  it("passes on what a listener throws, and stays usable", async () => {
    await using s = await open(serverTarget("postgres"));
    const running = s.pipeline(["select 1", "select 2"], {
      onResult: () => {
        throw new RangeError("mine");
      },
    });
    await expect(running).rejects.toThrow(new RangeError("mine"));
    expect(await s.query("select 1 as a")).toEqual([{ a: "1" }]);
  });

  it("goes out ahead, where that is asked for, and is answered in its turn", async () => {
    await using other = await open(serverTarget("postgres"));
    await using proxy = await proxyTo(serverTarget("postgres"));
    await using s = await open(proxy.target);
    await other.query("select pg_advisory_lock(7001)");
    proxy.takeWrites();
    const told: string[] = [];
    const tell = (name: string) => (index: number, result: StatementResult) =>
      void told.push(`${name}${index} ${brief(result)}`);
    const first = s.pipeline(["select pg_advisory_lock(7001)", "select 1/0"], { onResult: tell("a") });
    const second = s.pipeline(["select 1", "values (2), (3)"], {
      ahead: true,
      keepRows: true,
      onResult: tell("b"),
    });
    const third = s.query("select 4 as later");
    let sent = "";
    await until(() => {
      sent += Buffer.concat(proxy.takeWrites()).toString("latin1");
      return sent.includes("values (2), (3)");
    });
    expect(told).toEqual([]);
    expect(sent).not.toContain("later");
    await other.query("select pg_advisory_unlock(7001)");
    expect((await second)[1]).toMatchObject({ result: { rows: [["2"], ["3"]] } });
    expect(await third).toEqual([{ later: "4" }]);
    expect((await first).map(brief)).toEqual(["SELECT 1", "22012"]);
    expect(told).toEqual(["a0 SELECT 1", "a1 22012", "b0 SELECT 1", "b1 SELECT 2"]);
  });

  it("waits for one that has a COPY, though it may go ahead", async () => {
    await using s = await open(serverTarget("postgres"));
    const first = s.pipeline(["create temp table t(a int)", "copy t from stdin", "select 1"]);
    const second = s.pipeline(["select 2", "copy t from stdin"], { ahead: true });
    const third = s.pipeline(["values (3), (4)"], { ahead: true });
    expect((await first).map(brief)).toEqual(["CREATE TABLE", "57014", "SELECT 1"]);
    expect((await second).map(brief)).toEqual(["SELECT 1", "57014"]);
    expect((await third).map(brief)).toEqual(["SELECT 2"]);
  });

  it("that went ahead ends with the connection, as the one before it", async () => {
    await using proxy = await proxyTo(serverTarget("postgres"));
    const s = await open(proxy.target);
    proxy.cutAt("the_second");
    const first = failureOf(s.pipeline(["select 1 as the_first", "select 2 as the_second"]));
    const second = failureOf(s.pipeline(["select 3"], { ahead: true }));
    expect((await first).details["results"]).toMatchObject([{ command: "SELECT" }]);
    expect(await second).toMatchObject({ code: "DB_CONNECTION", details: { results: [] } });
    await s.close();
  });

  it("that went ahead is not touched by what a listener of the one before it throws", async () => {
    await using s = await open(serverTarget("postgres"));
    const first = s.pipeline(["select 1"], {
      onResult: () => {
        throw new RangeError("mine");
      },
    });
    const second = s.pipeline(["select 2"], { ahead: true });
    await expect(first).rejects.toThrow(new RangeError("mine"));
    expect((await second).map(brief)).toEqual(["SELECT 1"]);
  });

  it("does nothing for no statements", async () => {
    await using s = await open(serverTarget("postgres"));
    expect(await s.pipeline([])).toEqual([]);
  });

  it("drops what COPY TO STDOUT sends, and fails a COPY FROM STDIN that has no data", async () => {
    await using s = await open(serverTarget("postgres"));
    const results = await s.pipeline([
      "create temp table t(a int)",
      "-- a comment\ncopy t from stdin",
      "insert into t values (1)",
      "copy t to stdout",
      "select a from t",
    ]);
    expect(results.map(brief)).toEqual(["CREATE TABLE", "57014", "INSERT 1", "COPY 1", "SELECT 1"]);
  });
});

describe("COPY", () => {
  it("takes text and bytes, in chunks that need not be lines", async () => {
    await using s = await open(serverTarget("postgres"));
    await s.query("create temp table t(a int, b text)");
    async function* chunks() {
      yield "1\tit's\n2\t";
      yield Buffer.from("é😀\n3\t\\N\n", "utf8");
    }
    expect(await s.copyIn("copy t from stdin", chunks())).toMatchObject({
      ok: true,
      command: "COPY",
      rowCount: 3,
    });
    expect(await s.query("select a, b from t order by a")).toEqual([
      { a: "1", b: "it's" },
      { a: "2", b: "é😀" },
      { a: "3", b: null },
    ]);
  });

  it("stops sending when the server refuses a row", async () => {
    await using s = await open(serverTarget("postgres"));
    await s.query("create temp table t(a int)");
    let sent = 0;
    function* endless() {
      yield "1\nno number\n";
      for (; sent < 1_000_000; sent++) yield "2\n".repeat(10_000);
    }
    const result = await s.copyIn("copy t from stdin", endless());
    expect(result).toMatchObject({
      ok: false,
      error: { sqlState: "22P02", where: 'COPY t, line 2, column a: "no number"' },
    });
    expect(sent).toBeLessThan(1_000_000);
    expect(await s.query("select count(*) as n from t")).toEqual([{ n: "0" }]);
  });

  it("writes no faster than the server reads", async () => {
    await using s = await open(serverTarget("postgres"));
    await s.query("create temp table t(a text)");
    const line = `${"x".repeat(1023)}\n`.repeat(256);
    function* lines() {
      for (let i = 0; i < 200; i++) yield line;
    }
    const before = process.memoryUsage().arrayBuffers;
    expect(await s.copyIn("copy t from stdin", lines())).toMatchObject({ rowCount: 51200 });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * 2 ** 20);
  });

  it("takes nothing when its source fails, and passes the failure on", async () => {
    await using s = await open(serverTarget("postgres"));
    await s.query("create temp table t(a int)");
    function* broken() {
      yield "1\n";
      throw new RangeError("disk");
    }
    await expect(s.copyIn("copy t from stdin", broken())).rejects.toThrow(new RangeError("disk"));
    expect(await s.query("select count(*) as n from t")).toEqual([{ n: "0" }]);
  });

  it("fails like any statement when the table is missing", async () => {
    await using s = await open(serverTarget("postgres"));
    expect(brief(await s.copyIn("copy nosuch from stdin", ["1\n"]))).toBe("42P01");
    expect(brief(await s.copyIn("select 1", ["1\n"]))).toBe("SELECT 1");
  });
});

describe("cancelling", () => {
  it("stops the running statement, and the session lives on", async () => {
    await using s = await open(serverTarget("postgres"));
    const running = s.pipeline(["select pg_sleep(300)"]);
    await s.cancel();
    expect((await running).map(brief)).toEqual(["57014"]);
    expect(await s.query("select 1 as a")).toEqual([{ a: "1" }]);
  });

  it("is harmless when nothing runs, and after the end", async () => {
    const s = await open(serverTarget("postgres"));
    await s.cancel();
    expect(await s.query("select 1 as a")).toEqual([{ a: "1" }]);
    await s.close();
    await s.cancel();
  });
});

describe("a broken connection", () => {
  it("tells the results that were had, and the server's last words", async () => {
    await using s = await open(serverTarget("postgres"));
    const told: string[] = [];
    const error = await failureOf(
      s.pipeline(["select 1", "select pg_terminate_backend(pg_backend_pid())", "select 2"], {
        onResult: (_, result) => told.push(brief(result)),
      }),
    );
    expect(error).toMatchObject({
      code: "DB_CONNECTION",
      message: "The connection to the server broke: terminating connection due to administrator command.",
      sql: { sqlState: "57P01", severity: "FATAL" },
      details: { connectionLost: true },
    });
    expect(told).toEqual(["SELECT 1"]);
    expect(error.details["results"]).toMatchObject([{ command: "SELECT" }]);
    expect(s.isClosed).toBe(true);
    expect((await failureOf(s.query("select 1"))).code).toBe("DB_CONNECTION");
  });

  it("is noticed when the line is cut in the middle of the answers", async () => {
    await using proxy = await proxyTo(serverTarget("postgres"));
    const s = await open(proxy.target);
    proxy.cutAt("the_second");
    const error = await failureOf(
      s.pipeline(["select 1 as the_first", "select 2 as the_second", "select 3"]),
    );
    expect(error).toMatchObject({ code: "DB_CONNECTION", details: { connectionLost: true } });
    expect(error.details["results"]).toMatchObject([{ command: "SELECT" }]);
    await s.close();
  });

  it("is noticed while nothing runs, and during a COPY", async () => {
    await using proxy = await proxyTo(serverTarget("postgres"));
    const idle = await open(proxy.target);
    proxy.cut();
    await until(() => idle.isClosed);
    expect((await failureOf(idle.query("select 1"))).details["connectionLost"]).toBe(true);
    const busy = await open(proxy.target);
    await busy.query("create temp table t(a int)");
    async function* cutting() {
      yield "1\n";
      proxy.cut();
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        yield "2\n";
      }
    }
    expect((await failureOf(busy.copyIn("copy t from stdin", cutting()))).code).toBe("DB_CONNECTION");
    await Promise.all([idle.close(), busy.close()]);
  });

  it("can be closed in the middle of a statement", async () => {
    const s = await open(serverTarget("postgres"));
    const running = failureOf(s.query("select pg_sleep(300)"));
    await using other = await open(serverTarget("postgres"));
    await until(async () => {
      const rows = await other.query(
        `select 1 as a from pg_stat_activity where pid = ${s.backendPid} and state = 'active'`,
      );
      return rows.length === 1;
    });
    await s.close();
    expect((await running).code).toBe("DB_CONNECTION");
    await other.query(`select pg_terminate_backend(${s.backendPid})`);
  });
});
