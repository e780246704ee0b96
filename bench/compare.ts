// Programs beside each other, in turn: wall time, processor time and memory as medians and ratios to the first.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Timed {
  readonly seconds: number;
  /** User and system time of the process; 0 where /usr/bin/time is missing, as the next. */
  readonly cpu: number;
  /** Peak memory of the process, MiB. */
  readonly mib: number;
}

export interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly before?: () => Promise<void>;
  /** Exit codes that are no failure; 0 unless set. */
  readonly ends?: readonly number[];
}

export const found = (command: string): boolean => spawnSync(command, ["--version"]).status === 0;

const gnuTime = found("/usr/bin/time");
const dir = mkdtempSync(join(tmpdir(), "godwit-compare-"));
process.on("exit", () => rmSync(dir, { recursive: true, force: true }));

export function run(
  command: readonly string[],
  cwd: string,
  { env = {}, ends = [0] }: Pick<Contestant, "env" | "ends"> = {},
): Timed {
  const notes = join(dir, "notes");
  const whole = gnuTime ? ["/usr/bin/time", "-f", "%M %U %S", "-o", notes, ...command] : command;
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(whole[0] ?? "", whole.slice(1), {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (status === null || !ends.includes(status))
    throw new Error(`${command.slice(0, 8).join(" ")} ended with ${status}: ${stderr}`);
  const noted = gnuTime ? readFileSync(notes, "utf8").trim().split("\n").at(-1) : "0 0 0";
  const [kib = 0, user = 0, system = 0] = (noted ?? "").split(" ").map(Number);
  return { seconds, cpu: user + system, mib: Math.round(kib / 1024) };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.trunc(values.length / 2)] ?? 0;

/** All contestants in turn, `rounds` times; the first is the yardstick. */
export async function compare(
  title: string,
  rounds: number,
  contestants: readonly Contestant[],
): Promise<void> {
  const times = contestants.map((): Timed[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, c] of contestants.entries()) {
      await c.before?.();
      times[i]?.push(run(c.command, c.cwd, c));
    }
  }
  const ratio = (own: readonly Timed[], of: (t: Timed) => number): string =>
    median(own.map((t, round) => of(t) / (of(times[0]?.[round] ?? t) || 1)))
      .toFixed(2)
      .padStart(6);
  process.stdout.write(`\n${title} (${rounds} rounds in turn, medians; wall, processor, peak memory)\n`);
  for (const [i, c] of contestants.entries()) {
    const own = times[i] ?? [];
    const ms = (of: (t: Timed) => number): string => (median(own.map(of)) * 1000).toFixed(0).padStart(7);
    process.stdout.write(
      `  ${c.name.padEnd(34)} ${ms((t) => t.seconds)} ms ${ratio(own, (t) => t.seconds)} x ` +
        `${ms((t) => t.cpu)} ms ${ratio(own, (t) => t.cpu)} x  ${String(Math.max(...own.map((t) => t.mib))).padStart(5)} MiB\n`,
    );
  }
}
