// A keystroke in an editor beside a whole run of lint over the same folder, as a ratio:
//   node script/run-ts.mjs bench/lsp.ts [N]
// N migrations (5,000) of bench/make-migrations.ts; typed in the last, the middle and the first of them.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { editor } from "../tests/support/editor.ts";

const [count = "5000"] = process.argv.slice(2);
const PRESSES = 41;
const CLI = resolve("dist/cli.cjs");
const dir = mkdtempSync(join(tmpdir(), "godwit-bench-"));

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.trunc(numbers.length / 2)] ?? Number.NaN;

/** Seconds of processor time that a process has had, in steps of 10 ms (proc(5)); Linux alone says. */
function cpuOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

try {
  const made = spawnSync("node", ["script/run-ts.mjs", "bench/make-migrations.ts", join(dir, "p"), count]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  const project = join(dir, "p");
  writeFileSync(join(project, "flyway.conf"), "flyway.locations=filesystem:sql\n");
  const began = performance.now();
  spawnSync("node", [CLI, "lint", "--format=json"], { cwd: project, maxBuffer: 2 ** 30 });
  const whole = (performance.now() - began) / 1000;
  console.log(`godwit lint, ${count} files: ${whole.toFixed(2)} s`);

  const names = readdirSync(join(project, "sql")).sort(
    (a, b) => Number.parseInt(a.slice(1), 10) - Number.parseInt(b.slice(1), 10),
  );
  await using typist = await editor([project], { textDocument: { diagnostic: {} } });
  const ask = async (uri: string): Promise<number> => {
    const before = performance.now();
    await typist.connection.sendRequest("textDocument/diagnostic", { textDocument: { uri } });
    return (performance.now() - before) / 1000;
  };
  for (const name of [names.at(-1), names[names.length >> 1], names[0]]) {
    if (name === undefined) continue;
    const uri = pathToFileURL(join(project, "sql", name)).href;
    const text = readFileSync(join(project, "sql", name), "utf8");
    await typist.open(uri, text);
    const first = await ask(uri);
    const cpu = cpuOf(typist.process.pid);
    const times: number[] = [];
    for (let i = 0; i < PRESSES; i++) {
      await typist.change(uri, `${" ".repeat(i % 2)}${text}`);
      times.push(await ask(uri));
    }
    const each = (cpuOf(typist.process.pid) - cpu) / PRESSES;
    console.log(
      `${name}: opened ${first.toFixed(2)} s; a keystroke ${(median(times) * 1000).toFixed(1)} ms (${(median(times) / whole).toFixed(4)} x lint), processor ${(each * 1000).toFixed(1)} ms`,
    );
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
