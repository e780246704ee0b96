// The history is asked for while the files are read: what may go wrong between question and answer.
import { describe, expect, it } from "vitest";
import { testDatabase } from "../support/database.ts";
import { failureOf } from "../support/failure.ts";
import { project } from "../support/project.ts";

const statesIn = (outcome: object): readonly string[] =>
  "migrations" in outcome && Array.isArray(outcome.migrations)
    ? outcome.migrations.map((m: { readonly state?: string }) => m.state ?? "")
    : [];

describe("the first look at the history", () => {
  it("sees what a callback before it did to the history", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "create table a(id int);", "V2__b.sql": "select 1;" });
    await p.run("migrate");
    p.write({ "beforeInfo.sql": "delete from flyway_schema_history where version = '2';" });
    expect(statesIn(await p.run("info"))).toEqual(["Success", "Pending"]);
  });

  it("sees the row of a schema that this run has made", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "create table one.a(id int);" });
    await p.run("migrate", { schemas: ["one"] });
    p.write({ "V2__b.sql": "create table two.b(id int);" });
    await p.run("migrate", { schemas: ["one", "two"] });
    const rows = await db.rows(
      "select installed_rank, type, script from one.flyway_schema_history order by 1",
    );
    expect(rows).toEqual(['0|SCHEMA|"one"', "1|SQL|V1__a.sql", '2|SCHEMA|"two"', "3|SQL|V2__b.sql"]);
  });

  it("is called off when the files are refused meanwhile", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "select 1;" });
    await p.run("migrate");
    p.write({ "V1__b.sql": "select 1;" });
    await db.run("begin");
    await db.run("lock table flyway_schema_history in access exclusive mode");
    expect(await failureOf(p.run("validate"))).toMatchObject({ code: "DUPLICATE_VERSIONED_MIGRATION" });
    await db.run("rollback");
  });

  it("tells what is wrong with the history when it looks", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "select 1;" });
    await p.run("migrate");
    await db.run("alter table flyway_schema_history rename column script to path");
    expect(await failureOf(p.run("info"))).toMatchObject({
      code: "DB_CONNECTION",
      message: expect.stringContaining("could not be read"),
    });
  });
});
