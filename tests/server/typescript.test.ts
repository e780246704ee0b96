// Migrations in TypeScript as Node itself meets them: the built package in a process of its own, with and without
// esbuild in the project. (In modules.test.ts the test runner translates them.)
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../support/database.ts";
import { ROOT, runStaged, stagePackage } from "../support/package.ts";

let home = "";

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "godwit-typescript-"));
  stagePackage(join(home, "godwit"), ["--no-types"]);
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Result {
  readonly exitCode: number | null;
  readonly document: unknown;
}

/** Runs migrate in a project of its own. Enums are what no Node runs by itself. */
function migrate(
  url: string,
  files: Readonly<Record<string, string>>,
  esbuild: boolean,
  godwit = false,
): Result {
  const dir = mkdtempSync(join(home, "project-"));
  mkdirSync(join(dir, "sql"));
  mkdirSync(join(dir, "node_modules"));
  if (esbuild) symlinkSync(join(ROOT, "node_modules/esbuild"), join(dir, "node_modules/esbuild"));
  if (godwit) symlinkSync(join(home, "godwit"), join(dir, "node_modules/godwit"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, "sql", name), text);
  const args = [`-url=${url}`, "-locations=filesystem:sql", "-outputType=json", "migrate"];
  // Later versions warn of TypeScript, and of folders that do not say what their .js files are.
  const quiet = { NODE_NO_WARNINGS: "1" };
  const { exitCode, stderr, stdout } = runStaged(join(home, "godwit"), dir, args, quiet);
  expect(stderr).toBe("");
  const document: unknown = JSON.parse(stdout);
  return { exitCode, document };
}

const ENUM = `import { basename } from "node:path";
import { rooms } from "./shared.js";
enum Side { North = "north", South = "south" }
export async function up({ query }: { query: (sql: string, values?: string[]) => Promise<unknown> }): Promise<void> {
  await query("create table room(code text)");
  for (const room of rooms as readonly string[]) await query("insert into room values ($1)", [room + Side.South]);
  await query("insert into room values ($1)", [basename(import.meta.url).replace(/\\?.*/, "")]);
}
`;
const SHARED = `export const rooms: readonly string[] = ["a-", "b-"];\n`;

describe("a migration in TypeScript that Node does not run", () => {
  it("runs by the esbuild of the project, with what it imports", async () => {
    await using db = await testDatabase();
    const { document, exitCode } = migrate(db.url, { "V1__rooms.ts": ENUM, "shared.ts": SHARED }, true);
    expect([exitCode, document]).toEqual([
      0,
      expect.objectContaining({ success: true, migrations: [expect.objectContaining({ type: "CUSTOM" })] }),
    ]);
    expect(await db.rows('select code from room order by code collate "C"')).toEqual([
      "V1__rooms.ts",
      "a-south",
      "b-south",
    ]);
  });

  it("may use what godwit exports", async () => {
    await using db = await testDatabase();
    const text = `import { GodwitError } from "godwit";
export default async ({ query }: { query: (sql: string) => Promise<unknown> }) => {
  await query("select 1/0").catch((e: unknown) => { throw new Error(String(e instanceof GodwitError)); });
};
`;
    expect(migrate(db.url, { "V1__a.ts": text }, true, true).document).toMatchObject({
      error: { message: "V1__a.ts: true" },
    });
  });

  it("fails at the line of the file, not of the translation", async () => {
    await using db = await testDatabase();
    const text = `${ENUM}\nexport const more = 1;\n`.replace("create table room", "create tabel room");
    const { document } = migrate(db.url, { "V1__rooms.ts": text, "shared.ts": SHARED }, true);
    expect(document).toMatchObject({ error: { lineNumber: 5, line: 5, column: 9, sqlState: "42601" } });
    const thrown = `enum A { B }\nexport default async () => {\n  throw new Error("mine" + A.B);\n};\n`;
    expect(migrate(db.url, { "V1__a.ts": thrown }, true).document).toMatchObject({
      error: { message: "V1__a.ts: mine0", line: 3 },
    });
  });

  it("tells what esbuild finds wrong, with its place", async () => {
    await using db = await testDatabase();
    const { document } = migrate(db.url, { "V1__a.ts": "enum A { B }\nexport default (: ) => 1;\n" }, true);
    expect(document).toMatchObject({
      error: {
        errorCode: "FAILED_VERSIONED_MIGRATION",
        message: expect.stringMatching(/^sql\/V1__a\.ts could not be loaded: /),
        line: 2,
        column: 17,
      },
    });
  });

  it("says what to do when the project has no esbuild", async () => {
    await using db = await testDatabase();
    const { document } = migrate(db.url, { "V1__a.ts": "enum A { B }\nexport default () => A.B;\n" }, false);
    expect(document).toMatchObject({
      error: {
        message: expect.stringMatching(/^sql\/V1__a\.ts is TypeScript that this Node\.js does not run: /),
        advice: expect.stringMatching(/22\.18[\s\S]*npm install --save-dev esbuild[\s\S]*\.mjs/),
      },
    });
    expect(await db.rows("select count(*) from flyway_schema_history")).toEqual(["0"]);
  });
});

describe("a migration in JavaScript", () => {
  it("is a module or CommonJS, as its folder says", async () => {
    await using db = await testDatabase();
    const files = {
      "V1__a.mjs": `export default ({ query }) => query("create table a()");\n`,
      "V2__b.js": `module.exports = async ({ query }) => { await query("create table b()"); };\n`,
      "V3__c.js": `exports.transaction = false;\nexports.up = ({ query }) => query("create table c()");\n`,
      "V4__d.js": `export const up = ({ query }) => query("create table d()");\n`,
    };
    expect(migrate(db.url, files, false)).toMatchObject({ exitCode: 0, document: { migrationsExecuted: 4 } });
    expect(await db.rows("select count(*) from pg_tables where tablename in ('a', 'b', 'c', 'd')")).toEqual([
      "4",
    ]);
  });
});
