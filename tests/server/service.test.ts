// examples/service, started as it is against a real server: two replicas at once, on an empty database.
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HISTORY, type TestDatabase, testDatabase } from "../support/database.ts";
import { ROOT, stagePackage } from "../support/package.ts";

let home = "";

/** The example with its dependencies, as npm install would leave it. */
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "godwit-service-"));
  cpSync(join(ROOT, "examples/service"), home, { recursive: true });
  mkdirSync(join(home, "node_modules"));
  stagePackage(join(home, "node_modules/godwit"), ["--no-types"]);
  symlinkSync(join(ROOT, "node_modules/pg"), join(home, "node_modules/pg"));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Replica extends AsyncDisposable {
  readonly output: () => string;
  readonly url: string;
  /** Asks it to end; gives its exit code. */
  stop(): Promise<number | null>;
}

async function start(db: TestDatabase): Promise<Replica> {
  const child: ChildProcess = spawn(process.execPath, ["src/main.js"], {
    cwd: home,
    env: { PATH: process.env["PATH"], DATABASE_URL: db.url, PORT: "0" },
  });
  let output = "";
  const exited = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const port = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
      const found = /listening on (\d+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    void exited.then((code) => reject(new Error(`ended with ${code}: ${output}`)));
  });
  const stop = (): Promise<number | null> => {
    child.kill("SIGTERM");
    return exited;
  };
  return {
    output: () => output,
    url: `http://127.0.0.1:${port}`,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

async function ask(url: string, body?: object): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(url, {
    headers: { connection: "close" },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

const applied = (replica: Replica): number => Number(/migrations applied: (\d+)/.exec(replica.output())?.[1]);

describe("the example service", () => {
  it("starts twice at once on an empty database, migrates it once, and serves", async () => {
    await using db = await testDatabase();
    const [one, two] = await Promise.all([start(db), start(db)]);
    await using _one = one;
    await using _two = two;
    expect(applied(one) + applied(two)).toBe(5);
    expect((await db.rows(HISTORY)).map((row) => row.split("|").slice(1, 4).join(" "))).toEqual([
      "1 Create rooms SQL",
      "2 Create bookings SQL",
      "3 Furnish the floors CUSTOM",
      "4 Index bookings by day SQL",
      " Room use SQL",
    ]);
    for (const { url } of [one, two]) {
      expect(await ask(`${url}/health`)).toEqual({ status: 200, body: { ok: true, rooms: 12 } });
    }
    const booking = { day: "2030-05-01", guest: "Ada" };
    expect(await ask(`${one.url}/rooms/south-2/bookings`, booking)).toMatchObject({
      status: 201,
      body: booking,
    });
    expect((await ask(`${two.url}/rooms/south-2/bookings`, booking)).status).toBe(409);
    expect((await ask(`${two.url}/rooms/nowhere/bookings`, booking)).status).toBe(404);
    expect((await ask(`${two.url}/rooms/south-2/bookings`, { day: "soon", guest: "Bob" })).status).toBe(400);
    expect((await ask(`${two.url}/rooms`)).body).toContainEqual({
      code: "south-2",
      seats: 12,
      days_booked: 1,
    });
    expect([await one.stop(), await two.stop()]).toEqual([0, 0]);
    expect(await db.rows("select count(*) from pg_stat_activity where datname = current_database()")).toEqual(
      ["1"],
    );
  });

  it("starts again with nothing to apply", async () => {
    await using db = await testDatabase();
    await (await start(db)).stop();
    await using again = await start(db);
    expect(applied(again)).toBe(0);
  });

  it("does not start on a database that it cannot bring to its version", async () => {
    await using db = await testDatabase();
    await db.run("create schema booking");
    await expect(start(db)).rejects.toThrow(/V1__Create_rooms\.sql: schema "booking" already exists/);
    expect(await db.rows("select count(*) from flyway_schema_history")).toEqual(["0"]);
  });
});
