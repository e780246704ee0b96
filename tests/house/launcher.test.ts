// What the launcher keeps of a run: it is used, never trusted, and never in the way.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stagePackage } from "../support/package.ts";

let home = "";

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "godwit-launcher-"));
  stagePackage(join(home, "godwit"), ["--no-types"]);
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

const folder = (): string => join(home, "godwit/dist/cli/compiled");
const clear = (): void => rmSync(folder(), { recursive: true, force: true });

/** Runs as somebody who can be kept from writing, and gives what was printed. */
const version = (env: Readonly<Record<string, string>> = {}, user?: { readonly uid: number }): string =>
  run(["version"], env, user);

function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  user?: { readonly uid: number },
): string {
  const cli = join(home, "godwit/dist/cli.cjs");
  const { status, stderr, stdout } = spawnSync(process.execPath, [cli, ...args], {
    cwd: home,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", ...env },
    ...user,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

function kept(): string {
  const [build = ""] = readdirSync(folder());
  return join(folder(), build, "full.cjs.bin");
}

describe("the launcher", () => {
  it("keeps what was compiled for the next run, which leaves it as it is", () => {
    clear();
    const said = version();
    const { mtimeMs, size } = statSync(kept());
    expect(size).toBeGreaterThan(10_000);
    expect(version()).toBe(said);
    expect(statSync(kept()).mtimeMs).toBe(mtimeMs);
    expect(readdirSync(join(kept(), "..")).filter((name) => !name.endsWith(".bin"))).toEqual([]);
  });

  // lint sets flags of V8 for a while, and what V8 keeps holds for the flags it was made with.
  it("keeps what lint needs of every bundle", () => {
    clear();
    writeFileSync(join(home, "V1__A.sql"), "CREATE TABLE IF NOT EXISTS app.a (id uuid PRIMARY KEY);\n");
    const lint = (): string => run(["lint", "V1__A.sql", "--format", "json", "--fail-on", "error"]);
    const said = lint();
    const times = (): readonly string[] => {
      const at = join(kept(), "..");
      return readdirSync(at).map((name) => `${name} ${statSync(join(at, name)).mtimeMs}`);
    };
    const before = times();
    expect(before.length).toBeGreaterThan(2);
    expect(lint()).toBe(said);
    expect(times()).toEqual(before);
  });

  it("compiles anew what is damaged or of another engine, and mends it", () => {
    clear();
    const said = version();
    const whole = readFileSync(kept());
    const flipped = Buffer.from(whole);
    flipped[whole.length >> 1] = (flipped[whole.length >> 1] ?? 0) ^ 0xff;
    for (const bad of [Buffer.alloc(0), whole.subarray(0, 1000), flipped, Buffer.from("no code at all")]) {
      writeFileSync(kept(), bad);
      expect(version()).toBe(said);
      expect(statSync(kept()).size).toBeGreaterThan(10_000);
    }
  });

  it("keeps nothing when it is told so", () => {
    clear();
    version({ NODE_DISABLE_COMPILE_CACHE: "1" });
    expect(() => readdirSync(folder())).toThrow("ENOENT");
  });

  it.skipIf(process.getuid?.() !== 0)("works where it can write nothing", () => {
    clear();
    chmodSync(home, 0o755);
    expect(version({}, { uid: 65534 })).toMatch(/^godwit /);
    expect(() => readdirSync(folder())).toThrow("ENOENT");
  });
});
