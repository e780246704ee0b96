// The conformance proof: every scenario, whole folders, and tools taking turns, with the real Flyway beside godwit.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { ALTERNATION } from "./alternation.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { compare, type Difference } from "./compare.ts";
import { ELEVEN_DIFFERS } from "./eleven.ts";
import { type Flyways, findFlyways } from "./flyway.ts";
import { exampleScenario, folderScenario } from "./folders.ts";
import { buildGodwit } from "./godwit.ts";
import { type Choose, play, type Stage } from "./play.ts";
import { readRecording, writeRecording } from "./recording.ts";
import type { Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import type { Finished, Tool } from "./tools.ts";
import { unwanted } from "./wanted.ts";

const ROOT = process.cwd();
const RECORDED = join(ROOT, "tests/conformance/recorded");
const CACHE = join(ROOT, ".cache");
const FOLDERS = join(CACHE, "conformance/folders");

const { values: options } = parseArgs({
  options: {
    record: { type: "boolean", default: false },
    "flyway-only": { type: "boolean", default: false },
    recorded: { type: "boolean", default: false },
    only: { type: "string" },
    folder: { type: "string", multiple: true, default: [] },
    part: { type: "string" },
    jobs: { type: "string", default: "2" },
    verbose: { type: "boolean", default: false },
  },
});

const withGodwit = !options.record && !options["flyway-only"];
let passed = 0;
let failed = 0;

/** Scenarios whose commands may come from two tools in turn: those that run beside or after each other. */
const SHARED = new Set(["46", "47", "128"]);

async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "godwit-conformance-"));
  const cluster = await startCluster();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      cluster.stop();
      process.exit(1);
    });
  }
  try {
    const flyways = findTools();
    const godwit = withGodwit ? await buildGodwit(ROOT, join(CACHE, "conformance", "godwit")) : undefined;
    await proveAll({ cluster, dir, dumps: true, onRun: tell }, flyways, godwit);
  } finally {
    cluster.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function findTools(): Flyways | undefined {
  const runner = join(ROOT, "tests/conformance/java/EngineRunner.java");
  const found = options.recorded ? "it was not asked for" : findFlyways(join(CACHE, "flyway"), runner);
  if (typeof found !== "string") return found;
  process.stdout.write(`Without Flyway, because ${found}: godwit is compared with the recordings.\n`);
  return undefined;
}

type Proof = readonly [name: string, prove: () => Promise<void>];

async function proveAll(stage: Stage, flyways: Flyways | undefined, godwit: Tool | undefined): Promise<void> {
  const proofs: readonly Proof[] = [
    ...(await scenarioProofs(stage, flyways, godwit)),
    ...folderProofs(stage, flyways, godwit),
    ...turnProofs(stage, flyways, godwit),
  ];
  const waiting = [...proofs];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, prove] = next;
      await prove().catch((failure: unknown) => report(name, [asDifference(failure)]));
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, work));
}

async function scenarioProofs(
  stage: Stage,
  flyways: Flyways | undefined,
  godwit: Tool | undefined,
): Promise<readonly Proof[]> {
  if (!isWanted("scenarios")) return [];
  const available = await availableExtensions(stage.cluster);
  const only = options.only?.split(",");
  return SCENARIOS.filter(({ id }) => only === undefined || only.includes(id))
    .filter(({ needsExtension }) => needsExtension === undefined || available.has(needsExtension))
    .map((scenario) => [scenario.id, () => proveScenario(stage, scenario, flyways, godwit)]);
}

async function proveScenario(
  stage: Stage,
  scenario: Scenario,
  flyways: Flyways | undefined,
  godwit: Tool | undefined,
): Promise<void> {
  const name = `${scenario.id} ${scenario.title}`;
  const flyway =
    flyways === undefined
      ? readRecording(RECORDED, scenario.id)
      : await playFlyways(stage, scenario, flyways);
  if (flyway === undefined) return report(name, [{ at: "recording", expected: "one", actual: "none" }]);
  if (options.record) writeRecording(RECORDED, flyway);
  if (godwit === undefined) return;
  const own = await play(stage, scenario, "godwit", () => godwit);
  report(name, unwanted(scenario.id, compare(flyway, own)));
  if (flyways === undefined || !SHARED.has(scenario.id)) return;
  for (const [who, choose] of orders(godwit, flyways.thirteen)) {
    report(`${name}, ${who}`, compare(flyway, await play(stage, scenario, "turns", choose)));
  }
}

/** Both Flyways; 13 counts, and 11 must answer alike but for what is known. */
async function playFlyways(stage: Stage, scenario: Scenario, flyways: Flyways) {
  const eleven = await play(stage, scenario, "eleven", () => flyways.eleven);
  const thirteen = await play(stage, scenario, "thirteen", () => flyways.thirteen);
  const known = ELEVEN_DIFFERS[scenario.id];
  const differences = compare(thirteen, eleven);
  const unexpected =
    known === undefined
      ? differences
      : differences.length > 0
        ? []
        : [{ at: "11", expected: known, actual: "no difference" }];
  if (!withGodwit || unexpected.length > 0)
    report(`${scenario.id} ${scenario.title}: 11 beside 13`, unexpected);
  return thirteen;
}

function folderProofs(
  stage: Stage,
  flyways: Flyways | undefined,
  godwit: Tool | undefined,
): readonly Proof[] {
  if (!isWanted("folders")) return [];
  return foldersAsked(flyways).map((scenario) => [
    scenario.id,
    () => proveAlone(stage, scenario, flyways, godwit),
  ]);
}

function foldersAsked(flyways: Flyways | undefined): readonly Scenario[] {
  if (options.folder.length > 0) {
    return options.folder.map((line) => {
      const [path = "", ...args] = line.split(" ");
      return folderScenario(basename(path), path, args);
    });
  }
  const isOurs = flyways === undefined || options.record;
  const cached = isOurs || !existsSync(FOLDERS) ? [] : readdirSync(FOLDERS).sort();
  return [exampleScenario(ROOT), ...cached.map((name) => folderScenario(name, join(FOLDERS, name)))];
}

/** A scenario for which 13.12.0 alone is asked. */
async function proveAlone(
  stage: Stage,
  scenario: Scenario,
  flyways: Flyways | undefined,
  godwit: Tool | undefined,
): Promise<void> {
  const flyway =
    flyways === undefined
      ? readRecording(RECORDED, scenario.id)
      : await play(stage, scenario, "thirteen", () => flyways.thirteen);
  if (flyway === undefined)
    return report(scenario.id, [{ at: "recording", expected: "one", actual: "none" }]);
  if (options.record) writeRecording(RECORDED, flyway);
  if (godwit === undefined) return report(scenario.id, []);
  report(
    `${scenario.id} ${scenario.title}`,
    compare(flyway, await play(stage, scenario, "godwit", () => godwit)),
  );
}

function turnProofs(stage: Stage, flyways: Flyways | undefined, godwit: Tool | undefined): readonly Proof[] {
  if (!isWanted("turns")) return [];
  const proveTurns = async () => {
    await proveAlone(stage, ALTERNATION, flyways, godwit);
    if (flyways === undefined || godwit === undefined) return;
    const alone = await play(stage, ALTERNATION, "alone", () => flyways.thirteen);
    for (const other of [flyways.thirteen, flyways.eleven]) {
      for (const [who, choose] of orders(godwit, other)) {
        const differences = compare(alone, await play(stage, ALTERNATION, "turns", choose));
        report(
          `${ALTERNATION.id}, ${who}`,
          other === flyways.eleven ? withoutWarnings(differences) : differences,
        );
      }
    }
  };
  return [[ALTERNATION.id, proveTurns]];
}

/** 11 warns of outOfOrder in the result, 13 no longer does. */
const withoutWarnings = (differences: readonly Difference[]) =>
  differences.filter(({ at }) => !at.endsWith(".warnings"));

const orders = (a: Tool, b: Tool): readonly (readonly [string, Choose])[] => [
  [`${a.name} first, then ${b.name}`, (nth) => (nth % 2 === 0 ? a : b)],
  [`${b.name} first, then ${a.name}`, (nth) => (nth % 2 === 0 ? b : a)],
];

/** `--only` speaks of scenarios, `--folder` of folders, `--part` of either or the turns. */
function isWanted(part: "scenarios" | "folders" | "turns"): boolean {
  if (options.part !== undefined) return options.part === part;
  if (options.only !== undefined) return part === "scenarios";
  return options.folder.length === 0 || part === "folders";
}

async function availableExtensions(cluster: Cluster): Promise<ReadonlySet<unknown>> {
  const rows = await cluster.query("postgres", "select name from pg_available_extensions");
  return new Set(rows.map((row) => row["name"]));
}

/** A difference early on brings many others with it. */
const FEW = 8;

function report(what: string, differences: readonly Difference[]): void {
  if (differences.length === 0) passed++;
  else failed++;
  const shown = options.verbose ? differences : differences.slice(0, FEW);
  const lines = shown.map(
    ({ at, expected, actual }) => `  ${at}\n    flyway ${cut(expected)}\n    godwit ${cut(actual)}\n`,
  );
  if (shown.length < differences.length) lines.push(`  and ${differences.length - shown.length} more\n`);
  process.stdout.write(`${differences.length === 0 ? "OK  " : "DIFF"} ${what}\n${lines.join("")}`);
}

function tell(args: readonly string[], { exit, stdout, stderr }: Finished): void {
  if (options.verbose) process.stdout.write(`-- ${args.join(" ")} -> ${exit}\n${stdout}${stderr}`);
}

const cut = (line: string): string =>
  line.length > 400 && !options.verbose ? `${line.slice(0, 400)}...` : line;

const asDifference = (failure: unknown): Difference => ({
  at: "harness",
  expected: "an end",
  actual: failure instanceof Error ? (failure.stack ?? failure.message) : String(failure),
});

await main();
