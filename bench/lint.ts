// lint beside squawk, as ratios, in one run on one machine:
//   GODWIT_BENCH_SQUAWK=/path/to/squawk node script/run-ts.mjs bench/lint.ts [many] [large] [one]
// squawk comes from PyPI (pip install squawk-cli) or crates.io. Both print a line a finding.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Contestant, compare, found } from "./compare.ts";

const wanted = process.argv.slice(2);
const asked = (part: string): boolean => wanted.length === 0 || wanted.includes(part);
const CLI = resolve("dist/cli.cjs");
const SQUAWK = process.env["GODWIT_BENCH_SQUAWK"] ?? "squawk";
const ROUNDS = Number(process.env["GODWIT_BENCH_ROUNDS"] ?? "3");
const dir = mkdtempSync(join(tmpdir(), "godwit-bench-lint-"));

function makeFolder(count: number): string {
  const folder = join(dir, `l${count}`);
  const made = spawnSync(process.execPath, [
    "script/run-ts.mjs",
    "bench/make-lint.ts",
    folder,
    String(count),
  ]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  return folder;
}

/** Findings are no failure. */
const ENDS = [0, 1];

const contestants = (cwd: string): readonly Contestant[] => [
  ...(found(SQUAWK)
    ? [
        {
          name: "squawk --reporter gcc",
          command: [SQUAWK, "--reporter", "gcc", ...readdirSync(join(cwd, "sql")).map((f) => `sql/${f}`)],
          cwd,
          ends: ENDS,
        },
      ]
    : []),
  {
    name: "godwit lint --format line",
    command: [process.execPath, CLI, "lint", "--format", "line"],
    cwd,
    ends: ENDS,
  },
];

/** As many bytes in one file, statement by statement those of a folder. */
function joined(folder: string, megabytes: number): string {
  const cwd = join(dir, "large");
  mkdirSync(join(cwd, "sql"), { recursive: true });
  let text = "";
  const files = readdirSync(join(folder, "sql")).sort(
    (a, b) => Number.parseInt(a.slice(1), 10) - Number.parseInt(b.slice(1), 10),
  );
  for (const file of files) {
    if (text.length >= megabytes * 1e6) break;
    text += readFileSync(join(folder, "sql", file), "utf8");
  }
  writeFileSync(join(cwd, "sql/V1__All.sql"), text);
  return cwd;
}

try {
  if (!found(SQUAWK)) process.stdout.write("There is no squawk to compare with.\n");
  if (asked("many")) await compare("5,000 files, 26 MB", ROUNDS, contestants(makeFolder(5000)));
  if (asked("large")) await compare("One file of 10 MB", ROUNDS, contestants(joined(makeFolder(2100), 10)));
  if (asked("one")) {
    const cwd = makeFolder(1);
    const node = { name: "node -e 0", command: [process.execPath, "-e", "0"], cwd };
    await compare("One file", ROUNDS * 5, [node, ...contestants(cwd)]);
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
