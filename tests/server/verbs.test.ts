// The verbs beside migrate, against a real server. What Flyway does too is held by tests/conformance.
import { describe, expect, it } from "vitest";
import type { ErrorOverride } from "../../src/config/settings.ts";
import { withTableHeld } from "../support/applied.ts";
import { testDatabase } from "../support/database.ts";
import { failureOf } from "../support/failure.ts";
import { project } from "../support/project.ts";

const FILES = {
  "V1__a.sql": "create table a(id int);",
  "V2__b.sql": "create table b(id int);",
  "V3__c.sql": "create table c(id int);",
  "U2__b.sql": "drop table b;",
  "U3__c.sql": "drop table c;",
};

describe("undo", () => {
  it("takes back the last version, which is then pending again", async () => {
    await using db = await testDatabase();
    using p = project(db, FILES);
    await p.run("migrate");
    expect(await p.run("undo")).toMatchObject({ migrationsUndone: 1, undoneMigrations: [{ version: "3" }] });
    expect(await db.rows("select to_regclass('c')")).toEqual([""]);
    expect(await p.run("info")).toMatchObject({
      schemaVersion: "2",
      migrations: [
        { version: "1", state: "Success", undoable: "No" },
        { version: "2", state: "Success", undoable: "Yes" },
        { version: "3", state: "Undone", undoable: "" },
        { version: "3", state: "Success", category: "Undo", type: "UNDO_SQL" },
        { version: "3", state: "Pending", undoable: "Yes" },
      ],
    });
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 1, targetSchemaVersion: "3" });
  });

  it("goes down to a target, that version included, and stops at one without an undo file", async () => {
    await using db = await testDatabase();
    using p = project(db, FILES);
    await p.run("migrate");
    const target = { kind: "version", text: "1", failIfMissing: true } as const;
    expect(await p.run("undo", { target })).toMatchObject({
      initialSchemaVersion: "3",
      targetSchemaVersion: "1",
      migrationsUndone: 2,
    });
    expect(await db.rows("select to_regclass('a') is not null")).toEqual(["t"]);
    await expect(p.run("undo")).rejects.toMatchObject({
      message: "Version 1 cannot be undone: it has no undo file.",
    });
  });

  it("leaves nothing of an undo file that fails", async () => {
    await using db = await testDatabase();
    using p = project(db, { ...FILES, "U3__c.sql": "drop table c;\nselect 1/0;" });
    await p.run("migrate");
    await expect(p.run("undo")).rejects.toMatchObject({
      code: "FAILED_UNDO_MIGRATION",
      place: { file: "sql/U3__c.sql", line: 2, column: 1 },
      details: { rolledBack: true },
    });
    expect(await db.rows("select to_regclass('c') is not null")).toEqual(["t"]);
  });
});

describe("cherryPick", () => {
  it("applies exactly the named files in the order given", async () => {
    await using db = await testDatabase();
    using p = project(db, FILES);
    await p.run("migrate", { cherryPick: ["3", "1"] });
    expect(await db.rows("select version from flyway_schema_history order by installed_rank")).toEqual([
      "3",
      "1",
    ]);
  });
});

const override = (text: string): ErrorOverride => {
  const [sqlState = "", code = "", behavior = ""] = text.split(":");
  const names = { D: "debug", I: "info", W: "warning", E: "error" } as const;
  return {
    sqlState,
    code,
    behavior: names[behavior.charAt(0) as keyof typeof names],
    bare: behavior.endsWith("-"),
    text,
  };
};

describe("errorOverrides", () => {
  it("turns an error into a warning and goes on in the same transaction", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__x.sql": "create table x(id int);\ncreate table x(id int);\ninsert into x values (1);",
    });
    await p.run("migrate", { errorOverrides: [override("42P07:*:W")] });
    expect(await db.rows("select id from x")).toEqual(["1"]);
    expect(p.events.filter((e) => e.type === "log" && e.code === "ERROR_OVERRIDE")).toMatchObject([
      {
        level: "warn",
        message: 'relation "x" already exists (SQL state: 42P07, error code: 0)',
        place: { line: 2 },
      },
    ]);
  });

  it("turns a notice into a failure", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__x.sql": "do $$ begin raise warning 'careful'; end $$; create table x(id int);",
    });
    await expect(p.run("migrate", { errorOverrides: [override("01000:*:E")] })).rejects.toMatchObject({
      code: "FAILED_VERSIONED_MIGRATION",
    });
    expect(await db.rows("select to_regclass('x')")).toEqual([""]);
  });
});

describe("script configs", () => {
  it("leave out a file whose shouldExecute is false", async () => {
    await using db = await testDatabase();
    using p = project(db, { ...FILES, "V3__c.sql.conf": "shouldExecute=${env}==prod" });
    expect(await p.run("migrate", { placeholders: { env: "dev" } })).toMatchObject({ migrationsExecuted: 2 });
    expect(await p.run("validate", { placeholders: { env: "dev" } })).toMatchObject({
      validationSuccessful: true,
    });
    expect(await p.run("migrate", { placeholders: { env: "prod" } })).toMatchObject({
      migrationsExecuted: 1,
    });
  });
});

describe("lock_timeout", () => {
  it("makes a file give up instead of queueing, and try again as often as told", async () => {
    await using held = await withTableHeld({ "V1__a.sql": "create table a(id int);" });
    const { p, other } = held;
    p.write({ "V2__alter.sql": "alter table a add column x int;" });
    await expect(p.run("migrate", { lockTimeoutMs: 50, lockTimeoutRetries: 1 })).rejects.toMatchObject({
      sql: { sqlState: "55P03" },
      details: { rolledBack: true },
    });
    const retries = p.events.filter((e) => e.type === "log" && e.code === "LOCK_TIMEOUT_RETRY");
    expect(retries.length).toBe(1);
    await other.query("commit");
    expect(await p.run("migrate", { lockTimeoutMs: 50 })).toMatchObject({ migrationsExecuted: 1 });
  });

  it("tells who kept the file waiting, however short it may wait", async () => {
    await using held = await withTableHeld({ "V1__a.sql": "create table a(id int);" });
    const { p, other } = held;
    p.write({ "V2__alter.sql": "alter table a add column x int;" });
    const holder = `pid ${other.backendPid} \\(godwit, postgres@local\\), for \\d+ s: idle in transaction, last statement: select \\* from a`;
    expect(await failureOf(p.run("migrate", { lockTimeoutMs: 900, lockTimeoutRetries: 1 }))).toMatchObject({
      sql: { sqlState: "55P03" },
      advice: expect.stringMatching(new RegExp(`^The lock was held by ${holder}\\.$`)),
    });
    expect(p.events).toContainEqual({
      type: "log",
      level: "warn",
      code: "LOCK_TIMEOUT_RETRY",
      message: expect.stringMatching(new RegExp(`rolled back\\. It was held by ${holder}\\. Trying again`)),
    });
    await other.query("commit");
  });

  it("tells who blocks a statement that waits", async () => {
    await using held = await withTableHeld({ "V1__a.sql": "create table a(id int);" });
    const { p, other } = held;
    p.write({ "V2__alter.sql": "alter table a add column x int;" });
    const migrating = p.run("migrate");
    while (!p.events.some((e) => e.type === "lock-wait"))
      await new Promise((resolve) => setTimeout(resolve, 50));
    await other.query("commit");
    await migrating;
    const wait = p.events.find((e) => e.type === "lock-wait");
    expect(wait).toMatchObject({ what: "table-lock" });
    expect(wait?.type === "lock-wait" ? wait.holder : "").toContain(
      "idle in transaction, last statement: select * from a",
    );
  });
});

describe("stopping", () => {
  it("ends the running statement, leaves its file whole, and says so", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": "create table a(id int);",
      "V2__slow.sql": "create table s(id int); select pg_sleep(60);",
    });
    const stop = new AbortController();
    const migrating = p.run("migrate", {}, {}, stop.signal);
    const outcome = expect(migrating).rejects.toMatchObject({
      sql: { sqlState: "57014" },
      details: { applied: [{ version: "1" }] },
    });
    while (!p.events.some((e) => e.type === "statement-start" && e.summary.includes("pg_sleep"))) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    stop.abort();
    await outcome;
    expect(await db.rows("select to_regclass('s')")).toEqual([""]);
  });
});
