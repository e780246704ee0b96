// Migrations in TypeScript and JavaScript against a real server.
import { describe, expect, it } from "vitest";
import { HISTORY, testDatabase } from "../support/database.ts";
import { failureOf, until } from "../support/failure.ts";
import { project } from "../support/project.ts";

const TABLE = "create table a(id int, name text);\n";

describe("a migration in TypeScript", () => {
  it("runs in the transaction of its history row, whose type is CUSTOM and whose checksum is its text's", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": TABLE,
      "V2__fill.ts": `
type Row = { id: string };
export async function up({ query, log, placeholders }: any): Promise<void> {
  await query("insert into a values ($1, $2), (2, null)", [1, "é😀"]);
  const rows = (await query("select id, name, txid_current() = xmin::text::bigint as mine from a order by id")) as Row[];
  log(JSON.stringify(rows));
  log(placeholders["flyway:defaultschema"]);
}
`,
      "R__again.mjs": `export default ({ query }) => query("create or replace view v as select 1 as one");\n`,
    });
    expect(await p.run("migrate")).toMatchObject({
      migrationsExecuted: 3,
      migrations: [{ type: "SQL" }, { type: "CUSTOM", category: "Versioned" }, { type: "CUSTOM" }],
    });
    expect((await db.rows(HISTORY)).map((row) => row.replace(/-?\d+\|t$/, "N|t"))).toEqual([
      "1|1|a|SQL|V1__a.sql|N|t",
      "2|2|fill|CUSTOM|V2__fill.ts|N|t",
      "3||again|CUSTOM|R__again.mjs|N|t",
    ]);
    const logs = p.events.flatMap((e) => (e.type === "log" && e.code === "MIGRATION" ? [e.message] : []));
    expect(logs).toEqual([
      '[{"id":"1","name":"é😀","mine":"t"},{"id":"2","name":null,"mine":"t"}]',
      "public",
    ]);
    expect(await p.run("validate")).toMatchObject({ validationSuccessful: true });
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 0 });
    p.write({ "V2__fill.ts": "export default () => 1;" });
    expect(await p.run("validate")).toMatchObject({
      validationSuccessful: false,
      invalidMigrations: [{ version: "2", errorDetails: { errorCode: "CHECKSUM_MISMATCH" } }],
    });
  });

  it("leaves nothing behind when it fails, and says at which line of the file", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": TABLE,
      "V2__bad.mjs": `export async function up({ query }) {
  await query("insert into a values (1)");
  await query("insert into nosuch values ($1)", [1]);
}
`,
      "V3__c.sql": "select 1;",
    });
    expect(await failureOf(p.run("migrate"))).toMatchObject({
      code: "FAILED_VERSIONED_MIGRATION",
      message: 'V2__bad.mjs: relation "nosuch" does not exist',
      place: { file: "sql/V2__bad.mjs", line: 3, column: 9 },
      sql: { sqlState: "42P01" },
      details: { rolledBack: true, notReached: [{ version: "3" }], applied: [{ version: "1" }] },
    });
    expect(await db.rows("select version from flyway_schema_history")).toEqual(["1"]);
    expect(await db.rows("select count(*) from a")).toEqual(["0"]);
  });

  it("tells what its own code throws as a failure of the file, not as a bug of godwit", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__bad.mjs": `export default async ({ query }) => {
  await query("create table a(id int)");
  throw new TypeError("no such thing");
};
`,
    });
    expect(await failureOf(p.run("migrate"))).toMatchObject({
      code: "FAILED_VERSIONED_MIGRATION",
      message: "V1__bad.mjs: no such thing",
      place: { line: 3 },
      details: { rolledBack: true },
    });
    p.write({ "V1__bad.mjs": 'export default async () => { throw "a text"; };' });
    expect(await failureOf(p.run("migrate"))).toMatchObject({ message: "V1__bad.mjs: a text" });
    expect(await db.rows("select to_regclass('a')")).toEqual([""]);
  });

  it("cannot hide a refused statement by catching its error, unless a savepoint keeps it apart", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.mjs": `export default async ({ query }) => {
  await query("create table a(id int)");
  try { await query("select nosuch"); } catch {}
};
`,
    });
    expect(await failureOf(p.run("migrate"))).toMatchObject({
      message: 'V1__a.mjs: column "nosuch" does not exist',
      place: { line: 3 },
      sql: { sqlState: "42703" },
    });
    p.write({
      "V1__a.mjs": `export default async ({ query }) => {
  await query("create table a(id int)");
  await query("savepoint s");
  try { await query("select nosuch"); } catch { await query("rollback to savepoint s"); }
};
`,
    });
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 1 });
    expect(await db.rows("select to_regclass('a')")).toEqual(["a"]);
  });

  it("cannot end the transaction it is part of", async () => {
    await using db = await testDatabase();
    for (const sql of ["commit", "insert into a values (1); -- x\\n end", "rollback", "begin", "abort"]) {
      using p = project(db, { "V1__a.mjs": `export default ({ query }) => query("${sql}");\n` });
      expect(await failureOf(p.run("migrate"))).toMatchObject({
        code: "FAILED_VERSIONED_MIGRATION",
        message: expect.stringMatching(/^V1__a\.mjs runs (COMMIT|END|ROLLBACK|BEGIN|ABORT) inside its own/),
        place: { line: 1 },
      });
    }
    using p = project(db, {
      "V1__a.mjs": `export default ({ session }) => session.pipeline(["create table b()", "commit"]);\n`,
    });
    expect(await failureOf(p.run("migrate"))).toMatchObject({ details: { rolledBack: true } });
    expect(await db.rows("select to_regclass('b')")).toEqual([""]);
  });

  it("runs without a transaction when it says so, and again from its beginning after a failure", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": TABLE,
      "V2__index.mjs": `export const transaction = false;
export async function up({ query }) {
  await query("create index concurrently if not exists a_id on a(id)");
  await query("begin");
  await query("insert into a values (1)");
  await query("select nosuch");
}
`,
    });
    expect(await failureOf(p.run("migrate"))).toMatchObject({
      code: "FAILED_VERSIONED_MIGRATION",
      place: { line: 6 },
      advice: expect.stringContaining("runs it from its beginning"),
      details: { rolledBack: false },
    });
    expect(await db.rows("select (select count(*) from a), to_regclass('a_id')")).toEqual(["0|a_id"]);
    p.write({
      "V2__index.mjs": `export const transaction = false;
export const up = ({ query }) => query("create index concurrently if not exists a_id on a(id)");
`,
    });
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 1 });
    const starts = p.events.filter((e) => e.type === "migration-start").map((e) => e.transactional);
    expect(starts).toEqual([true, false, false]);
    expect(await db.rows("select version, success from flyway_schema_history order by 1")).toEqual([
      "1|t",
      "2|t",
    ]);
    expect(await db.rows("select count(*) from pg_locks where locktype = 'advisory'")).toEqual(["0"]);
  });

  it("is said to run again when a run of it without a transaction broke off", async () => {
    await using db = await testDatabase();
    const module = (last: string) => `export const transaction = false;
export async function up({ query }) {
  await query("create table if not exists a(id int)");
  await query("insert into a values (1)");
  if ((await query("select count(*) as n from a"))[0].n < 2) await query("${last}");
}
`;
    using p = project(db, { "V1__a.mjs": module("select pg_terminate_backend(pg_backend_pid())") });
    expect(await failureOf(p.run("migrate"))).toMatchObject({ code: "FAILED_VERSIONED_MIGRATION" });
    expect(await p.run("info")).toMatchObject({
      migrations: [
        { state: "Pending", progress: "0 of 1 statement done, statement 1 at line 1 was interrupted" },
      ],
    });
    await p.run("migrate");
    const warnings = p.events.flatMap((e) => (e.type === "log" && e.code === "RUN_AGAIN" ? [e.message] : []));
    expect(warnings).toEqual([expect.stringMatching(/^V1__a\.mjs was begun at .* by a run that broke off/)]);
    expect(await db.rows("select count(*), to_regclass('flyway_schema_history_godwit') from a")).toEqual([
      "2|",
    ]);
  });

  it("is not run again when only its history row is missing", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.mjs": `export const transaction = false;
export const up = ({ query }) => query("create table a(id int)");
`,
      "afterEachMigrate.sql": "select pg_terminate_backend(pg_backend_pid());",
    });
    expect((await failureOf(p.run("migrate"))).message).toContain("afterEachMigrate");
    expect(await db.rows("select to_regclass('a'), count(*) from flyway_schema_history")).toEqual(["a|0"]);
    p.write({ "afterEachMigrate.sql": undefined });
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 1 });
    expect(await db.rows("select version, type, success from flyway_schema_history")).toEqual(["1|CUSTOM|t"]);
  });

  it("has its statements one after the other, and waits for those that it did not wait for", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.mjs": `let late;
export async function up({ query, session }) {
  await query("create table a(id int)");
  await Promise.all([1, 2, 3].map((i) => query("insert into a values ($1)", [i])));
  void query("insert into a values (4)");
  void session.copyIn("copy a from stdin", ["5\\n", "6\\n"]);
  late = () => query("insert into a values (7)");
  setTimeout(() => late().catch(() => {}), 0);
}
`,
      "V2__b.mjs": `export async function up({ query }) { void query("select nosuch"); }\n`,
    });
    expect(await failureOf(p.run("migrate"))).toMatchObject({
      message: 'V2__b.mjs: column "nosuch" does not exist',
    });
    expect(await db.rows("select id from a order by 1")).toEqual(["1", "2", "3", "4", "5", "6"]);
  });

  it("is stopped by the signal, also while it waits for something else than the server", async () => {
    await using db = await testDatabase();
    for (const wait of ['query("select pg_sleep(60)")', "new Promise(() => {})"]) {
      using p = project(db, {
        "V1__a.mjs": `export default async ({ query }) => { await query("create table a()"); await ${wait}; };\n`,
      });
      const controller = new AbortController();
      const failed = failureOf(p.run("migrate", {}, {}, controller.signal));
      await until(() => p.events.some((e) => e.type === "statement-end"));
      controller.abort();
      expect(await failed).toMatchObject({
        code: "FAILED_VERSIONED_MIGRATION",
        details: { rolledBack: true },
      });
      expect(await db.rows("select to_regclass('a')")).toEqual([""]);
    }
  });

  it("tells notices, and fails by them when told to", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.mjs": `export default async ({ query }) => {
  await query("create table a(id int)");
  await query("create table if not exists a(id text)");
};
`,
    });
    const skips = { place: { file: "sql/V1__a.mjs", line: 3 } };
    expect(await failureOf(p.run("migrate", { failOnSkipNotices: true }))).toMatchObject(skips);
    expect(await db.rows("select to_regclass('a')")).toEqual([""]);
    expect(await p.run("migrate")).toMatchObject({
      skipNotices: [{ message: 'relation "a" already exists, skipping', ...skips }],
    });
  });

  it("without a transaction works under the run's settings, and keeps only what it set itself", async () => {
    await using db = await testDatabase();
    const settings = ["lock_timeout", "statement_timeout", "client_connection_check_interval"];
    const insert = (who: string) =>
      `insert into seen select '${who}', name, setting from pg_settings where name = any ('{${settings.join(",")}}')`;
    using p = project(db, {
      "V1__a.sql": "create table seen(who text, name text, setting text);",
      "V2__module.mjs": `export const transaction = false;
export default async ({ query }) => {
  await query("${insert("module")}");
  await query("set statement_timeout = '9s'");
};
`,
      "V2__module.mjs.conf": "godwit.lockTimeout=3s\ngodwit.statementTimeout=8s",
      "V3__after.sql": insert("after"),
    });
    await p.run("migrate");
    // PostgreSQL 14 and later.
    const hasCheck =
      (await db.rows("select from pg_settings where name = 'client_connection_check_interval'")).length > 0;
    expect(await db.rows("select name, setting from seen where who = 'module' order by name")).toEqual([
      ...(hasCheck ? ["client_connection_check_interval|2000"] : []),
      "lock_timeout|3000",
      "statement_timeout|8000",
    ]);
    expect(await db.rows("select name, setting from seen where who = 'after' order by name")).toEqual([
      ...(hasCheck ? ["client_connection_check_interval|2000"] : []),
      "lock_timeout|0",
      "statement_timeout|9000",
    ]);
  });

  it("is undone by its own down, or by a file of its own", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.mjs": `export const up = ({ query }) => query("create table a()");
export const down = ({ query }) => query("drop table a");
`,
      "V2__b.sql": "create table b();",
      "U2__b.mjs": `export default ({ query }) => query("drop table b");\n`,
      "V3__c.mjs": `export const up = ({ query }) => query("create table c()");\n`,
    });
    await p.run("migrate");
    expect(await p.run("info")).toMatchObject({
      migrations: [{ undoable: "Yes" }, { undoable: "Yes" }, { undoable: "No" }],
    });
    expect((await failureOf(p.run("undo"))).message).toContain("cannot be undone");
    p.write({
      "V3__c.mjs": `export const up = () => {};\nexport async function down({ query }) { await query("drop table c"); }\n`,
    });
    expect(
      await p.run("undo", { target: { kind: "version", text: "1", failIfMissing: true } }),
    ).toMatchObject({
      migrationsUndone: 3,
    });
    expect(await db.rows("select to_regclass('a') a, to_regclass('b') b, to_regclass('c') c")).toEqual([
      "||",
    ]);
    expect(await db.rows("select version, type from flyway_schema_history where installed_rank > 3")).toEqual(
      ["3|UNDO_SCRIPT", "2|UNDO_SCRIPT", "1|UNDO_SCRIPT"],
    );
  });

  it("is refused with its name when it cannot be loaded or holds no migration", async () => {
    await using db = await testDatabase();
    const refusals: readonly (readonly [string, string, RegExp])[] = [
      ["V1__a.mjs", "export const x = 1;", /^sql\/V1__a\.mjs exports no migration/],
      ["V1__a.mjs", "export const up = 1;", /exports no migration/],
      ["V1__a.mjs", "export const transaction = 1; export default () => {};", /exports "transaction"/],
      ["V1__a.mjs", "export default (;", /^sql\/V1__a\.mjs could not be loaded/],
      ["V1__a.mjs", 'throw new Error("at load");', /could not be loaded: at load/],
      ["V1__a.mjs", 'import "no-such-package";', /could not be loaded/],
    ];
    for (const [name, text, message] of refusals) {
      using p = project(db, { [name]: text });
      expect(await failureOf(p.run("migrate"))).toMatchObject({
        code: "FAILED_VERSIONED_MIGRATION",
        message: expect.stringMatching(message),
        advice: expect.stringMatching(/./),
      });
    }
  });

  it("takes part in a group, but not when it wants no transaction", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.mjs": `export default ({ query }) => query("create table a()");\n`,
      "V2__b.mjs": `export const transaction = false;\nexport default ({ query }) => query("create table b()");\n`,
    });
    expect((await failureOf(p.run("migrate", { group: true }))).message).toContain("group=true");
    expect(await db.rows("select to_regclass('a') a, to_regclass('b') b")).toEqual(["|"]);
    p.write({ "V2__b.mjs": `export default ({ query }) => query("create table b()");\n` });
    expect(await p.run("migrate", { group: true })).toMatchObject({ migrationsExecuted: 2 });
  });
});
