// The library on PGlite: PostgreSQL in the process, with one session.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGodwit } from "../../src/index.ts";
import { failureOf } from "../support/failure.ts";

describe("PGlite", () => {
  let db: PGlite;
  let dir: string;

  beforeAll(() => {
    // It is still starting when it is given.
    db = new PGlite();
  });

  afterAll(async () => {
    await db.close();
  });

  const godwitFor = (more: object = {}) =>
    createGodwit({
      workingDirectory: dir,
      configFiles: [],
      locations: ["filesystem:db"],
      schemas: ["app"],
      client: db,
      env: {},
      ...more,
    });

  it("takes files of every kind of execution, tells notices and rows, and is left open", async () => {
    dir = mkdtempSync(join(tmpdir(), "godwit-pglite-"));
    cpSync(resolve("tests/server/pglite"), join(dir, "db"), { recursive: true });
    const notices: string[] = [];
    await using godwit = await godwitFor({
      onEvent: (e: { readonly type: string; readonly message?: string }) => {
        if (e.type === "notice") notices.push(e.message ?? "");
      },
    });
    expect(await godwit.migrate()).toMatchObject({ migrationsExecuted: 5, success: true });
    expect(notices).toEqual(["hello"]);
    expect((await db.query("select id, name from app.a order by id")).rows).toEqual([
      { id: 1, name: "Zoë" },
      { id: 2, name: "tab\there" },
    ]);
    const index = "select indisvalid from pg_index where indexrelid = 'app.a_name'::regclass";
    expect((await db.query(index)).rows).toEqual([{ indisvalid: true }]);
    // The schema was made too.
    expect((await godwit.info()).migrations.map((m) => m.state)).toEqual(Array(6).fill("Success"));
    expect(await godwit.migrate()).toMatchObject({ migrationsExecuted: 0 });
  });

  it("rolls a file back whole, with its place, and goes on", async () => {
    writeFileSync(join(dir, "db", "V5__bad.sql"), "create table app.half(id int);\nselect nothing;\n");
    const godwit = await godwitFor();
    expect(await failureOf(godwit.migrate())).toMatchObject({
      code: "FAILED_VERSIONED_MIGRATION",
      sql: { sqlState: "42703" },
      place: { line: 2, column: 8 },
    });
    expect((await db.query("select to_regclass('app.half') as t")).rows).toEqual([{ t: null }]);
    writeFileSync(join(dir, "db", "V5__bad.sql"), "create table app.half(id int);\n");
    expect(await godwit.migrate()).toMatchObject({ migrationsExecuted: 1, initialSchemaVersion: "4" });
    expect(await godwit.validate()).toMatchObject({ validationSuccessful: true });
    rmSync(dir, { recursive: true });
  });

  it("is refused when it is closed, or cannot start", { timeout: 60_000 }, async () => {
    const other = await PGlite.create();
    await other.close();
    const here = { workingDirectory: tmpdir() };
    expect(await failureOf((await godwitFor({ ...here, client: other })).migrate())).toMatchObject({
      code: "CONFIGURATION",
      message: "The PGlite that was given is closed.",
    });
    const broken = new PGlite("/dev/null/data");
    broken.waitReady.catch(() => {});
    expect(await failureOf((await godwitFor({ ...here, client: broken })).migrate())).toMatchObject({
      code: "DB_CONNECTION",
      subCode: "CONNECTION_FAILURE",
      message: expect.stringMatching(/^The PGlite that was given could not start: /),
    });
  });
});
