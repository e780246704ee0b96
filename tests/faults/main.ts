// The long form of the fault tests: script/faults [runners]. Prints how many trials were made, and every difference.
import { availableParallelism } from "node:os";
import { type Fault, TIMED, WAYS, type Way } from "./breaker.ts";
import { startCluster } from "./cluster.ts";
import { contended, everyKind, type FaultProject, insurance } from "./projects.ts";
import { type Round, round } from "./runners.ts";
import { type Prepared, prepare, type Trial, trial } from "./trial.ts";

interface Options {
  readonly from: number;
  readonly step: number;
  readonly rounds: number;
  readonly ways: readonly Way[];
  readonly project: string | undefined;
  readonly workers: number;
}

function read(args: readonly string[]): Options {
  const value = (name: string): string | undefined =>
    args.find((a) => a.startsWith(`--${name}=`))?.slice(name.length + 3);
  const wanted = value("ways")?.split(",");
  return {
    from: Number(value("from") ?? 1),
    step: Number(value("step") ?? 1),
    rounds: Number(value("rounds") ?? 1000),
    ways: WAYS.filter((way) => wanted === undefined || wanted.includes(way)),
    project: value("project"),
    workers: Number(value("workers") ?? Math.max(1, Math.trunc(availableParallelism() / 2))),
  };
}

// --- jobs, shared out over clusters ----------------------------------------------------------------------------------

/** What is to be done with a project, and whether it went wrong. */
type Job = (prepared: Prepared) => Promise<boolean>;

/** Prepares the projects on a cluster a worker, and does the jobs that the first of them lists. */
async function share(
  workers: number,
  projects: readonly FaultProject[],
  list: (prepared: Prepared) => readonly Job[],
): Promise<void> {
  const since = performance.now();
  const jobs: { readonly project: string; readonly job: Job }[] = [];
  const listed = gate();
  let done = 0;
  let wrong = 0;
  const work = async (isFirst: boolean): Promise<void> => {
    await using cluster = await startCluster();
    const prepared = new Map<string, Prepared>();
    for (const project of projects) {
      const one = await prepare(cluster, project);
      prepared.set(project.name, one);
      if (!isFirst) continue;
      console.log(`${project.name}: ${one.writes} writes`);
      jobs.push(...list(one).map((job) => ({ project: project.name, job })));
    }
    if (isFirst) listed.open();
    await listed.promise;
    for (let next = jobs.shift(); next !== undefined; next = jobs.shift()) {
      const one = prepared.get(next.project);
      if (one === undefined) continue;
      if (!(await next.job(one))) wrong++;
      if (++done % 100 === 0) {
        console.log(`${done} done, ${wrong} with differences, ${seconds(since)} s, ${jobs.length} to go`);
      }
    }
    for (const one of prepared.values()) one[Symbol.dispose]();
  };
  await Promise.all(Array.from({ length: workers }, (_, i) => work(i === 0)));
  if (wrong > 0) process.exitCode = 1;
  console.log(`${seconds(since)} s`);
}

const seconds = (since: number): number => Math.round((performance.now() - since) / 1000);

function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

// --- every write broken in every way -----------------------------------------------------------------------------------

/** At once, soon, and somewhere in the middle of a statement: the same for the same n. */
const delaysOf = (way: Way, n: number): readonly number[] =>
  TIMED.has(way) ? [0, 0.5 + (n % 4) / 4, 2 + ((n * 7919) % 10) / 2] : [0];

async function breakEverything(options: Options): Promise<void> {
  const trials: Trial[] = [];
  const one =
    (fault: Fault): Job =>
    async (prepared) => {
      const result = await trial(prepared, fault);
      trials.push(result);
      printTrial(prepared.project.name, result);
      return result.differences.length === 0;
    };
  const projects = [everyKind, insurance].filter((p) => p.name.includes(options.project ?? ""));
  await share(options.workers, projects, ({ writes }) => {
    const jobs: Job[] = [];
    // One more than there are: the last trial passes untouched.
    for (let n = options.from; n <= writes + 1; n += options.step) {
      for (const way of options.ways) {
        for (const delayMs of delaysOf(way, n)) jobs.push(one({ way, n, delayMs }));
      }
    }
    return jobs;
  });
  const broken = trials.filter((t) => t.touched).length;
  const different = trials.filter((t) => t.differences.length > 0).length;
  console.log(
    `${trials.length} trials: ${broken} broken, ${trials.length - broken} passed untouched, ${different} with differences`,
  );
}

function printTrial(project: string, { differences, fault, victim }: Trial): void {
  if (differences.length === 0) return;
  const { delayMs, n, way } = fault;
  console.log(`DIFFERENT: ${project}, ${way} at write ${n} (${delayMs} ms): ${victim.slice(0, 300)}`);
  for (const line of differences) console.log(`    ${line}`);
}

// --- many runners ----------------------------------------------------------------------------------------------------

async function manyRunners(options: Options): Promise<void> {
  const rounds: Round[] = [];
  const one =
    (seed: number): Job =>
    async (prepared) => {
      const result = await round(prepared, seed);
      rounds.push(result);
      if (result.differences.length > 0) {
        console.log(`DIFFERENT: seed ${seed}, ${result.runners} runners, ${result.broken} broken`);
        for (const line of result.differences) console.log(`    ${line}`);
      }
      return result.differences.length === 0;
    };
  await share(options.workers, [contended], () =>
    Array.from({ length: options.rounds }, (_, i) => one(options.from + i)),
  );
  const sum = (of: (r: Round) => number): number => rounds.reduce((total, r) => total + of(r), 0);
  const different = rounds.filter((r) => r.differences.length > 0).length;
  console.log(
    `${rounds.length} rounds: ${sum((r) => r.runners)} runners, ${sum((r) => r.broken)} of them broken, ${different} rounds with differences`,
  );
}

const [what, ...rest] = process.argv.slice(2);
if (what === "runners") await manyRunners(read(rest));
else await breakEverything(read(process.argv.slice(2)));
