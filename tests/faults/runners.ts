// Many runners at once, some of them broken: each file once, nobody hangs, nothing invalid is left.
import { type Fault, startBreaker, type Way } from "./breaker.ts";
import { pause } from "./cluster.ts";
import { difference } from "./fingerprint.ts";
import { describe, lines, migrate, type Prepared, withDatabase } from "./trial.ts";

export interface Round {
  readonly seed: number;
  readonly runners: number;
  readonly broken: number;
  /** What is wrong afterwards; empty when nothing is. */
  readonly differences: readonly string[];
}

/** Those that leave the server to the other runners. */
const WAYS: readonly Way[] = ["client-killed", "line-cut", "answer-lost", "backend-terminated"];

/** A runner that is not done by then hangs: the whole round takes a second or two. */
const HANG_MS = 120_000;

export function round(prepared: Prepared, seed: number): Promise<Round> {
  const random = randomOf(seed);
  const { cluster, dir, project, wanted, writes } = prepared;
  const plans = Array.from({ length: 2 + Math.trunc(random() * 7) }, () => planOf(random, writes));
  return withDatabase(cluster, async (tag) => {
    const differences: string[] = [];
    let broken = 0;
    const runner = async (plan: Plan): Promise<void> => {
      await pause(plan.startMs);
      await using admin = await cluster.open();
      await using breaker = await startBreaker(cluster, plan.fault, admin, () => {});
      const target = cluster.target(tag, breaker.socketDir);
      const run = await migrate(dir, target, project.settings(tag));
      await breaker.broken;
      if (breaker.broken !== undefined) broken++;
      else if (run.error !== undefined) differences.push(`an unbroken runner failed: ${describe(run.error)}`);
    };
    const all = Promise.all(plans.map(runner));
    const isOver = await within(HANG_MS, all);
    if (!isOver)
      return { seed, runners: plans.length, broken, differences: [...differences, "a runner hangs"] };
    const last = await migrate(dir, cluster.target(tag), project.settings(tag));
    if (last.error !== undefined) differences.push(`the last run failed: ${describe(last.error)}`);
    else differences.push(...difference(wanted, await lines(cluster, project, tag)));
    return { seed, runners: plans.length, broken, differences };
  });
}

/** False when the action is not over by then. */
async function within(ms: number, action: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([action.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

interface Plan {
  readonly startMs: number;
  readonly fault: Fault | undefined;
}

function planOf(random: () => number, writes: number): Plan {
  const startMs = random() * 30;
  const way = WAYS[Math.trunc(random() * WAYS.length)];
  const n = 1 + Math.trunc(random() * writes);
  const delayMs = random() * 5;
  const isBroken = random() < 0.6;
  return { startMs, fault: isBroken && way !== undefined ? { way, n, delayMs } : undefined };
}

/** Mulberry32: small, seeded, good enough to vary rounds. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
