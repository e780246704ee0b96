// Files with PREPARE TRANSACTION that break off round it: the server knows what became of the transaction, and the next
// run asks it.
import { describe, expect, it } from "vitest";
import { open, type TestDatabase, testDatabase } from "../support/database.ts";
import { failureOf } from "../support/failure.ts";
import { type Project, project } from "../support/project.ts";
import { proxyTo } from "../support/proxy.ts";

const A = { "V1__a.sql": "create table a(id int);" };
const ROWS = "select id from a";
const PREPARED = "select gid from pg_prepared_xacts where database = current_database()";
const GODWITS_OWN = "select relname from pg_class where relname like '%\\_godwit'";

/** The identifiers are the server's, not the database's. */
let counter = 0;
const newId = (): string => `prepared_${process.pid}_${counter++}`;

interface Begun extends AsyncDisposable {
  readonly db: TestDatabase;
  /** For a prepared transaction. */
  readonly id: string;
  readonly p: Project;
}

/** A database with the table a, and the project that made it. */
async function withTable(): Promise<Begun> {
  const db = await testDatabase();
  const p = project(db, A);
  await p.run("migrate");
  return {
    db,
    id: newId(),
    p,
    [Symbol.asyncDispose]: async () => {
      p[Symbol.dispose]();
      // One that a test leaves would hold its database.
      for (const id of await db.rows(PREPARED)) await db.run(`rollback prepared '${id}'`);
      await db[Symbol.asyncDispose]();
    },
  };
}

const toPrepare = (id: string): string => `begin;\ninsert into a values (1);\nprepare transaction '${id}';`;
/** Run statement by statement, for its second half. */
const both = (id: string): string => `${toPrepare(id)}\ncommit prepared '${id}';`;

const logsOf = (p: Project, code: string): readonly string[] =>
  p.events.flatMap((e) => (e.type === "log" && e.code === code ? [e.message] : []));

/** Applies the file over a line that is cut when the server's answer holds this text. */
async function breakAt(db: TestDatabase, p: Project, text: string): Promise<void> {
  await using proxy = await proxyTo(db.target);
  proxy.cutAt(text);
  expect(await failureOf(p.run("migrate", { connection: proxy.target }))).toMatchObject({
    message: expect.stringContaining("The connection to the server broke"),
  });
}

describe("a break right behind PREPARE TRANSACTION", () => {
  it.each([
    ["in a file that commits it", both, ["1"]],
    ["in a file that leaves it prepared", toPrepare, []],
  ])("is mended by the next migrate, %s", async (_, text, rows) => {
    await using begun = await withTable();
    const { db, id, p } = begun;
    p.write({ "V2__two.sql": text(id) });
    await breakAt(db, p, "PREPARE TRANSACTION\0");
    expect(await db.rows(PREPARED)).toEqual([id]);
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 1 });
    expect(logsOf(p, "FOUND_DONE")).toEqual([
      `V2__two.sql, statement 3 (prepare transaction '${id}') was begun by a run that broke off, and is done: the transaction '${id}' is prepared.`,
    ]);
    expect(await db.rows(ROWS)).toEqual(rows);
    expect(await db.rows(GODWITS_OWN)).toEqual([]);
  });

  it.each([
    ["committed", ["1"]],
    ["rolled back", ["1"]],
  ])("is mended when somebody %s it meanwhile", async (end, rows) => {
    await using begun = await withTable();
    const { db, id, p } = begun;
    p.write({ "V2__two.sql": toPrepare(id) });
    await breakAt(db, p, "PREPARE TRANSACTION\0");
    await db.run(`${end === "committed" ? "commit" : "rollback"} prepared '${id}'`);
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 1 });
    // Rolled back, it was prepared again.
    expect(await db.rows(PREPARED)).toEqual(end === "committed" ? [] : [id]);
    if (end !== "committed") await db.run(`commit prepared '${id}'`);
    expect(await db.rows(ROWS)).toEqual(rows);
  });

  it("before it runs the file from its beginning", async () => {
    await using begun = await withTable();
    const { db, id, p } = begun;
    p.write({ "V2__two.sql": both(id) });
    await breakAt(db, p, "INSERT 0 1\0");
    expect(await db.rows(PREPARED)).toEqual([]);
    await p.run("migrate");
    expect(await db.rows(ROWS)).toEqual(["1"]);
    expect(logsOf(p, "FOUND_DONE")).toEqual([]);
  });
});

describe("a break right behind COMMIT PREPARED", () => {
  it("is mended by the next migrate, which does not run the transaction twice", async () => {
    await using begun = await withTable();
    const { db, id, p } = begun;
    p.write({ "V2__two.sql": both(id) });
    await breakAt(db, p, "COMMIT PREPARED\0");
    await p.run("migrate");
    expect(await db.rows(ROWS)).toEqual(["1"]);
    expect(logsOf(p, "FOUND_DONE")).toEqual([
      `V2__two.sql, statement 4 (commit prepared '${id}') was begun by a run that broke off, and is done: the prepared transaction '${id}' is committed.`,
    ]);
  });
});

describe("what the catalog cannot settle is said", () => {
  it("when somebody has committed it before the file does", async () => {
    await using begun = await withTable();
    const { db, id, p } = begun;
    p.write({ "V2__two.sql": both(id) });
    await breakAt(db, p, "PREPARE TRANSACTION\0");
    await db.run(`commit prepared '${id}'`);
    const failure = await failureOf(p.run("migrate"));
    const done =
      "UPDATE \"public\".\"flyway_schema_history_godwit\" SET state = 'done' WHERE script = 'V2__two.sql' AND statement = 4;";
    expect(failure).toMatchObject({
      sql: { sqlState: "42704" },
      place: { line: 4 },
      advice: expect.stringContaining(
        `No transaction of that name is prepared. If somebody has ended it as the file wants, run: ${done} Then the next run goes on behind it.`,
      ),
    });
    await db.run(done);
    await p.run("migrate");
    expect(await db.rows(ROWS)).toEqual(["1"]);
  });

  it("when it ended in the other way", async () => {
    await using begun = await withTable();
    const { db, id, p } = begun;
    p.write({ "V2__two.sql": both(id) });
    await breakAt(db, p, "COMMIT PREPARED\0");
    // The record of a run that broke off before its COMMIT PREPARED was carried out.
    const [, aborted] = await db.session.pipeline(["begin", "select txid_current()", "rollback"], {
      keepRows: true,
    });
    const xid = aborted?.ok === true ? aborted.result?.rows[0]?.[0] : undefined;
    await db.run(`update flyway_schema_history_godwit set note = '{"xid":"${xid}"}' where statement = 4`);
    expect(await failureOf(p.run("migrate"))).toMatchObject({
      message: expect.stringMatching(
        /^V2__two\.sql, statement 4 \(commit prepared '.*'\) was begun at .* by a run that broke off, and the prepared transaction '.*' was rolled back by somebody else\.$/,
      ),
      place: { line: 4 },
      advice: expect.stringMatching(
        /^Look whether what it was to do was done in another way\. If it was, run: UPDATE/,
      ),
    });
  });

  it("when the name is taken by a transaction of somebody else", async () => {
    await using begun = await withTable();
    const { db, id, p } = begun;
    await using other = await open(db.target);
    await other.pipeline(["begin", "insert into a values (2)", `prepare transaction '${id}'`]);
    p.write({ "V2__two.sql": toPrepare(id) });
    expect(await failureOf(p.run("migrate"))).toMatchObject({
      sql: { sqlState: "42710" },
      advice: expect.stringContaining("pg_prepared_xacts tells since when it is prepared, and by whom."),
      details: { rolledBack: true },
    });
    await db.run(`rollback prepared '${id}'`);
    await p.run("migrate");
    await db.run(`commit prepared '${id}'`);
    expect(await db.rows(ROWS)).toEqual(["1"]);
  });
});

describe("a server that takes no connections any more", () => {
  it("is not given a PREPARE TRANSACTION that nobody would know of", async () => {
    await using begun = await withTable();
    const { db, id, p } = begun;
    p.write({ "V2__two.sql": both(id) });
    await using proxy = await proxyTo(db.target);
    proxy.refuseFrom("INSERT 0 1\0");
    expect(await failureOf(p.run("migrate", { connection: proxy.target }))).toMatchObject({
      message: expect.stringContaining(
        `V2__two.sql, statement 3 (prepare transaction '${id}') was not run, as it could not be recorded before: `,
      ),
      place: { line: 3 },
      advice: "Its transaction was rolled back. Run the same command again when the server can be reached.",
    });
    expect(await db.rows(PREPARED)).toEqual([]);
    await p.run("migrate");
    expect(await db.rows(ROWS)).toEqual(["1"]);
  });
});
