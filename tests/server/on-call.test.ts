// What happens at night: rights that are missing, limits of the role, a schema that was renamed, a session that ends.
// What is said must be true, and the next run do what was said.
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { serverTarget, type TestDatabase, testDatabase } from "../support/database.ts";
import { failureOf, until } from "../support/failure.ts";
import { type Project, project } from "../support/project.ts";
import { proxyTo } from "../support/proxy.ts";

const CLI = resolve(import.meta.dirname, "../../dist/cli.cjs");
const A = { "V1__a.sql": "create table a(id int);" };

interface Role extends AsyncDisposable {
  readonly name: string;
  readonly settings: { readonly connection: ReturnType<typeof serverTarget> };
}

/** A role that may log in, with these settings of its own and what `grants` gives it ($ stands for its name). */
async function role(db: TestDatabase, grants: readonly string[]): Promise<Role> {
  const name = `${db.name}_r`;
  await db.run(`create role ${name} login`);
  for (const sql of grants) await db.run(sql.replaceAll("$", name));
  return {
    name,
    settings: { connection: serverTarget(db.name, name) },
    [Symbol.asyncDispose]: async () => {
      await db.run(`drop owned by ${name}`);
      await db.run(`drop role ${name}`);
    },
  };
}

const logsOf = (p: Project, code: string): readonly string[] =>
  p.events.flatMap((e) => (e.type === "log" && e.code === code ? [e.message] : []));

describe("a user who may write neither history nor progress", () => {
  it.each([
    ["in SQL", { "V2__b.sql": "insert into a values (1);\nvacuum a;" }],
    [
      "in a module",
      {
        "V2__b.mjs": `export const transaction = false;\nexport default ({ query }) => query("insert into a values (1)");\n`,
      },
    ],
    ["with its own transactions", { "V2__b.sql": "begin;\ninsert into a values (1);\ncommit;\nselect 1;" }],
  ])("runs no file that the next run would do again: %s", async (_, file) => {
    await using db = await testDatabase();
    using p = project(db, A);
    await p.run("migrate");
    await db.run("revoke create on schema public from public");
    await using user = await role(db, ["grant all on a to $", "grant select on flyway_schema_history to $"]);
    p.write(file);
    const failure = await failureOf(p.run("migrate", { mixed: true, ...user.settings }));
    expect(failure).toMatchObject({
      code: "DB_CONNECTION",
      message: expect.stringMatching(
        /^V2__b\.\w+ was not begun, as its row could not be written to "public"\."flyway_schema_history": permission denied for table flyway_schema_history$/,
      ),
      sql: { sqlState: "42501" },
      details: { rolledBack: true },
    });
    expect(await db.rows("select id from a")).toEqual([]);
    expect(await p.run("migrate", { mixed: true })).toMatchObject({ migrationsExecuted: 1 });
    expect(await db.rows("select id from a")).toEqual(["1"]);
  });

  it("is told, where only the progress is at stake, what to do after a failure", async () => {
    await using db = await testDatabase();
    using p = project(db, A);
    await p.run("migrate");
    await db.run("revoke create on schema public from public");
    await using user = await role(db, [
      "grant all on a to $",
      "grant select, insert on flyway_schema_history to $",
    ]);
    p.write({ "V2__b.sql": "insert into a values (1);\nvacuum a;\nselect 1/0;" });
    expect(await failureOf(p.run("migrate", { mixed: true, ...user.settings }))).toMatchObject({
      place: { line: 3 },
      advice:
        "What was done of it could not be recorded, and the next run begins with it again: undo it by hand first.",
    });
  });
});

describe("a history whose rows a policy hides", () => {
  it("is not taken for an empty one", async () => {
    await using db = await testDatabase();
    using p = project(db, A);
    await p.run("migrate");
    await db.run("alter table flyway_schema_history enable row level security");
    await using user = await role(db, ["grant all on all tables in schema public to $"]);
    for (const verb of ["migrate", "info"]) {
      expect(await failureOf(p.run(verb, user.settings))).toMatchObject({
        message: `Row level security may hide rows of "public"."flyway_schema_history" from "${user.name}", so what is applied cannot be known.`,
        advice: expect.stringContaining("DISABLE ROW LEVEL SECURITY"),
      });
    }
    // Its owner sees them.
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 0 });
  });
});

describe("a role without rights on the schema", () => {
  it("is told which, and sees what it may", async () => {
    await using db = await testDatabase();
    using p = project(db, A);
    await db.run("create schema app");
    await using user = await role(db, []);
    const settings = { schemas: ["app"], ...user.settings };
    expect(await p.run("info", settings)).toMatchObject({ migrations: [{ state: "Pending" }] });
    await p.run("migrate", { schemas: ["app"] });
    expect(await failureOf(p.run("info", settings))).toMatchObject({
      message:
        'The history table "app"."flyway_schema_history" could not be read: permission denied for schema app.',
      advice: expect.stringMatching(/^Grant USAGE on the schema "app", and SELECT, /),
    });
  });

  it("is told that its search_path is empty", async () => {
    await using db = await testDatabase();
    using p = project(db, A);
    await using user = await role(db, ["alter role $ set search_path = ''"]);
    expect((await failureOf(p.run("info", user.settings))).message).toBe(
      "No schema to work in: the session's search_path is empty.",
    );
  });
});

describe("a role with a low idle_in_transaction_session_timeout", () => {
  const sleep = "sleep 0.4";
  const module = (head: string) => `${head}export default async ({ query }) => {
  await query("begin").catch(() => {});
  await query("select 1");
  await new Promise((resolve) => setTimeout(resolve, 400));
  await query("select 2");
};
`;
  it.each([
    ["a script", { "V2__b.sh": sleep }, {}],
    ["a script in a group", { "V2__b.sh": sleep }, { group: true }],
    ["a script as callback", { "V2__b.sql": "select 1;", "beforeEachMigrate.sh": sleep }, {}],
    ["a module", { "V2__b.mjs": module("") }, {}],
    ["a module without a transaction", { "V2__b.mjs": module("export const transaction = false;\n") }, {}],
  ])("lets %s take its time", async (_, files, settings) => {
    await using db = await testDatabase();
    using p = project(db, A);
    await p.run("migrate");
    await using user = await role(db, [
      "grant create on schema public to $",
      "grant all on all tables in schema public to $",
      "alter role $ set idle_in_transaction_session_timeout = 100",
    ]);
    p.write(files);
    expect(await p.run("migrate", { ...settings, ...user.settings })).toMatchObject({
      migrationsExecuted: 1,
    });
  });
});

describe("a session that the server ends", () => {
  it("is told with the statement that it was at, and that nothing of the file is left", async () => {
    await using db = await testDatabase();
    using p = project(db, A);
    await p.run("migrate");
    p.write({ "V2__kill.sql": "insert into a values (1);\nselect pg_terminate_backend(pg_backend_pid());" });
    expect(await failureOf(p.run("migrate"))).toMatchObject({
      message:
        "V2__kill.sql: The connection to the server broke: terminating connection due to administrator command.",
      place: { line: 2 },
      advice:
        "It was not committed, so the server keeps nothing of it. Run migrate again when it can be reached. If it breaks at this statement again, the statement is the cause.",
      details: { rolledBack: true },
    });
    expect(await db.rows("select id from a")).toEqual([]);
    p.write({ "V2__kill.sql": "insert into a values (1);" });
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 1 });
  });

  it("may have committed, when it ends at its COMMIT", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": `create table a(id int);
        create function wait() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$;
        create constraint trigger late after insert on a deferrable initially deferred for each row execute function wait();`,
    });
    await p.run("migrate");
    p.write({ "V2__b.sql": "insert into a values (1);" });
    const failed = failureOf(p.run("migrate", { failOnSkipNotices: true }));
    await until(async () => {
      const [pid] = await db.rows(
        `select pid from pg_stat_activity where datname = '${db.name}' and wait_event = 'PgSleep'`,
      );
      if (pid === undefined) return false;
      await db.run(`select pg_terminate_backend(${pid})`);
      return true;
    });
    expect((await failed).details).toMatchObject({ rolledBack: undefined });
  });

  it("names the limit that ended it", async () => {
    await using db = await testDatabase();
    using p = project(db, A);
    await p.run("migrate");
    p.write({
      "V2__b.mjs": `export default async ({ query }) => {
  await query("set local idle_in_transaction_session_timeout = 50");
  await new Promise((resolve) => setTimeout(resolve, 400));
  await query("select 2");
};
`,
    });
    expect(await failureOf(p.run("migrate"))).toMatchObject({
      sql: { sqlState: "25P03" },
      advice: expect.stringContaining(
        "Raise idle_in_transaction_session_timeout for the role of the migrations",
      ),
      details: { rolledBack: true },
    });
  });
});

describe("a client that is killed", () => {
  it.skipIf(inject("serverMajor") < 14)(
    "leaves no statement at work that holds the locks of its file",
    async () => {
      await using db = await testDatabase();
      using p = project(db, { "V1__a.sql": "create table a(id int);\nselect pg_sleep(600);" });
      const client = spawn(
        process.execPath,
        [CLI, "-locations=filesystem:sql", `-url=${db.url}`, "migrate"],
        { cwd: p.dir, env: { PATH: process.env["PATH"] ?? "", TZ: "UTC" }, stdio: "ignore" },
      );
      const isAtWork = async (): Promise<boolean> =>
        (await db.rows("select pid from pg_stat_activity where query = 'select pg_sleep(600)'")).length > 0;
      await until(isAtWork);
      client.kill("SIGKILL");
      await until(async () => !(await isAtWork()));
      p.write({ "V1__a.sql": "create table a(id int);" });
      expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 1 });
    },
  );

  it("is looked for as often as somebody has set it for the role", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql":
        "create table a as select current_setting('client_connection_check_interval', true) as ms;",
    });
    await using user = await role(db, ["grant create on schema public to $"]);
    if (inject("serverMajor") >= 14) {
      await db.run(`alter role ${user.name} set client_connection_check_interval = '9s'`);
    }
    await p.run("migrate", user.settings);
    expect(await db.rows("select ms from a")).toEqual([inject("serverMajor") < 14 ? "" : "9s"]);
  });
});

describe("a way to the server that is cut without a word", () => {
  it("does not keep a run that is asked to stop", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "create table a(id int);\nselect pg_sleep(600);" });
    await using proxy = await proxyTo(db.target);
    const controller = new AbortController();
    const failed = failureOf(p.run("migrate", { connection: proxy.target }, {}, controller.signal));
    const asleep =
      "select pid from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()";
    await until(async () => (await db.rows(asleep)).length > 0);
    proxy.stall();
    controller.abort();
    expect(await failed).toMatchObject({
      message: "V1__a.sql: The connection to the server broke: the connection was closed.",
      advice: expect.stringContaining("both or neither"),
    });
    expect(logsOf(p, "NO_ANSWER")).toEqual([
      "The run was asked to stop 6 s ago, and the server has not answered since: its connection is given up.",
    ]);
    proxy.cut();
  });
});

describe("a history table that is gone", () => {
  it("when a file drops it, is told as that file's doing", async () => {
    await using db = await testDatabase();
    using p = project(db, A);
    await p.run("migrate");
    p.write({ "V2__drop.sql": "drop table flyway_schema_history;" });
    expect(await failureOf(p.run("migrate"))).toMatchObject({
      sql: { sqlState: "42P01" },
      advice:
        "The history table was there when the file began: the file, or somebody beside it, dropped or renamed it or its schema. Take that out of the file.",
      details: { rolledBack: true },
    });
    p.write({ "V2__drop.sql": "vacuum a;\ndrop table flyway_schema_history;" });
    expect((await failureOf(p.run("migrate", { mixed: true }))).advice).toContain(
      "Bring it back, from a backup or by its old name, before the next run: without it, every file counts as pending.",
    );
  });

  it("is known to have been there by the record of a file that is under way", async () => {
    await using db = await testDatabase();
    using p = project(db, { ...A, "V2__b.sql": "vacuum a;\nselect 1/0;" });
    await failureOf(p.run("migrate", { mixed: true }));
    await db.run("drop table flyway_schema_history");
    const lost = {
      code: "NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE",
      message:
        'There is no history table "public"."flyway_schema_history", but there was one: "public"."flyway_schema_history_godwit", which godwit keeps beside it while a file is under way, is there still.',
      advice: expect.stringMatching(
        /^Bring the history back, .* drop "public"\."flyway_schema_history_godwit" too and run baseline\.$/,
      ),
    };
    for (const baselineOnMigrate of [false, true]) {
      expect(await failureOf(p.run("migrate", { baselineOnMigrate }))).toMatchObject(lost);
      expect(await failureOf(p.run("migrate", { baselineOnMigrate, dryRunOutput: "-" }))).toMatchObject(lost);
    }
    expect(await p.run("doctor")).toMatchObject({
      checks: expect.arrayContaining([
        expect.objectContaining({
          group: "history",
          name: "table",
          value: expect.stringContaining("flyway_schema_history_godwit"),
        }),
      ]),
    });
  });

  it("is found under the name that somebody gave it", async () => {
    await using db = await testDatabase();
    using p = project(db, A);
    await p.run("migrate");
    await db.run("alter table flyway_schema_history rename to old_history");
    expect((await failureOf(p.run("migrate"))).advice).toMatch(
      /^"public"\."old_history" has the columns of one\. If that is the history of these files, set flyway\.table/,
    );
  });

  it("with its schema, which was renamed, is missed before another is made", async () => {
    await using db = await testDatabase();
    using p = project(db, A);
    await p.run("migrate", { schemas: ["app"] });
    await db.run("alter schema app rename to app2");
    await p.run("migrate", { schemas: ["app"] });
    expect(logsOf(p, "HISTORY_ELSEWHERE")).toEqual([
      'There is no history in "app"."flyway_schema_history", but there is one in "app2"."flyway_schema_history". If this database was migrated with another flyway.schemas or flyway.defaultSchema, set it as it was; otherwise every file would run again.',
    ]);
  });
});
