// A part of the long form (script/faults): some writes of a run broken in each way. GODWIT_FAULTS=long breaks them all.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fault, WAYS } from "./breaker.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { contended, everyKind, insurance } from "./projects.ts";
import { round } from "./runners.ts";
import { type Prepared, prepare, trial } from "./trial.ts";

const IS_LONG = process.env["GODWIT_FAULTS"] === "long";
const LONG_MS = 4 * 3600 * 1000;

/** In the short form each way once, spread over the run, and another spread for each project. */
function faultsOf({ writes }: Prepared, shift: number): readonly Fault[] {
  // SIGKILL needs a built dist/.
  const ways = WAYS.filter((way) => IS_LONG || way !== "process-killed");
  if (!IS_LONG) {
    return ways.map((way, i) => ({
      way,
      n: 3 + ((shift + Math.trunc((i * writes) / ways.length)) % (writes - 3)),
      delayMs: 1,
    }));
  }
  return Array.from({ length: writes + 1 }, (_, i) => i + 1).flatMap((n) =>
    ways.map((way) => ({ way, n, delayMs: n % 4 })),
  );
}

describe("after a break at any write, in any way, the next migrate leaves what an uninterrupted run does", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  for (const [project, shift] of [
    [everyKind, 17],
    [insurance, 5],
  ] as const) {
    it(project.name, { timeout: IS_LONG ? LONG_MS : 120_000 }, async () => {
      using prepared = await prepare(cluster, project);
      for (const fault of faultsOf(prepared, shift)) {
        const { differences, victim } = await trial(prepared, fault);
        expect({ fault, victim, differences }).toEqual({ fault, victim, differences: [] });
      }
    });
  }

  it("many runners", { timeout: IS_LONG ? LONG_MS : 120_000 }, async () => {
    using prepared = await prepare(cluster, contended);
    for (let seed = 1; seed <= (IS_LONG ? 1000 : 3); seed++) {
      const { differences } = await round(prepared, seed);
      expect({ seed, differences }).toEqual({ seed, differences: [] });
    }
  });
});
