// The long form of the fault tests: script/faults. Prints how many trials were made, and every difference.
import { availableParallelism } from "node:os";
import { type Fault, WAYS, type Way } from "./breaker.ts";
import { startCluster } from "./cluster.ts";
import { everyKind, insurance } from "./projects.ts";
import { type Prepared, prepare, type Trial, trial } from "./trial.ts";

interface Options {
  readonly from: number;
  readonly step: number;
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
    ways: WAYS.filter((way) => wanted === undefined || wanted.includes(way)),
    project: value("project"),
    workers: Number(value("workers") ?? Math.max(1, Math.trunc(availableParallelism() / 2))),
  };
}

/** Long enough to fall into the middle of a statement, in thirds of a millisecond, the same for the same n. */
const delayOf = (n: number): number => ((n * 7919) % 10) / 3;

async function main(): Promise<void> {
  const options = read(process.argv.slice(2));
  const faults: { readonly project: string; readonly fault: Fault }[] = [];
  const failures: { readonly project: string; readonly trial: Trial }[] = [];
  let touched = 0;
  let untouched = 0;
  const since = performance.now();
  const projects = [everyKind, insurance].filter(
    (p) => options.project === undefined || p.name.includes(options.project),
  );

  const listed = gate();
  const work = async (first: boolean, ready: (p: Prepared) => void): Promise<void> => {
    await using cluster = await startCluster();
    const prepared = new Map<string, Prepared>();
    for (const project of projects) {
      const one = await prepare(cluster, project);
      prepared.set(project.name, one);
      if (first) ready(one);
    }
    if (first) listed.resolve();
    await listed.promise;
    for (let next = faults.shift(); next !== undefined; next = faults.shift()) {
      const one = prepared.get(next.project);
      if (one === undefined) continue;
      const result = await trial(one, next.fault);
      if (result.touched) touched++;
      else untouched++;
      if (result.differences.length > 0) {
        failures.push({ project: next.project, trial: result });
        print(next.project, result);
      }
      if ((touched + untouched) % 100 === 0) {
        const seconds = Math.round((performance.now() - since) / 1000);
        console.log(
          `${touched + untouched} trials, ${failures.length} with differences, ${seconds} s, ${faults.length} to go`,
        );
      }
    }
    for (const one of prepared.values()) one[Symbol.dispose]();
  };

  const ready = ({ project, writes }: Prepared): void => {
    console.log(`${project.name}: ${writes} writes`);
    // One more than there are: the last trial must pass untouched.
    for (let n = options.from; n <= writes + 1; n += options.step) {
      for (const way of options.ways)
        faults.push({ project: project.name, fault: { way, n, delayMs: delayOf(n) } });
    }
  };
  // The first worker finds out how many writes there are.
  await Promise.all(Array.from({ length: options.workers }, (_, i) => work(i === 0, ready)));
  console.log(
    `${touched + untouched} trials (${touched} broken, ${untouched} passed untouched), ${failures.length} with differences, ` +
      `${Math.round((performance.now() - since) / 1000)} s`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}

function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function print(project: string, { differences, fault, victim }: Trial): void {
  console.log(
    `DIFFERENT: ${project}, ${fault.way} at write ${fault.n} (${fault.delayMs.toFixed(1)} ms): ${victim.slice(0, 300)}`,
  );
  for (const line of differences) console.log(`    ${line}`);
}

await main();
