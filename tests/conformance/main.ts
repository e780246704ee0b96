// The conformance proof: every scenario, whole folders, and tools taking turns, with the real Flyway beside godwit.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Cluster, startCluster } from "./cluster.ts";
import { compare, type Difference } from "./compare.ts";
import { ELEVEN_DIFFERS } from "./eleven.ts";
import { type Flyways, findFlyways } from "./flyway.ts";
import { play, type Recording, type Stage } from "./play.ts";
import { readRecording, writeRecording } from "./recording.ts";
import type { Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import { program, type Tool } from "./tools.ts";

const ROOT = process.cwd();
const RECORDED = join(ROOT, "tests/conformance/recorded");

const { values: options } = parseArgs({
  options: {
    record: { type: "boolean", default: false },
    "flyway-only": { type: "boolean", default: false },
    recorded: { type: "boolean", default: false },
    only: { type: "string" },
    jobs: { type: "string", default: "2" },
    verbose: { type: "boolean", default: false },
  },
});

let passed = 0;
let failed = 0;

function report(what: string, differences: readonly Difference[]): void {
  if (differences.length === 0) passed++;
  else failed++;
  const lines = differences.map(
    ({ at, expected, actual }) => `  ${at}\n    flyway ${cut(expected)}\n    other  ${cut(actual)}`,
  );
  process.stdout.write(
    `${differences.length === 0 ? "OK  " : "DIFF"} ${what}\n${lines.map((l) => `${l}\n`).join("")}`,
  );
}

const cut = (text: string): string =>
  text.length > 400 && !options.verbose ? `${text.slice(0, 400)}...` : text;

async function main(): Promise<void> {
  const found = options.recorded
    ? "not asked for"
    : findFlyways(join(ROOT, ".cache/flyway"), join(ROOT, "tests/conformance/java/EngineRunner.java"));
  if (typeof found === "string")
    process.stdout.write(`Without Flyway (${found}): compared with the recordings.\n`);
  const cluster = await startCluster();
  const dir = mkdtempSync(join(tmpdir(), "godwit-conformance-"));
  try {
    await runScenarios(cluster, dir, typeof found === "string" ? undefined : found);
  } finally {
    cluster.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

async function runScenarios(cluster: Cluster, dir: string, flyways: Flyways | undefined): Promise<void> {
  const wanted = options.only?.split(",");
  const waiting = SCENARIOS.filter((scenario) => wanted === undefined || wanted.includes(scenario.id));
  const stage: Stage = {
    cluster,
    dir,
    ...(options.verbose
      ? {
          onRun: (step, result) =>
            process.stdout.write(
              `-- ${step.args.join(" ")} -> ${result.exit}\n${result.stdout}${result.stderr}`,
            ),
        }
      : {}),
  };
  const extensions = await cluster.query("postgres", "select name from pg_available_extensions");
  const available = new Set(extensions.map((row) => row["name"]));
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (next.needsExtension !== undefined && !available.has(next.needsExtension)) continue;
      try {
        await runScenario(stage, next, flyways);
      } catch (failure) {
        report(next.id, [
          {
            at: "harness",
            expected: "an end",
            actual: failure instanceof Error ? (failure.stack ?? failure.message) : String(failure),
          },
        ]);
      }
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, work));
}

async function runScenario(stage: Stage, scenario: Scenario, flyways: Flyways | undefined): Promise<void> {
  const what = `${scenario.id} ${scenario.title}`;
  let flyway: Recording | undefined = readRecording(RECORDED, scenario.id);
  if (flyways !== undefined) {
    const eleven = await play(stage, scenario, "eleven", () => flyways.eleven);
    flyway = await play(stage, scenario, "thirteen", () => flyways.thirteen);
    if (options.record) writeRecording(RECORDED, flyway);
    const known = ELEVEN_DIFFERS[scenario.id];
    const differs = compare(flyway, eleven);
    const unexpected =
      known === undefined
        ? differs
        : differs.length > 0
          ? []
          : [{ at: "11", expected: known, actual: "no difference" }];
    if (options.record || options["flyway-only"] || unexpected.length > 0)
      report(`${what}: 11 beside 13`, unexpected);
    if (options.record || options["flyway-only"]) return;
  }
  if (flyway === undefined) return report(what, [{ at: "recording", expected: "one", actual: "none" }]);
  report(what, compare(flyway, await play(stage, scenario, "godwit", () => godwit())));
}

function godwit(): Tool {
  return program("godwit", process.execPath, [resolve(ROOT, "dist/cli.js")]);
}

await main();
