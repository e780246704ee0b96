// A trigger on the history table that keeps a row out without an error: no way of applying a file may take its row for
// written, as every later run would apply the file again.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type AppliedProject, appliedProject } from "../support/applied.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { failureOf } from "../support/failure.ts";
import { project } from "../support/project.ts";

const KEEP_OUT = `create function keep_out() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger keep_out before insert or update or delete on flyway_schema_history for each row execute function keep_out()`;

const A = { "V1__a.sql": "create table a(id int);" };
const REASON = 'a trigger or rule of that table, "keep_out", keeps it out';
const TIME = "select execution_time from flyway_schema_history where version = '2'";
const ran = async (db: TestDatabase): Promise<string | undefined> =>
  (await db.rows("select count(*) from a"))[0];
const module = (head: string): string =>
  `${head}export default ({ query }) => query("insert into a values (1)");\n`;

async function withRowsKeptOut(files: Readonly<Record<string, string>> = A): Promise<AppliedProject> {
  const applied = await appliedProject(files);
  await applied.db.run(KEEP_OUT);
  return applied;
}

describe("a trigger that keeps rows out of the history", () => {
  it.each([
    [
      "with callbacks",
      { "V2__b.sql": "insert into a values (1);", "beforeEachMigrate.sql": "select 1;" },
      {},
    ],
    ["with COPY", { "V2__b.sql": "copy a from stdin;\n1\n\\.\n" }, {}],
    ["that commits at its end", { "V2__b.sql": "begin;\ninsert into a values (1);\ncommit;\n" }, {}],
    ["in a group", { "V2__b.sql": "insert into a values (1);" }, { group: true }],
    ["in a module", { "V2__b.mjs": module("") }, {}],
    [
      "that is only recorded",
      { "V2__b.sql": "insert into a values (1);" },
      { skipExecutingMigrations: true },
    ],
  ])("rolls a file back: %s", async (_, files, settings) => {
    await using kept = await withRowsKeptOut();
    const { db, p } = kept;
    p.write(files);
    expect(await failureOf(p.run("migrate", settings))).toMatchObject({
      code: "DB_CONNECTION",
      message: expect.stringMatching(
        new RegExp(`^The row of V2__b\\.\\w+ could not be written to .*: ${REASON}$`),
      ),
      advice:
        "Change or drop it, so that the row gets in, and run the same command again. A file without its row would be applied by each run.",
      details: { rolledBack: true },
    });
    expect(await ran(db)).toBe("0");
    await db.run("drop trigger keep_out on flyway_schema_history");
    expect(await p.run("migrate", settings)).toMatchObject({ migrationsExecuted: 1 });
  });

  it("stops files that share a write at the first, with nothing left", async () => {
    await using kept = await withRowsKeptOut();
    const { db, p } = kept;
    p.write({ "V2__b.sql": "insert into a values (1);", "V3__c.sql": "insert into a values (1);" });
    expect(await failureOf(p.run("migrate"))).toMatchObject({ details: { rolledBack: true, applied: [] } });
    expect(await ran(db)).toBe("0");
  });

  it("is met by the file behind the one that makes it", async () => {
    await using db = await testDatabase();
    using p = project(db, { ...A, "V2__b.sql": `${KEEP_OUT};`, "V3__c.sql": "insert into a values (1);" });
    expect(await failureOf(p.run("migrate"))).toMatchObject({
      message:
        'V2__b.sql is applied, but its row is not in "public"."flyway_schema_history": a trigger of that table, made in this run, keeps it out.',
      advice: expect.stringMatching(/^Change or drop .* again: INSERT INTO .*'V2__b\.sql'.*;$/),
      details: { rolledBack: false, applied: [{ version: "1" }], notReached: [{ version: "3" }] },
    });
    expect(await ran(db)).toBe("0");
  });

  it("that lets rows in changes nothing", async () => {
    await using applied = await appliedProject(A);
    const { db, p } = applied;
    await db.run(KEEP_OUT.replace("return null", "return new"));
    p.write({ "V2__b.sql": "select pg_sleep(0.01);", "V3__c.sql": "insert into a values (1);" });
    await p.run("migrate");
    expect(
      await db.rows("select version, execution_time >= 10 from flyway_schema_history where version = '2'"),
    ).toEqual(["2|t"]);
    const [ended] = p.events.filter((e) => e.type === "migration-end" && e.migration.version === "2");
    expect(ended).toMatchObject({ elapsedMs: Number((await db.rows(TIME))[0]) });
  });

  it.each([
    ["in SQL", { "V2__b.sql": "insert into a values (1);\nvacuum a;" }],
    ["in a module", { "V2__b.mjs": module("export const transaction = false;\n") }],
    ["with a COMMIT inside", { "V2__b.sql": "begin;\ninsert into a values (1);\ncommit;\nselect 1;" }],
  ])("has only the row written by the next run, where what was done stays: %s", async (_, files) => {
    await using kept = await withRowsKeptOut();
    const { db, p } = kept;
    p.write(files);
    expect(await failureOf(p.run("migrate", { mixed: true }))).toMatchObject({
      message: expect.stringContaining(REASON),
      advice:
        "Change or drop it, so that the row gets in, and run the same command again: what the file did is recorded, and only its row is written then.",
      details: { rolledBack: false },
    });
    await db.run("drop trigger keep_out on flyway_schema_history");
    expect(await p.run("migrate", { mixed: true })).toMatchObject({ migrationsExecuted: 1 });
    expect(await ran(db)).toBe("1");
  });

  it("lets no script begin, which nobody could roll back", async () => {
    await using kept = await withRowsKeptOut();
    const { p } = kept;
    p.write({ "V2__b.sh": `touch ran` });
    expect(await failureOf(p.run("migrate"))).toMatchObject({
      message: `V2__b.sh was not begun, as its row could not be written to "public"."flyway_schema_history": ${REASON}`,
      advice: "What a script does stays, so the next run would have done it again.",
    });
    expect(existsSync(join(p.dir, "ran"))).toBe(false);
  });

  it("lets nothing be undone that would count as applied", async () => {
    await using kept = await withRowsKeptOut({ ...A, "U1__a.sql": "drop table a;" });
    const { db, p } = kept;
    expect(await failureOf(p.run("undo"))).toMatchObject({
      code: "FAILED_UNDO_MIGRATION",
      message: expect.stringContaining(REASON),
      details: { rolledBack: true },
    });
    expect(await ran(db)).toBe("0");
  });

  it("lets repair tell of no change that was not made", async () => {
    await using kept = await withRowsKeptOut();
    const { p } = kept;
    p.write({ "V1__a.sql": "create table a(id bigint);" });
    expect(await failureOf(p.run("repair"))).toMatchObject({
      message:
        '"public"."flyway_schema_history" could not be repaired: a trigger or rule of that table forbade a change, or another run was there first.',
      advice: "Nothing was changed: the repair is one transaction. Mend the cause and run repair again.",
    });
  });
});

describe("a rule that keeps rows out of the history", () => {
  it("is named too", async () => {
    await using applied = await appliedProject(A);
    const { db, p } = applied;
    await db.run("create rule no_rows as on insert to flyway_schema_history do instead nothing");
    p.write({ "V2__b.sql": "vacuum a;" });
    expect((await failureOf(p.run("migrate"))).message).toContain('"no_rows", keeps it out');
  });
});
