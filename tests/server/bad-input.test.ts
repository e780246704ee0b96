// What a person sees who gives the command line something wrong: one error that says what to do, and no stack.
import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { testDatabase } from "../support/database.ts";
import { type Project, project } from "../support/project.ts";

const CLI = resolve(import.meta.dirname, "../../dist/cli.cjs");
const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", TZ: "UTC" };

function godwit(p: Project, ...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [CLI, "-locations=filesystem:sql", ...args], {
    cwd: p.dir,
    encoding: "utf8",
    env,
  });
}

/** First line of the error, and the exit code; fails when there is a stack trace or nothing to do. */
function complaint(result: SpawnSyncReturns<string>): readonly [number | null, string] {
  expect(result.stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(result.stderr).toContain("What to do:");
  const line = result.stderr.split("\n").find((l) => l.startsWith("ERROR: ")) ?? "";
  return [result.status, line.slice("ERROR: ".length)];
}

describe("bad input", () => {
  it("of configuration is told with its file and line, all of it at once", async () => {
    await using db = await testDatabase();
    using p = project(db, { "/c.conf": "flyway.outOfOrdr=true\nflyway.group=maybe\n" });
    const result = godwit(p, "-configFiles=c.conf", `-url=${db.url}`, "info");
    expect(result.stderr).toBe(
      [
        "ERROR: 2 things are wrong with the configuration:",
        "  c.conf:1: flyway.outOfOrdr is not a setting. Did you mean outOfOrder?",
        '  c.conf:2: flyway.group is "maybe"; expected true or false.',
        "",
        "What to do: Correct them and run the command again.",
        "",
      ].join("\n"),
    );
    expect(result.status).toBe(1);
  });

  it("of a command is answered with the nearest one", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    expect(complaint(godwit(p, "migrat"))).toEqual([1, "migrat is not a command."]);
  });

  it("of a URL for another database names what godwit speaks", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    expect(complaint(godwit(p, "-url=jdbc:mysql://localhost/x", "info"))).toEqual([
      1,
      "command line: godwit does not speak the database of jdbc:mysql://localhost/x.",
    ]);
  });

  it("of a port where nobody listens, and of a database that is not there", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    expect(complaint(godwit(p, "-url=jdbc:postgresql://127.0.0.1:1/x", "-user=me", "info"))).toEqual([
      1,
      'No connection to database "x" as user "me" on 127.0.0.1:1: connection refused.',
    ]);
    expect(complaint(godwit(p, `-url=${db.url.replace(db.name, "nothere")}`, "info"))[1]).toMatch(
      /^No connection to database "nothere" .* does not exist\.$/,
    );
  });

  it("of a missing folder stops the run when failOnMissingLocations is set", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    const [status, line] = complaint(
      godwit(p, `-url=${db.url}`, "-locations=filesystem:nope", "-failOnMissingLocations=true", "info"),
    );
    expect(status).toBe(1);
    expect(line).toContain("filesystem:nope");
  });

  it("of bytes that are not in the file's encoding is shown with its place", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__x.sql": Buffer.from("select 'caf\xe9';", "latin1") });
    expect(complaint(godwit(p, `-url=${db.url}`, "migrate"))).toEqual([
      1,
      "sql/V1__x.sql is not UTF-8: byte 0xE9 at offset 11 (line 1) is not part of any character.",
    ]);
  });

  it("of a history table of another tool", async () => {
    await using db = await testDatabase();
    await db.run("create table flyway_schema_history(id int)");
    using p = project(db, { "V1__x.sql": "select 1;" });
    expect(complaint(godwit(p, `-url=${db.url}`, "migrate"))).toEqual([
      1,
      'The history table "public"."flyway_schema_history" could not be read: column "installed_rank" does not exist.',
    ]);
  });

  it("of a server that only reads", async () => {
    await using db = await testDatabase();
    await db.run(`alter database ${db.name} set default_transaction_read_only = on`);
    using p = project(db, { "V1__x.sql": "select 1;" });
    expect(complaint(godwit(p, `-url=${db.url}`, "migrate"))[1]).toContain("read-only transaction");
  });

  it("of SQL is shown with a frame, the usual cause and the state of the database", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__a.sql": "create table a(id int);",
      "V2__b.sql": "insert into a\nvalues (nosuch);",
      "V3__c.sql": "select 1;",
    });
    const result = godwit(p, `-url=${db.url}`, "migrate");
    expect(result.status).toBe(1);
    expect(result.stderr.split("\n").slice(0, 7)).toEqual([
      'ERROR: V2__b.sql: column "nosuch" does not exist',
      "",
      "sql/V2__b.sql:2:9",
      "  1 | insert into a",
      "> 2 | values (nosuch);",
      "    |         ^^^^^^",
      "",
    ]);
    expect(result.stderr).toContain("Usual cause: ");
    expect(result.stderr).toMatch(/applied +V1 a\n +failed +V2 b: rolled back, .*\n +not reached +V3 c\n/);
  });

  it("of a psql command says what to write instead", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "\\i other.sql\nselect 1;" });
    const result = godwit(p, `-url=${db.url}`, "migrate");
    expect(complaint(result)).toEqual([1, "V1__a.sql: \\i is a command of psql, not SQL."]);
    expect(result.stderr).toContain("Put the content of the included file here");
  });

  it("of a placeholder without a value names it, after what was applied", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "select 1;", "V2__b.sql": "select '${nope}';" });
    const result = godwit(p, `-url=${db.url}`, "migrate");
    expect(complaint(result)).toEqual([1, "The placeholder ${nope} has no value."]);
    expect(result.stderr).toMatch(/applied +V1 a\n/);
  });

  it.each([
    ["Ctrl-C", ["SIGINT"], 130],
    ["Ctrl-C that comes twice, once from npm", ["SIGINT", "SIGINT"], 130],
    ["a terminal that is closed", ["SIGHUP"], "SIGHUP"],
  ] as const)("of %s ends cleanly", async (_, signals, end) => {
    await using db = await testDatabase();
    using p = project(db, { "V1__slow.sql": "create table s(id int);\nselect pg_sleep(600);" });
    const args = ["-locations=filesystem:sql", `-url=${db.url}`, "--format", "jsonl", "migrate"];
    const child = spawn(process.execPath, [CLI, ...args], { cwd: p.dir, env });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes("pg_sleep") && !child.killed) for (const signal of signals) child.kill(signal);
    });
    const ended = await new Promise((done) => child.on("close", (code, signal) => done(code ?? signal)));
    expect(ended).toBe(end);
    expect(out).toContain('"sqlState":"57014"');
    expect(await db.rows("select to_regclass('s')")).toEqual([""]);
  });

  it("of an output that cannot be written", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "select 1;" });
    const url = `-url=${db.url}`;
    expect(complaint(godwit(p, url, "-outputFile=nope/x", "info"))).toEqual([
      1,
      `The outputFile ${p.dir}/nope/x cannot be written: its folder does not exist.`,
    ]);
    expect(complaint(godwit(p, url, "-dryRunOutput=sql", "migrate"))).toEqual([
      1,
      `The dry run's script ${p.dir}/sql cannot be written: it is a folder.`,
    ]);
    expect(await db.rows("select to_regclass('flyway_schema_history')")).toEqual([""]);
    if (!existsSync("/dev/full")) return;
    const full = godwit(p, url, "-outputFile=/dev/full", "migrate");
    expect([full.status, full.stderr]).toEqual([
      1,
      "ERROR: The outputFile cannot be written: no space is left on the device.\n",
    ]);
    expect(await db.rows("select version from flyway_schema_history")).toEqual(["1"]);
  });
});
