// script/load: a migration on tables that pgbench is at work on, while a report holds one of them for a while. Prints
// for each way of migrating the longest time that a transaction of pgbench took.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster, startCluster } from "../conformance/cluster.ts";
import { findFlyways } from "../conformance/flyway.ts";

const LOCK_TIMEOUT_MS = 100;
/** How long the report reads the table on which the migration wants to work. */
const REPORT_SECONDS = 14;
const LOAD_SECONDS = 22;

const FILES = {
  "V1__note.sql": "ALTER TABLE pgbench_accounts ADD COLUMN note text;\n",
  "V2__index.sql": "CREATE INDEX CONCURRENTLY accounts_bid ON pgbench_accounts (bid);\n",
  "V3__check.sql": "ALTER TABLE pgbench_tellers ADD CONSTRAINT bid_set CHECK (bid > 0) NOT VALID;\n",
};

const BOUNDED = `godwit, lockTimeout=${LOCK_TIMEOUT_MS}ms`;

interface Way {
  readonly name: string;
  readonly command: (database: string) => readonly string[];
}

interface Measured {
  readonly exit: number | null;
  readonly transactions: number;
  /** Milliseconds. */
  readonly longest: number;
  /** Milliseconds that the migration took. */
  readonly migration: number;
}

if (spawnSync("pgbench", ["--version"]).status !== 0) {
  process.stdout.write("SKIPPED: there is no pgbench.\n");
  process.exit(0);
}
const dir = mkdtempSync(join(tmpdir(), "godwit-load-"));
mkdirSync(join(dir, "sql"));
for (const [name, sql] of Object.entries(FILES)) writeFileSync(join(dir, "sql", name), sql);
const cluster = await startCluster(["max_connections=60"]);
try {
  await cluster.query("postgres", "CREATE DATABASE model");
  must("pgbench", [...connection("model"), "-q", "-i", "-s", "5"]);
  const measured = new Map<string, Measured>();
  for (const way of waysOf(cluster)) measured.set(way.name, await measure(cluster, way));
  print(measured);
  judge(measured);
} finally {
  cluster.stop();
  rmSync(dir, { recursive: true, force: true });
}

function waysOf({ host, port, user }: Cluster): readonly Way[] {
  const godwit = (name: string, ...settings: readonly string[]): Way => ({
    name,
    command: (database) => [
      process.execPath,
      resolve("dist/cli.cjs"),
      `-url=postgresql://${user}@${host}:${port}/${database}`,
      "-locations=filesystem:sql",
      "-baselineOnMigrate=true",
      "-baselineVersion=0",
      ...settings,
      "-q",
      "migrate",
    ],
  });
  const flyways = findFlyways(
    resolve(".cache/conformance"),
    resolve("tests/conformance/java/EngineRunner.java"),
  );
  if (typeof flyways === "string") process.stdout.write(`SKIPPED Flyway: ${flyways}.\n`);
  return [
    ...(typeof flyways === "string"
      ? []
      : [
          {
            name: flyways.eleven.name,
            command: (database: string) => [
              ...flyways.eleven.command,
              `-url=jdbc:postgresql://${host}:${port}/${database}`,
              `-user=${user}`,
              `-locations=filesystem:${dir}/sql`,
              "-baselineOnMigrate=true",
              "-baselineVersion=0",
              // Its own lock would keep CREATE INDEX CONCURRENTLY waiting for ever.
              "-postgresql.transactional.lock=false",
              "-q",
              "migrate",
            ],
          },
        ]),
    godwit("godwit"),
    godwit(BOUNDED, `-lockTimeout=${LOCK_TIMEOUT_MS}ms`, "-lockTimeoutRetries=200"),
    godwit(
      "godwit, waitForGap=1min",
      "-waitForGap=1min",
      `-lockTimeout=${LOCK_TIMEOUT_MS}ms`,
      "-lockTimeoutRetries=200",
    ),
  ];
}

function connection(database: string): readonly string[] {
  return ["-h", cluster.host, "-p", String(cluster.port), "-U", cluster.user, database];
}

async function measure({ query, open }: Cluster, way: Way): Promise<Measured> {
  await query("postgres", "DROP DATABASE IF EXISTS busy WITH (FORCE)");
  await query("postgres", "CREATE DATABASE busy TEMPLATE model");
  const log = join(dir, "log");
  const load = start("pgbench", [
    ...connection("busy").slice(0, -1),
    ...["-n", "-c", "4", "-j", "1", "-T", String(LOAD_SECONDS), "-l", `--log-prefix=${log}`, "busy"],
  ]);
  await sleep(1000);
  const report = await open("busy");
  const reading = report.query(
    `SELECT count(*), pg_sleep(${REPORT_SECONDS}) FROM pgbench_accounts WHERE aid < 10`,
  );
  await sleep(1500);
  const since = performance.now();
  const [program = "", ...args] = way.command("busy");
  const exit = await start(program, args);
  const migration = performance.now() - since;
  await reading;
  await report.end();
  await load;
  const latencies = readdirSync(dir)
    .filter((name) => name.startsWith("log."))
    .flatMap((name) => {
      const lines = readFileSync(join(dir, name), "utf8").trimEnd().split("\n");
      rmSync(join(dir, name));
      return lines.map((line) => Number(line.split(" ")[2]) / 1000);
    });
  return {
    exit,
    transactions: latencies.length,
    longest: latencies.reduce((most, one) => Math.max(most, one), 0),
    migration,
  };
}

function start(program: string, args: readonly string[]): Promise<number | null> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { cwd: dir, stdio: ["ignore", "ignore", "inherit"] });
    child.once("error", fail);
    child.once("close", done);
  });
}

function must(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
}

function print(measured: ReadonlyMap<string, Measured>): void {
  process.stdout.write(
    `A report holds pgbench_accounts for ${REPORT_SECONDS} s; 4 clients; ${Object.keys(FILES).length} files.\n` +
      `${"".padEnd(42)}  longest transaction   transactions   migration\n`,
  );
  for (const [name, m] of measured) {
    const failed = m.exit === 0 ? "" : `  (exit code ${m.exit})`;
    process.stdout.write(
      `${name.padEnd(42)}  ${m.longest.toFixed(0).padStart(16)} ms  ${String(m.transactions).padStart(13)}  ${m.migration.toFixed(0).padStart(8)} ms${failed}\n`,
    );
  }
}

/** With lock_timeout the load stalls for less than half of what it stalls without: anything else is a failure. */
function judge(measured: ReadonlyMap<string, Measured>): void {
  const bounded = measured.get(BOUNDED);
  const free = measured.get("godwit");
  const kept = bounded !== undefined && free !== undefined && bounded.longest * 2 < free.longest;
  const finished = [...measured.values()].every(({ exit }) => exit === 0);
  process.stdout.write(
    `${kept && finished ? "OK" : "FAILED"}: the longest stall is bounded by lockTimeout.\n`,
  );
  process.exitCode = kept && finished ? 0 : 1;
}
