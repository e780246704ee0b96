// One trial: a project is applied while its n-th write is broken, applied once more, and compared with what an
// uninterrupted run leaves.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "../../src/base/event.ts";
import type { ConnectionTarget } from "../../src/config/connection-target.ts";
import type { Settings } from "../../src/config/settings.ts";
import { runCommand } from "../support/project.ts";
import { type Fault, startBreaker } from "./breaker.ts";
import type { Cluster } from "./cluster.ts";
import { difference, fingerprint } from "./fingerprint.ts";
import type { FaultProject } from "./projects.ts";

export interface Trial {
  readonly fault: Fault;
  /** False: the run was over before the n-th write. */
  readonly touched: boolean;
  readonly victim: string;
  /** What the second run left otherwise than an uninterrupted one; or why it failed. */
  readonly differences: readonly string[];
}

export interface Run {
  readonly error: unknown;
  readonly events: readonly RunEvent[];
}

export async function migrate(dir: string, target: ConnectionTarget, more: Partial<Settings>): Promise<Run> {
  const events: RunEvent[] = [];
  try {
    await runCommand({ dir }, "migrate", {
      settings: { connection: target, ...more },
      emit: (event) => events.push(event),
    });
    return { error: undefined, events };
  } catch (error) {
    return { error, events };
  }
}

/** godwit as a process, to its end. */
export function spawnMigrate(
  dir: string,
  target: ConnectionTarget,
  args: readonly string[],
  handle: { kill: () => void },
): Promise<number | null> {
  const all = [
    "dist/cli.cjs",
    "migrate",
    `-url=${target.displayUrl}`,
    `-workingDirectory=${dir}`,
    "-locations=filesystem:sql",
    ...args,
  ];
  const child = spawn(process.execPath, all, { stdio: "ignore" });
  handle.kill = () => void child.kill("SIGKILL");
  return new Promise((resolve) => child.on("exit", (code) => resolve(code)));
}

let counter = 0;

/** Makes a database, gives it to the action, and removes it with all that bears its name. */
export async function withDatabase<T>(cluster: Cluster, action: (tag: string) => Promise<T>): Promise<T> {
  const tag = `f${process.pid}n${++counter}`;
  await using before = await cluster.open();
  await before.query(`CREATE DATABASE ${tag} TEMPLATE template0`);
  await before.close();
  try {
    return await action(tag);
  } finally {
    await removeAll(cluster, tag);
  }
}

async function removeAll(cluster: Cluster, tag: string): Promise<void> {
  await using inside = await cluster.open(tag);
  for (const { name } of await inside.query("SELECT quote_ident(subname) AS name FROM pg_subscription")) {
    await inside.query(`DROP SUBSCRIPTION ${name}`);
  }
  for (const { gid } of await inside.query(
    "SELECT quote_literal(gid) AS gid FROM pg_prepared_xacts WHERE database = current_database()",
  )) {
    await inside.query(`ROLLBACK PREPARED ${gid}`);
  }
  await inside.close();
  await using admin = await cluster.open();
  for (const { name } of await admin.query(
    `SELECT datname AS name FROM pg_database WHERE datname LIKE '${tag}%'`,
  )) {
    await admin.query(`DROP DATABASE "${name}" WITH (FORCE)`);
  }
  for (const { name } of await admin.query(
    `SELECT spcname AS name FROM pg_tablespace WHERE spcname LIKE '${tag}%'`,
  )) {
    await admin.query(`DROP TABLESPACE "${name}"`);
  }
}

export interface Prepared extends Disposable {
  readonly cluster: Cluster;
  readonly project: FaultProject;
  readonly dir: string;
  /** What an uninterrupted run leaves. */
  readonly wanted: readonly string[];
  /** Its writes. */
  readonly writes: number;
}

export async function prepare(cluster: Cluster, project: FaultProject): Promise<Prepared> {
  const dir = mkdtempSync(join(tmpdir(), "godwit-faults-project-"));
  return withDatabase(cluster, async (tag) => {
    await using admin = await cluster.open();
    project.write(dir, admin);
    await using relay = await startBreaker(cluster, undefined, admin, () => {});
    const run = await migrate(dir, cluster.target(tag, relay.socketDir), project.settings(tag));
    if (run.error !== undefined) throw run.error;
    return {
      cluster,
      project,
      dir,
      wanted: await lines(cluster, project, tag),
      writes: relay.writes,
      [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
    };
  });
}

export async function lines(
  cluster: Cluster,
  project: FaultProject,
  tag: string,
): Promise<readonly string[]> {
  await using session = await cluster.open(tag);
  return await fingerprint(session, { tag, schema: project.schema, rows: project.sameRows });
}

export function trial({ cluster, dir, project, wanted }: Prepared, fault: Fault): Promise<Trial> {
  return withDatabase(cluster, async (tag) => {
    await using admin = await cluster.open();
    const process = { kill: (): void => {} };
    await using breaker = await startBreaker(cluster, fault, admin, () => process.kill());
    const target = cluster.target(tag, breaker.socketDir);
    if (fault.way === "process-killed") await spawnMigrate(dir, target, project.args(tag), process);
    else await migrate(dir, target, project.settings(tag));
    await breaker.broken;
    const again = await migrate(dir, cluster.target(tag), project.settings(tag));
    const differences =
      again.error === undefined
        ? difference(wanted, await lines(cluster, project, tag))
        : [`the second run failed: ${describe(again.error)}`];
    return { fault, touched: breaker.broken !== undefined, victim: breaker.victim, differences };
  });
}

export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error ? `${error.message} (${String(error.code)})` : (error.stack ?? error.message);
}
