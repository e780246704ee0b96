// Figures as ratios, in one run, on one machine: godwit beside bare Node, psql and what else is at hand.
//   node script/run-ts.mjs bench/run.ts [start] [migrate] [seed] [peers]
// A server of its own with the settings of a real one (fsync on) is started in a temporary folder.
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { connect } from "../src/server/connect.ts";
import { startEmbedded } from "../src/server/embedded.ts";
import { startCluster } from "../tests/conformance/cluster.ts";
import { type Contestant, compare, found, run } from "./compare.ts";
import { findPeers, type Peer } from "./peers.ts";

const wanted = process.argv.slice(2);
const asked = (part: string): boolean => wanted.length === 0 || wanted.includes(part);
const CLI = resolve("dist/cli.cjs");
const dir = mkdtempSync(join(tmpdir(), "godwit-bench-"));

await using server = await startEmbedded({ dir: join(dir, "cluster"), mode: "persistent" });
await using admin = await connect(server.target, {
  connectRetries: 0,
  connectRetriesInterval: 1,
  timeZone: "UTC",
});
const socket = server.target.hosts[0]?.host ?? "";
const url = (database: string): string => `postgresql://postgres@/${database}?host=${socket}`;

const NODE = process.execPath;
const godwit = (database: string, ...args: readonly string[]): readonly string[] => [
  NODE,
  CLI,
  `-url=${url(database)}`,
  "-locations=filesystem:sql",
  ...args,
];

const bare = (database: string): readonly string[] => [
  NODE,
  resolve("bench/bare.mjs"),
  `${socket}/.s.PGSQL.${server.target.hosts[0]?.port ?? 5432}`,
  database,
  "sql",
];

let outOfUse = 0;

/**
 * An empty database of the name. One that was there before is put aside, not dropped: ext4 gives the inode of a file that
 * was just removed to nobody for minutes and looks at each of them for every new file, so that after a DROP DATABASE of
 * thousands of files each CREATE TABLE takes twice its time. The checkpoint makes all begin with clean pages.
 */
async function emptyDatabase(name: string, query: (sql: string) => Promise<unknown>): Promise<void> {
  const aside = `aside_${outOfUse++}`;
  await query(
    `DO $$ BEGIN IF EXISTS (SELECT FROM pg_database WHERE datname = '${name}') THEN ALTER DATABASE ${name} RENAME TO ${aside}; END IF; END $$`,
  );
  await query(`CREATE DATABASE ${name}`);
  await query("CHECKPOINT");
}

const fresh = (database: string): Promise<void> => emptyDatabase(database, (sql) => admin.query(sql));

function makeProject(count: number): string {
  const folder = join(dir, `m${count}`);
  const made = spawnSync(NODE, ["script/run-ts.mjs", "bench/make-migrations.ts", folder, String(count)]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  return folder;
}

async function start(): Promise<void> {
  for (const count of [25, 5000]) {
    const folder = makeProject(count);
    await fresh(`start${count}`);
    run(godwit(`start${count}`, "-q", "migrate"), folder);
    const psql = [
      "psql",
      "-X",
      "-h",
      socket,
      "-U",
      "postgres",
      "-d",
      `start${count}`,
      "-c",
      "select * from flyway_schema_history",
    ];
    await compare(`Nothing to do, ${count} applied files`, count > 1000 ? 9 : 15, [
      { name: "node -e 0", command: [NODE, "-e", "0"], cwd: folder },
      ...(found("psql") ? [{ name: "psql -c (history)", command: psql, cwd: folder }] : []),
      { name: "as little as Node can do", command: bare(`start${count}`), cwd: folder },
      { name: "godwit info", command: godwit(`start${count}`, "info"), cwd: folder },
      { name: "godwit validate", command: godwit(`start${count}`, "validate"), cwd: folder },
      { name: "godwit migrate", command: godwit(`start${count}`, "migrate"), cwd: folder },
    ]);
  }
}

async function migrate(): Promise<void> {
  if (!found("psql"))
    return void process.stdout.write("SKIPPED migrate: there is no psql to compare with.\n");
  for (const [count, rounds] of [
    [1000, 5],
    [5000, 3],
  ] as const) {
    const folder = makeProject(count);
    const psql = ["psql", "-X", "-q", "-h", socket, "-U", "postgres", "-d", "race", "-f", "all.sql"];
    await compare(`${count} small migrations, a transaction each`, rounds, [
      { name: "psql -f (same SQL and history)", command: psql, cwd: folder, before: () => fresh("race") },
      {
        name: "godwit migrate",
        command: godwit("race", "-q", "migrate"),
        cwd: folder,
        before: () => fresh("race"),
      },
    ]);
  }
}

async function seed(): Promise<void> {
  if (!found("psql")) return void process.stdout.write("SKIPPED seed: there is no psql to compare with.\n");
  const folder = join(dir, "seed");
  mkdirSync(join(folder, "sql"), { recursive: true });
  const file = openSync(join(folder, "sql/V1__seed.sql"), "w");
  writeSync(file, "CREATE TABLE seed (id INT, body TEXT);\n");
  const size = Number(process.env["GODWIT_BENCH_SEED_MB"] ?? "1024") * 1024 * 1024;
  let written = 0;
  for (let block = 0; written < size; block++) {
    let text = "";
    for (let i = 0; i < 500; i++)
      text += `INSERT INTO seed VALUES (${block * 500 + i}, '${"policy ".repeat(140)}');\n`;
    written += writeSync(file, text);
  }
  closeSync(file);
  const psql = [
    "psql",
    "-X",
    "-q",
    "-1",
    "-h",
    socket,
    "-U",
    "postgres",
    "-d",
    "race",
    "-f",
    "sql/V1__seed.sql",
  ];
  await compare(`A seed file of ${Math.round(size / 1024 / 1024)} MiB`, 1, [
    { name: "psql -1 -f", command: psql, cwd: folder, before: () => fresh("race") },
    {
      name: "godwit migrate",
      command: godwit("race", "-q", "migrate"),
      cwd: folder,
      before: () => fresh("race"),
    },
  ]);
}

async function peers(): Promise<void> {
  const cluster = await startCluster(["fsync=on", "full_page_writes=on", "synchronous_commit=on"]);
  try {
    const found = findPeers(cluster, (line) => process.stdout.write(`SKIPPED ${line}\n`));
    const renew = (database: string): Promise<void> =>
      emptyDatabase(database, (sql) => cluster.query("postgres", sql));
    const nothingToDo = async (count: number): Promise<void> => {
      const folder = makeProject(count);
      const ready: Contestant[] = [];
      for (const [i, peer] of found.entries()) {
        await renew(`peer${i}`);
        peer.prepare?.(folder);
        const first = peer.sharesHistory === true ? (found[0] ?? peer) : peer;
        try {
          run(first.command(`peer${i}`, folder), folder, { env: first.env?.(`peer${i}`) ?? {} });
          ready.push(contestant(peer, `peer${i}`, folder));
        } catch {
          // One transaction for all has more locks than a server holds.
          process.stdout.write(`SKIPPED ${peer.name}: it could not apply ${count} files.\n`);
        }
      }
      await compare(`Beside others: nothing to do, ${count} applied files`, count > 1000 ? 3 : 9, [
        { name: "node -e 0", command: [NODE, "-e", "0"], cwd: folder },
        ...ready,
      ]);
    };
    await nothingToDo(25);
    const folder = makeProject(1000);
    for (const peer of found) peer.prepare?.(folder);
    await compare("Beside others: 1000 small migrations", 3, [
      ...found.map((peer) => ({ ...contestant(peer, "race", folder), before: () => renew("race") })),
    ]);
    await nothingToDo(5000);
  } finally {
    cluster.stop();
  }
}

const contestant = (peer: Peer, database: string, folder: string): Contestant => ({
  name: peer.name,
  command: peer.command(database, folder),
  cwd: folder,
  ...(peer.env === undefined ? {} : { env: peer.env(database) }),
});

try {
  if (asked("start")) await start();
  if (asked("migrate")) await migrate();
  if (asked("seed")) await seed();
  if (asked("peers")) await peers();
} finally {
  rmSync(dir, { recursive: true, force: true });
}
