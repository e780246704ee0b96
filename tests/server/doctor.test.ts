// doctor against a real server: what it finds when all is well, and when it is not.
import { describe, expect, it } from "vitest";
import type { Settings } from "../../src/config/settings.ts";
import type { DoctorCheck, DoctorOutcome } from "../../src/engine/outcome.ts";
import { lockKey } from "../../src/server/lock.ts";
import { serverTarget, type TestDatabase, testDatabase } from "../support/database.ts";
import { type Project, project } from "../support/project.ts";

async function examine(p: Project, more: Partial<Settings> = {}): Promise<DoctorOutcome> {
  const outcome: unknown = await p.run("doctor", more);
  return outcome as DoctorOutcome;
}

const line = ({ name, status, value }: DoctorCheck): string => `${status} ${name}: ${value}`;

/** Checks of a group that are not well; with `all`, every one. */
const told = ({ checks }: DoctorOutcome, group: string, all = false): readonly string[] =>
  checks.filter((c) => c.group === group && (all || c.status !== "ok")).map(line);

/** A role that may log in and nothing else, which goes with the test. */
async function stranger(db: TestDatabase): Promise<{ readonly name: string } & AsyncDisposable> {
  const name = `stranger_${db.name}`;
  await db.run(`create role ${name} login`);
  return {
    name,
    [Symbol.asyncDispose]: async () => {
      await db.run(`drop owned by ${name}; drop role ${name}`);
    },
  };
}

describe("doctor", () => {
  it("finds everything in its place, and says what that is", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": "create table a();",
      "R__v.sql": "select 1;",
      "U1__a.sql": "select 1;",
    });
    const before = await examine(p);
    expect(before.status).toBe("ok");
    expect(told(before, "history", true)).toEqual([
      'ok table: "public"."flyway_schema_history" does not exist yet; migrate makes it',
      "ok lock: free",
    ]);
    await p.run("migrate");
    const after = await examine(p);
    expect(told(after, "files", true)).toEqual([
      "ok filesystem:sql: 3 files",
      "ok migrations: 1 versioned, 1 repeatable, 1 undo",
    ]);
    expect(told(after, "server", true)).toEqual([
      expect.stringMatching(/^ok product: PostgreSQL \d+/),
      "ok encryption: none, on this machine",
      "ok pooler: none",
      "ok writable: yes",
      "ok encoding: UTF8",
      "ok clock: as ours",
    ]);
    expect(told(after, "session", true)).toEqual([
      "ok user: postgres (superuser)",
      `ok database: ${db.name}`,
      expect.stringMatching(/^ok time zone: ./),
      "ok timeouts: none",
    ]);
    expect(told(after, "schemas", true)).toEqual([
      "ok default schema: public, the session's own (neither defaultSchema nor schemas is set)",
      'ok search_path: "$user", public',
      "ok schema public: exists; the user may create in it",
    ]);
    expect(told(after, "history", true)).toEqual([
      'ok table: "public"."flyway_schema_history" exists',
      "ok rights: the user may read and write it (owner postgres)",
      "ok rows: 2, the last version is 1",
      "ok lock: free",
    ]);
  });

  it("changes nothing and runs no callbacks", async () => {
    await using db = await testDatabase();
    using p = project(db, { "afterConnect.sql": "create table touched();", "V1__a.sql": "select 1;" });
    await examine(p, { schemas: ["app"] });
    expect(
      await db.rows("select count(*) from pg_class where relnamespace = 'public'::regnamespace"),
    ).toEqual(["0"]);
    expect(await db.rows("select count(*) from pg_namespace where nspname = 'app'")).toEqual(["0"]);
  });

  it("says what is known when the server cannot be reached", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "select 1;" });
    const outcome = await examine(p, { connection: serverTarget("no_such_database") });
    expect(outcome.status).toBe("problem");
    expect(told(outcome, "connection")).toEqual([
      expect.stringMatching(/^problem connect: .*no_such_database/),
    ]);
    expect(outcome.checks.at(-1)?.advice).toMatch(/./);
    expect(told(outcome, "files", true)).toContain("ok migrations: 1 versioned");
  });

  it("finds files that cannot be right", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "", "V1__b.sql": "", "V2_x.sql": "" });
    const outcome = await examine(p, { locations: ["filesystem:sql", "filesystem:nowhere"] });
    expect(told(outcome, "files")).toEqual([
      expect.stringMatching(/^warning filesystem:nowhere: /),
      expect.stringMatching(/^problem duplicates: 2 migrations have version 1: /),
      'warning names: V2_x.sql: "2_x" is not a version. Wanted: V2__x.sql.',
    ]);
  });

  it("finds schemas that are missing or closed, and says what to grant", async () => {
    await using db = await testDatabase();
    await using role = await stranger(db);
    await db.run("create schema closed");
    using p = project(db, { "V1__a.sql": "select 1;" });
    const outcome = await examine(p, {
      connection: serverTarget(db.name, role.name),
      schemas: ["closed", "missing"],
    });
    expect(told(outcome, "schemas")).toEqual([
      "problem schema closed: exists, but the user lacks USAGE and CREATE",
      "problem schema missing: does not exist, and the user may not create it",
    ]);
    expect(outcome.checks.find((c) => c.name === "schema closed")?.advice).toBe(
      'GRANT USAGE, CREATE ON SCHEMA "closed" TO the user of the migrations.',
    );
    expect(told(await examine(p, { defaultSchema: "missing", createSchemas: false }), "schemas")).toEqual([
      "problem schema missing: does not exist, and createSchemas is false",
    ]);
    expect(told(await examine(p, { defaultSchema: "missing" }), "schemas")).toEqual([]);
  });

  it("finds a history that the user may not write, and failed rows in it", async () => {
    await using db = await testDatabase();
    await using role = await stranger(db);
    using p = project(db, { "V1__a.sql": "select 1;" });
    await p.run("migrate");
    await db.run("update flyway_schema_history set success = false");
    await db.run(
      `grant select on flyway_schema_history to ${role.name}; grant create on schema public to ${role.name}`,
    );
    const outcome = await examine(p, { connection: serverTarget(db.name, role.name) });
    expect(told(outcome, "history")).toEqual([
      "problem rights: the user may only read it (owner postgres)",
      "problem failed: 1",
    ]);
    await db.run(`revoke select on flyway_schema_history from ${role.name}`);
    expect(told(await examine(p, { connection: serverTarget(db.name, role.name) }), "history")).toEqual([
      "problem rights: the user may not read it (owner postgres)",
    ]);
  });

  it("tells a table of that name that is not Flyway's", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "select 1;" });
    await db.run("create table flyway_schema_history(version text, success boolean)");
    expect(told(await examine(p), "history")).toEqual([
      expect.stringMatching(/^problem table: .* lacks installed_rank integer, version character varying, /),
    ]);
    await db.run("drop table flyway_schema_history; create view flyway_schema_history as select 1 as x");
    expect(told(await examine(p), "history")).toEqual([
      'problem table: "public"."flyway_schema_history" is not an ordinary table',
    ]);
  });

  it("looks for the history elsewhere, and for those of other tools", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "create table a();" });
    await p.run("migrate", { defaultSchema: "app" });
    await db.run("create table schema_migrations(version text); create table b()");
    expect(told(await examine(p), "history")).toEqual([
      'problem table: "public"."flyway_schema_history" does not exist, but its schema holds 2 tables and views',
      'warning another: "app"."flyway_schema_history" is a history table too',
      'warning another: "public"."schema_migrations" is the history of dbmate, golang-migrate or Rails',
    ]);
  });

  it("finds a run that holds the lock, and timeouts and read-only transactions of the role", async () => {
    await using db = await testDatabase();
    await using role = await stranger(db);
    using p = project(db, { "V1__a.sql": "select 1;" });
    await db.run(`select pg_advisory_lock(${lockKey('"public"."flyway_schema_history"')})`);
    await db.run(`alter role ${role.name} set statement_timeout = '7s'`);
    await db.run(`alter role ${role.name} set default_transaction_read_only = on`);
    await db.run(`grant create on schema public to ${role.name}`);
    const outcome = await examine(p, { connection: serverTarget(db.name, role.name) });
    expect(told(outcome, "server")).toEqual(["problem writable: no: transactions are read-only"]);
    expect(told(outcome, "session")).toEqual(["warning timeouts: statement_timeout = 7s"]);
    expect(told(outcome, "history")).toEqual([expect.stringMatching(/^warning lock: held by pid \d+/)]);
  });

  it("goes on when the server refuses a question", async () => {
    await using db = await testDatabase();
    await using role = await stranger(db);
    await db.run("revoke select on pg_locks from public");
    await db.run(`grant create on schema public to ${role.name}`);
    using p = project(db, { "V1__a.sql": "select 1;" });
    const outcome = await examine(p, { connection: serverTarget(db.name, role.name) });
    expect(told(outcome, "history")).toEqual([
      expect.stringMatching(/^unknown unanswered: The server refused .*permission denied/),
    ]);
    expect(outcome.status).toBe("ok");
  });

  it("shows where each setting comes from, but no secret", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    const outcome = await examine(p, {
      placeholders: { owner: "me", db_password: "hush" },
      lockTimeoutMs: 5000,
      target: { kind: "version", text: "3", failIfMissing: true },
      ignoreMigrationPatterns: [{ type: "*", state: "pending" }],
      extra: { "check.buildUrl": "postgresql://u:hush@h/d" },
      origins: {
        table: "default",
        user: "FLYWAY_USER",
        password: "FLYWAY_PASSWORD",
        "placeholders.owner": "flyway.conf:1",
        "placeholders.db_password": "flyway.conf:2",
        "jdbcProperties.password": "flyway.conf:3",
        lockTimeout: "command line",
        target: "command line",
        ignoreMigrationPatterns: "flyway.toml:4",
        "check.buildUrl": "flyway.toml:5",
      },
    });
    expect(outcome.settings).toEqual([
      { key: "user", value: "", origin: "FLYWAY_USER" },
      { key: "password", value: "***", origin: "FLYWAY_PASSWORD" },
      { key: "placeholders.owner", value: "me", origin: "flyway.conf:1" },
      { key: "placeholders.db_password", value: "***", origin: "flyway.conf:2" },
      { key: "jdbcProperties.password", value: "***", origin: "flyway.conf:3" },
      { key: "lockTimeout", value: "5000 ms", origin: "command line" },
      { key: "target", value: "3", origin: "command line" },
      { key: "ignoreMigrationPatterns", value: "*:pending", origin: "flyway.toml:4" },
      { key: "check.buildUrl", value: "***", origin: "flyway.toml:5" },
    ]);
    expect(JSON.stringify(outcome)).not.toContain("hush");
  });
});
