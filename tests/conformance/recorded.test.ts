// godwit beside the recordings of Flyway: needs no Java. script/conformance compares with the real Flyway.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ALTERNATION } from "./alternation.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { compare } from "./compare.ts";
import { exampleScenario } from "./folders.ts";
import { buildGodwit } from "./godwit.ts";
import { play } from "./play.ts";
import { readRecording } from "./recording.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import type { Tool } from "./tools.ts";
import { unwanted, WANTED_PAGES } from "./wanted.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const RECORDED = join(import.meta.dirname, "recorded");

let cluster: Cluster;
let dir: string;
let godwit: Tool;
let extensions: ReadonlySet<unknown>;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "godwit-recorded-"));
  [cluster, godwit] = await Promise.all([startCluster(), buildGodwit(ROOT, join(dir, "dist"))]);
  const available = await cluster.query("postgres", "select name from pg_available_extensions");
  extensions = new Set(available.map((row) => row["name"]));
});

afterAll(() => {
  cluster?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Each starts the program up to thirty times; a busy machine must not make that a failure. */
const PATIENCE = { timeout: 600_000 };

describe.concurrent("answers as Flyway did", PATIENCE, () => {
  for (const scenario of [...SCENARIOS, ALTERNATION, exampleScenario(ROOT)]) {
    test(`${scenario.id}: ${scenario.title}`, async (context) => {
      const { needsExtension } = scenario;
      if (needsExtension !== undefined && !extensions.has(needsExtension)) context.skip();
      const recording = readRecording(RECORDED, scenario.id);
      if (recording === undefined) throw new Error(`no recording of scenario ${scenario.id}`);
      const played = await play({ cluster, dir, dumps: false }, scenario, "godwit", () => godwit);
      context.expect(unwanted(scenario.id, compare(recording, played))).toEqual([]);
    });
  }
});

test("tells of every wanted difference in the documents", () => {
  const page = readFileSync(join(ROOT, "docs/flyway-differences.md"), "utf8");
  expect(WANTED_PAGES.filter((words) => !page.includes(words))).toEqual([]);
});
