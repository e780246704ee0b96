// A disk that is full while a file runs. The disk is a small file system in memory, which only root can make.
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { project } from "../support/project.ts";

const MEGABYTE = 1024 * 1024;
const SIZE = 12;

interface SmallDisk extends AsyncDisposable {
  /** The tablespace on it. */
  readonly space: string;
  /** Leaves so many megabytes free. */
  leave(megabytes: number): void;
}

/** Undefined where none can be mounted. */
async function smallDisk(db: TestDatabase): Promise<SmallDisk | undefined> {
  const [owner = ""] = await db.rows("show data_directory");
  const { uid, gid } = statSync(owner);
  const mounted = mkdtempSync("/tmp/godwit-disk-");
  if (spawnSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE}m`, "tmpfs", mounted]).status !== 0) {
    rmSync(mounted, { recursive: true });
    return undefined;
  }
  chmodSync(mounted, 0o755);
  const space = join(mounted, "space");
  mkdirSync(space, { mode: 0o700 });
  chownSync(space, uid, gid);
  const name = `disk_${db.name}`;
  await db.run(`create tablespace ${name} location '${space}'`);
  return {
    space: name,
    leave: (megabytes) => fill(join(mounted, "ballast"), (SIZE - megabytes) * MEGABYTE),
    [Symbol.asyncDispose]: async () => {
      await db.run("drop schema public cascade");
      await db.run(`drop tablespace ${name}`);
      spawnSync("umount", ["-l", mounted]);
      rmSync(mounted, { recursive: true, force: true });
    },
  };
}

/** A file of that size, or as large as there is room for. */
function fill(file: string, bytes: number): void {
  try {
    writeFileSync(file, Buffer.alloc(bytes));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  }
}

async function diskOrSkip(db: TestDatabase, context: TestContext): Promise<SmallDisk> {
  const disk = await smallDisk(db);
  return disk ?? context.skip("no small file system can be mounted here: it takes root and mount(8)");
}

/** A table on the disk, of some 1.2 kB a row. */
const big = (space: string, rows: number): string =>
  `create table big(t text) tablespace ${space};
insert into big select string_agg(md5(i::text || j::text), '')
  from generate_series(1, ${rows}) i, generate_series(1, 40) j group by i;`;

describe("a full disk", () => {
  it("fails the file, leaves nothing of it, and the next run goes on", async (context) => {
    await using db = await testDatabase();
    await using disk = await diskOrSkip(db, context);
    using p = project(db, {
      "V1__a.sql": "create table a(id int);",
      "V2__big.sql": big(disk.space, 3000),
      "V3__c.sql": "create table c(id int);",
    });
    disk.leave(1);
    await expect(p.run("migrate")).rejects.toMatchObject({
      code: "FAILED_VERSIONED_MIGRATION",
      place: { file: "sql/V2__big.sql", line: 2 },
      sql: { sqlState: "53100" },
      details: { rolledBack: true, applied: [{ version: "1" }], notReached: [{ version: "3" }] },
    });
    expect(await db.rows("select to_regclass('big')")).toEqual([""]);
    disk.leave(SIZE);
    p.write({
      "V2__big.sql": big(disk.space, 5),
    });
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 2, targetSchemaVersion: "3" });
  });

  it("breaks an index build off, and the next run builds it anew", async (context) => {
    await using db = await testDatabase();
    await using disk = await diskOrSkip(db, context);
    using p = project(db, {
      "V1__a.sql": `create table a(t text); insert into a select md5(i::text) from generate_series(1, 50000) i;`,
      "V2__i.sql": `create index concurrently i on a(t) tablespace ${disk.space};`,
    });
    disk.leave(1);
    await expect(p.run("migrate")).rejects.toMatchObject({ sql: { sqlState: "53100" } });
    expect(await db.rows("select version from flyway_schema_history")).toEqual(["1"]);
    disk.leave(SIZE);
    expect(await p.run("migrate")).toMatchObject({ migrationsExecuted: 1 });
    expect(
      await db.rows("select indexrelid::regclass, indisvalid from pg_index where indrelid = 'a'::regclass"),
    ).toEqual(["i|t"]);
  });

  it("under the history table is told as the row's failure", async (context) => {
    await using db = await testDatabase();
    await using disk = await diskOrSkip(db, context);
    using p = project(db, { "V1__a.sql": "select 1;" });
    const settings = { tablespace: disk.space };
    await p.run("migrate", settings);
    disk.leave(0);
    const long = "x".repeat(150);
    const files = Array.from({ length: 60 }, (_, i) => [`V${i + 2}__${long}.sql`, "select 1;"]);
    p.write(Object.fromEntries(files));
    const history = '"public"."flyway_schema_history"';
    await expect(p.run("migrate", settings)).rejects.toMatchObject({
      message: expect.stringContaining(`could not be written to ${history}: could not extend file`),
      sql: { sqlState: "53100" },
    });
    disk.leave(SIZE);
    expect(await p.run("migrate", settings)).toMatchObject({ targetSchemaVersion: "61" });
  });
});
