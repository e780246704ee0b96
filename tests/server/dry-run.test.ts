// dryRunOutput: the script leaves what the verb would have left.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { HISTORY, schemaDump, type TestDatabase, testDatabase } from "../support/database.ts";
import { type Project, project } from "../support/project.ts";

const hasPsql = spawnSync("psql", ["--version"]).status === 0;
if (!hasPsql) process.stderr.write("SKIPPED: there is no psql here to run dry-run scripts with.\n");

const FILES = {
  "V1__tables.sql":
    "create table a(id int, note text);\n-- a comment; with a semicolon\ninsert into a values (1, 'it''s \\\\ :x ${flyway:table}')",
  "V2__index.sql": "create index concurrently i on a(id);\n",
  "V3__copy.sql": "copy a from stdin;\n2\ttab\\\\\n\\.\n",
  "R__view.sql": "create or replace view v as select id from a;",
  "beforeMigrate.sql": "select 1;",
};

/** Runs a verb as a dry run, and what it wrote with psql. */
async function viaPsql(db: TestDatabase, p: Project, verb: string, more = {}): Promise<string> {
  p.written.length = 0;
  await p.run(verb, { ...more, dryRunOutput: "plan.sql" });
  const file = join(p.dir, "plan.sql");
  writeFileSync(file, p.written.join(""));
  const { status, stderr } = spawnSync(
    "psql",
    ["-X", "-q", "-h", inject("socketDir"), "-U", "postgres", "-f", file, db.name],
    {
      encoding: "utf8",
    },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return p.written.join("");
}

describe.skipIf(!hasPsql)("a dry run", () => {
  it("changes nothing, and its script run with psql leaves what migrate leaves", async () => {
    await using planned = await testDatabase();
    await using direct = await testDatabase();
    using p = project(planned, FILES);
    using q = project(direct, FILES);
    await p.run("migrate", { dryRunOutput: "plan.sql" });
    expect(await planned.rows("select to_regclass('flyway_schema_history')")).toEqual([""]);
    await viaPsql(planned, p, "migrate");
    await q.run("migrate");
    expect(await planned.rows(HISTORY)).toEqual(await direct.rows(HISTORY));
    expect(await planned.rows("select * from a order by id")).toEqual(
      await direct.rows("select * from a order by id"),
    );
    expect(schemaDump(planned.name)).toBe(schemaDump(direct.name));
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 0 });
  });

  it("makes schemas and baselines as the verb would", async () => {
    await using planned = await testDatabase();
    await using direct = await testDatabase();
    const settings = { schemas: ["s1", "S 2"], baselineOnMigrate: true };
    using p = project(planned, { "V1__a.sql": "create table a(id int);" });
    using q = project(direct, { "V1__a.sql": "create table a(id int);" });
    await viaPsql(planned, p, "migrate", settings);
    await q.run("migrate", settings);
    const rows =
      "select installed_rank, version, type, script, success from s1.flyway_schema_history order by 1";
    expect(await planned.rows(rows)).toEqual(await direct.rows(rows));
    expect(schemaDump(planned.name)).toBe(schemaDump(direct.name));
  });

  it("writes repair, undo and clean down too", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": "create table a(id int);",
      "V2__b.sql": "create table b(id int);",
      "U2__b.sql": "drop table b;",
    });
    await p.run("migrate");
    await viaPsql(db, p, "undo");
    expect(await db.rows("select type from flyway_schema_history order by installed_rank")).toEqual([
      "SQL",
      "SQL",
      "UNDO_SQL",
    ]);
    expect(await db.rows("select to_regclass('b')")).toEqual([""]);
    p.write({ "V1__a.sql": "create table a(id int, more int);" });
    await viaPsql(db, p, "repair");
    expect(
      await p.run("validate", { ignoreMigrationPatterns: [{ type: "*", state: "pending" }] }),
    ).toMatchObject({
      validationSuccessful: true,
    });
    await viaPsql(db, p, "clean", { cleanDisabled: false });
    expect(await db.rows("select relname from pg_class where relnamespace = 'public'::regnamespace")).toEqual(
      [],
    );
  });
});
