// lint with a server: --database judges what is pending against what is truly there, --scratch runs the files.
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import type { LintOutcome } from "../../src/commands/lint.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { failureOf, until } from "../support/failure.ts";
import { type Project, project, runCommand } from "../support/project.ts";

interface Wishes {
  readonly words?: readonly string[];
  readonly options?: Readonly<Record<string, string>>;
  readonly db?: TestDatabase;
  readonly signal?: AbortSignal;
  readonly placeholders?: Readonly<Record<string, string>>;
}

const BIN = process.env["GODWIT_TEST_POSTGRES_BIN"];
const ENV = BIN === undefined || BIN === "" ? process.env : { ...process.env, GODWIT_POSTGRES_BIN: BIN };

async function lint(
  p: Project,
  { words = [], options = {}, db, signal, placeholders = {} }: Wishes = {},
): Promise<LintOutcome> {
  const { outcome } = await runCommand(p, "lint", {
    words,
    options,
    settings: {
      defaultSchema: "app",
      connection: db?.target,
      placeholders,
      extra: { "lint.preset": "recommended" },
    },
    env: ENV,
    signal,
  });
  return outcome as LintOutcome;
}

const told = ({ findings }: LintOutcome): readonly string[] =>
  findings.map((f) => `${f.file.slice(4)}:${f.line}:${f.column} ${f.severity} ${f.rule}`);

const onDatabase = (db: TestDatabase, rule: string): Wishes => ({
  db,
  words: ["pending"],
  options: { database: "true", rule },
});

async function migrate(p: Project, files: Readonly<Record<string, string>>): Promise<void> {
  p.write(files);
  await p.run("migrate", { defaultSchema: "app", schemas: ["app"] });
}

describe("lint --database", () => {
  it("says nothing about the rows of a table that has none, and how many there are where they are many", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    await migrate(p, {
      "V1__a.sql":
        "CREATE TABLE app.empty (b int);\nCREATE TABLE app.large (b int);\nCREATE TABLE app.few (b int);",
    });
    await db.run(
      "INSERT INTO app.large SELECT g FROM generate_series(1, 300000) g; INSERT INTO app.few VALUES (1)",
    );
    await db.run("ANALYZE app.large");
    const change = (table: string): string => `ALTER TABLE app.${table} ALTER b TYPE bigint;\n`;
    p.write({ "V2__b.sql": change("empty") + change("large") + change("few") });
    const outcome = await lint(p, onDatabase(db, "no-type-rewrite"));
    expect(outcome.findings.map((f) => f.message)).toEqual([
      "Changing b from integer to bigint rewrites or reads all of app.large (about 300000 rows, 10 MB) under ACCESS EXCLUSIVE: all reads and writes wait.",
      "Changing b from integer to bigint rewrites or reads all of app.few under ACCESS EXCLUSIVE: all reads and writes wait.",
    ]);
  });

  it("does not take a table for empty that the pending files fill, or that they may fill", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    await migrate(p, {
      "V1__a.sql":
        "CREATE TABLE app.a (b int);\nCREATE TABLE app.b (b int);\nCREATE TABLE app.c (b int) PARTITION BY LIST (b);\nCREATE TABLE app.c_1 PARTITION OF app.c DEFAULT;",
    });
    p.write({
      "V2__b.sql": "INSERT INTO app.a VALUES (1); INSERT INTO app.c VALUES (1);",
      "V3__c.sql":
        "TRUNCATE app.a;\nTRUNCATE app.b;\nTRUNCATE app.c_1;\nDO $$ BEGIN EXECUTE 'INSERT INTO app.' || (SELECT 'b') || ' VALUES (1)'; END $$;\nTRUNCATE app.b;",
    });
    expect(told(await lint(p, onDatabase(db, "no-truncate")))).toEqual([
      "V3__c.sql:1:10 error no-truncate",
      "V3__c.sql:3:10 error no-truncate",
      "V3__c.sql:5:10 error no-truncate",
    ]);
  });

  it("is milder about the drop of an empty table, and as strict about what other code sees", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    await migrate(p, { "V1__a.sql": "CREATE TABLE app.a (b int); CREATE TABLE app.z (b int);" });
    p.write({ "V2__b.sql": "ALTER TABLE app.z RENAME b TO c;\nDROP TABLE app.a;" });
    expect(told(await lint(p, onDatabase(db, "no-drop-table,no-rename-column")))).toEqual([
      "V2__b.sql:1:1 error no-rename-column",
      "V2__b.sql:2:16 warning no-drop-table",
    ]);
  });

  it("judges by what is there, whatever the files say", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    await migrate(p, { "V1__a.sql": "CREATE TABLE app.a (b varchar(20)); INSERT INTO app.a VALUES ('x');" });
    // By hand, as happens.
    await db.run(
      "ALTER TABLE app.a ALTER b TYPE varchar(80); CREATE TABLE app.hand (x int); INSERT INTO app.hand VALUES (1)",
    );
    p.write({
      "V2__b.sql":
        "ALTER TABLE app.a ALTER b TYPE varchar(40);\nCREATE INDEX i ON app.hand (x);\nCREATE INDEX j ON app.hand (y);",
    });
    const rule = "no-type-rewrite,made-before-use,column-made-before-use";
    expect(told(await lint(p, { words: ["V2__b.sql"].map((f) => `sql/${f}`), options: { rule } }))).toEqual([
      "V2__b.sql:2:19 error made-before-use",
    ]);
    expect(told(await lint(p, onDatabase(db, rule)))).toEqual([
      "V2__b.sql:1:19 error no-type-rewrite",
      "V2__b.sql:3:29 error column-made-before-use",
    ]);
  });

  it("takes a table that it has for one in use, also where all files are judged as one set", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    await migrate(p, { "V1__a.sql": "CREATE TABLE app.a (b int); INSERT INTO app.a VALUES (1);" });
    p.write({
      "V2__b.sql": "CREATE INDEX i ON app.a (b);",
      "V3__c.sql": "CREATE TABLE app.n (b int);",
      "V4__d.sql": "CREATE INDEX k ON app.n (b);",
    });
    const options = { rule: "create-index-concurrently", together: "set" };
    expect(told(await lint(p, { options }))).toEqual([]);
    expect(told(await lint(p, { db, options: { ...options, database: "true" } }))).toEqual([
      "V2__b.sql:1:1 error create-index-concurrently",
    ]);
  });

  it("knows the files that were edited after the database applied them", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    await migrate(p, { "V1__a.sql": "CREATE TABLE app.a (b int);", "V2__b.sql": "SELECT 1;" });
    p.write({ "V1__a.sql": "CREATE TABLE app.a (b int, c int);", "V3__c.sql": "SELECT 1;" });
    const outcome = await lint(p, { db, options: { database: "true", rule: "applied-file-unchanged" } });
    expect(outcome.findings.map((f) => f.message.replace(/\d{4}-\d\d-\d\d/, "DAY"))).toEqual([
      "V1__a.sql was applied to the database on DAY and has another checksum now.",
    ]);
  });

  it("judges for the server's major unless it is told another one", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    await migrate(p, {
      "V1__a.sql":
        "CREATE TABLE app.c (b int) PARTITION BY LIST (b); CREATE TABLE app.c_1 PARTITION OF app.c DEFAULT; INSERT INTO app.c VALUES (1);",
    });
    p.write({ "V2__b.sql": "ALTER TABLE app.c DETACH PARTITION app.c_1;" });
    const found = async (options: Readonly<Record<string, string>>): Promise<number> =>
      (await lint(p, { db, words: ["pending"], options: { rule: "detach-concurrently", ...options } }))
        .findings.length;
    const expected = inject("serverMajor") >= 14 ? 1 : 0;
    expect(await found({})).toBe(expected);
    expect(await found({ database: "true" })).toBe(expected);
    expect(await found({ database: "true", pg: "13" })).toBe(0);
    expect(await found({ database: "true", pg: "14" })).toBe(1);
  });

  it("gives the findings of the files alone where the database is empty", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": "CREATE TABLE app.a (b int);",
      "V2__b.sql": "ALTER TABLE app.a ADD CONSTRAINT c CHECK (b > 0);",
      "R__v.sql": "CREATE OR REPLACE VIEW app.v AS SELECT b FROM app.a;",
      "U2__b.sql": "ALTER TABLE app.a DROP CONSTRAINT c;",
    });
    const alone = await lint(p, { options: { pg: "15" } });
    expect(alone.findings.length).toBeGreaterThan(0);
    expect((await lint(p, { db, options: { database: "true", pg: "15" } })).findings).toEqual(alone.findings);
  });

  it("refuses two servers at once, and to mend what the scratch server runs", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "SELECT 1;" });
    expect((await failureOf(lint(p, { db, options: { database: "true", scratch: "true" } }))).message).toBe(
      "--database and --scratch are both given.",
    );
    expect((await failureOf(lint(p, { options: { scratch: "true", diff: "true" } }))).message).toBe(
      "--scratch runs the files as they are, so that it cannot mend them.",
    );
  });
});

const scratch = (rule: string): Wishes => ({ options: { scratch: "true", rule } });

/** A folder for temporary files alone, so that nothing is in it but what the test makes. */
function ownTemporary(): { readonly dir: string; left(): readonly string[] } & Disposable {
  const dir = mkdtempSync("/tmp/godwit-own-");
  // The scratch server is another user's when the tests run as root.
  chmodSync(dir, 0o777);
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = dir;
  return {
    dir,
    left: () => readdirSync(dir).filter((name) => name.startsWith("godwit-scratch-")),
    [Symbol.dispose]: () => {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

describe("lint --scratch", () => {
  it("knows what only a server can tell, and leaves nothing behind", async () => {
    await using db = await testDatabase();
    using temporary = ownTemporary();
    using p = project(db, {
      "V1__a.sql":
        "CREATE TABLE app.a (b int);\nDO $$ DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['x', 'y'] LOOP EXECUTE format('CREATE TABLE app.%I (id varchar(10))', t); END LOOP; END $$;",
      "V2__b.sql":
        "ALTER TABLE app.x ALTER id TYPE varchar(20);\nALTER TABLE app.y ALTER id TYPE varchar(5);\nCREATE INDEX i ON app.x (nosuch);",
    });
    const rule = "made-before-use,column-made-before-use,no-type-rewrite,file-applies";
    expect(told(await lint(p, scratch(rule)))).toEqual([
      "V2__b.sql:2:19 error no-type-rewrite",
      "V2__b.sql:3:26 error column-made-before-use",
      "V2__b.sql:3:26 error file-applies",
    ]);
    expect(temporary.left()).toEqual([]);
  });

  it("takes no table for empty: the rows are in other databases", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "CREATE TABLE app.a (b int);", "V2__b.sql": "TRUNCATE app.a;" });
    expect(told(await lint(p, scratch("no-truncate")))).toEqual(["V2__b.sql:1:10 error no-truncate"]);
  });

  it("tells where a file fails, before placeholder replacement, and goes on by replaying", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": "CREATE TABLE app.a (b int);",
      "V2__b.sql": "SELECT '${long}';\nINSERT INTO app.a VALUES ('${long}', nosuch);",
      "V3__c.sql": "ALTER TABLE app.a ADD COLUMN c int;",
      "V4__d.sql": "CREATE INDEX i ON app.a (c);\nCREATE INDEX j ON app.a (d);",
      "R__r.sql": "SELECT 1;",
    });
    const outcome = await lint(p, {
      ...scratch("file-applies,column-made-before-use,made-before-use"),
      placeholders: { long: "a value of some length" },
    });
    expect(told(outcome)).toEqual([
      "V2__b.sql:2:38 error file-applies",
      "V4__d.sql:2:26 error column-made-before-use",
    ]);
    expect(outcome.findings[0]?.message).toBe(
      'PostgreSQL refuses this file: column "nosuch" does not exist (SQLSTATE 42703).',
    );
    expect(outcome.notes).toEqual([
      "V2__b.sql does not run on the scratch server; the files behind it were replayed into the model of the schema instead.",
    ]);
  });

  it("replays an earlier file that fails when only a later one is judged", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": "CREATE TABLE app.a (b int);",
      "V2__b.sql": "ALTER TABLE app.a ADD COLUMN c int;\nSELECT nosuch;",
      "V3__c.sql": "CREATE INDEX i ON app.a (c);",
    });
    const outcome = await lint(p, { words: ["sql/V3__c.sql"], ...scratch("column-made-before-use") });
    expect(told(outcome)).toEqual([]);
  });

  it("makes roles that no file makes, and runs neither scripts nor modules", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": "CREATE TABLE app.a (b int);\nGRANT SELECT ON app.a TO app_reader, app_writer;",
      "V2__b.sh": "touch /tmp/godwit-lint-must-not-run",
      "beforeMigrate__x.sh": "exit 1",
      "beforeConnect__x.sh": "exit 1",
      "V3__c.mjs": "throw new Error('ran');",
    });
    const outcome = await lint(p, scratch("file-applies"));
    expect(told(outcome)).toEqual([]);
    expect(outcome.notes).toEqual([
      "No file makes the role app_reader; it was made on the scratch server.",
      "No file makes the role app_writer; it was made on the scratch server.",
      "V2__b.sh is no SQL and was not run on the scratch server.",
      "V3__c.mjs is no SQL and was not run on the scratch server.",
    ]);
  });

  it("gives what the files alone give where they tell all", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql":
        "CREATE TABLE app.a (id int PRIMARY KEY, b int);\nCREATE TABLE app.c (a int REFERENCES app.a, d text);",
      "V2__b.sql":
        "ALTER TABLE app.a ADD CONSTRAINT c CHECK (b > 0);\nCREATE INDEX i ON app.c (d);\nALTER TABLE app.c ALTER d SET NOT NULL;",
      "V3__c.sql": "CREATE INDEX CONCURRENTLY j ON app.c (a);",
      "V4__d.sql": "ALTER TABLE app.a DROP COLUMN b;\nALTER TABLE app.c RENAME d TO e;",
      "U4__d.sql": "ALTER TABLE app.c RENAME e TO d;",
    });
    const alone = await lint(p);
    expect(alone.findings.length).toBeGreaterThan(8);
    expect((await lint(p, { options: { scratch: "true" } })).findings).toEqual(alone.findings);
  });

  it("stops when it is told to, and leaves nothing behind", async () => {
    await using db = await testDatabase();
    using temporary = ownTemporary();
    const mark = join(temporary.dir, "started");
    using p = project(db, { "V1__a.sql": `COPY (SELECT 1) TO '${mark}';\nSELECT pg_sleep(600);` });
    const controller = new AbortController();
    const running = failureOf(lint(p, { ...scratch("file-applies"), signal: controller.signal }));
    await until(() => existsSync(mark));
    expect(temporary.left().length).toBe(1);
    controller.abort();
    const failure = await running;
    expect(failure.code).toBe("ABORTED");
    expect(temporary.left()).toEqual([]);
  });
});
