// Files that are streamed.
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HISTORY, testDatabase } from "../support/database.ts";
import { project } from "../support/project.ts";

/** Writes a file of more than the limit, piece by piece. */
function writeLarge(path: string, pieces: Iterable<string>): void {
  const file = openSync(path, "w");
  for (const piece of pieces) writeSync(file, piece);
  closeSync(file);
}

function* inserts(count: number, lastLine: string): Generator<string> {
  yield "create table big(id int, t text); -- é😀\n";
  const filler = "x;'' ".repeat(20);
  for (let i = 0; i < count; i++) yield `insert into big values (${i}, '${filler} \${ph}');\n`;
  yield lastLine;
}

const LINES = 170_000;

describe("a file of more than 16 MiB", () => {
  it("is applied in one transaction with its row", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    writeLarge(join(p.dir, "sql/V1__big.sql"), inserts(LINES, "select 1"));
    await p.run("migrate", { placeholders: { ph: "value" } });
    expect(await db.rows("select count(*), min(t) = max(t), right(max(t), 5) from big")).toEqual([
      `${LINES}|t|value`,
    ]);
    expect((await db.rows(HISTORY)).length).toBe(1);
  });

  it("may be an undo", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__small.sql": "create table small(id int);" });
    writeLarge(join(p.dir, "sql/U1__large.sql"), inserts(LINES, "drop table big;\ndrop table small;\n"));
    await p.run("migrate");
    await p.run("undo", { placeholders: { ph: "value" } });
    expect(await db.rows("select to_regclass('small') as a, to_regclass('big') as b")).toEqual(["|"]);
    expect(await db.rows("select type from flyway_schema_history order by installed_rank")).toEqual([
      "SQL",
      "UNDO_SQL",
    ]);
  });

  it("leaves nothing when a statement near its end fails, and says line and column", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    writeLarge(join(p.dir, "sql/V1__big.sql"), inserts(LINES, "  select '😀', nosuch;\n"));
    await expect(p.run("migrate", { placeholders: { ph: "value" } })).rejects.toMatchObject({
      code: "FAILED_VERSIONED_MIGRATION",
      place: { file: "sql/V1__big.sql", line: LINES + 2, column: 15 },
      details: { rolledBack: true },
    });
    expect(await db.rows("select to_regclass('big')")).toEqual([""]);
  });

  it("may hold COPY data, more than one block of it", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    writeLarge(
      join(p.dir, "sql/V1__copy.sql"),
      (function* () {
        yield "create table c(id int, t text);\n";
        for (const block of [0, 1]) {
          yield "copy c from stdin;\n";
          for (let i = 0; i < 100_000; i++) yield `${block * 100_000 + i}\t${"data; -- ".repeat(12)}\n`;
          yield "\\.\ninsert into c values (-1, 'between');\n";
        }
      })(),
    );
    await p.run("migrate");
    expect(await db.rows("select count(*) as a, count(*) filter (where id = -1) as b from c")).toEqual([
      "200002|2",
    ]);
  });

  it("is run whole after all when a statement cannot be in a transaction", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    writeLarge(join(p.dir, "sql/V1__big.sql"), inserts(LINES, "vacuum big;\n"));
    await expect(p.run("migrate", { placeholders: { ph: "v" } })).rejects.toMatchObject({ code: "ERROR" });
    expect(await db.rows("select to_regclass('big')")).toEqual([""]);
  });
});
