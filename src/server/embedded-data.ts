// The data folder of an embedded server. initdb takes half a second, a copy of what it made a twentieth: so it runs
// once, and every new folder is a copy.
import { spawn } from "node:child_process";
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GodwitError } from "../base/errors.ts";
import { type Binaries, executable } from "./embedded-binaries.ts";
import type { RunAs } from "./embedded-user.ts";
import { hasFeature } from "./features.ts";

/** The superuser that initdb makes, and the database that is there from the start. */
export const SUPERUSER = "postgres";
export const DATABASE = "postgres";

/** Major version of the server that made the folder; undefined when there is no folder. */
export function majorOfData(data: string): number | undefined {
  const file = join(data, "PG_VERSION");
  return existsSync(file) ? Number.parseInt(readFileSync(file, "utf8"), 10) : undefined;
}

export interface DataRequest {
  readonly data: string;
  readonly binaries: Binaries;
  readonly user: RunAs | undefined;
  /** Where the prepared folder is kept; it must be of no other user. */
  readonly cache: string;
}

/** Makes a data folder that trusts whoever reaches its socket. It appears whole or not at all. */
export async function makeData(request: DataRequest): Promise<void> {
  const template = join(request.cache, `data-${request.binaries.version}`);
  if (!existsSync(join(template, "PG_VERSION"))) await makeTemplate(request, template);
  const building = `${request.data}.${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  await copyFolder(template, building, request.user);
  renameSync(building, request.data);
}

async function makeTemplate(request: DataRequest, template: string): Promise<void> {
  const building = `${template}.${process.pid}-${Date.now().toString(36)}`;
  // Made here, as the user of the server may not write in the cache.
  mkdirSync(building, { mode: 0o700 });
  chownTo(building, request.user);
  await initialize(building, request, ["-A", "trust"]);
  try {
    renameSync(building, template);
  } catch (error) {
    // Another process was faster; its folder is as good.
    rmSync(building, { recursive: true, force: true });
    if (!existsSync(join(template, "PG_VERSION"))) throw error;
  }
}

/** Makes a data folder whose server asks for a password: over TCP everybody on the machine reaches it. */
export async function makeDataWithPassword(
  request: DataRequest,
  passwordFile: string,
  password: string,
): Promise<void> {
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  chownTo(passwordFile, request.user);
  await initialize(request.data, request, ["-A", "scram-sha-256", `--pwfile=${passwordFile}`]);
}

async function initialize(data: string, request: DataRequest, login: readonly string[]): Promise<void> {
  const { binaries, user } = request;
  const args = ["-D", data, "-U", SUPERUSER, "-E", "UTF8", "--no-sync", ...localeOf(binaries), ...login];
  const { code, output } = await run(join(binaries.bin, executable("initdb")), args, user);
  if (code === 0) return;
  rmSync(data, { recursive: true, force: true });
  throw new GodwitError(
    "ERROR",
    `The embedded PostgreSQL ${binaries.version} could not be set up in ${data}.`,
    {
      advice: `initdb said: ${lastLines(output)}`,
    },
  );
}

/** Byte order for sorting as on any machine; letters beyond ASCII have their cases where the server brings its own locale. */
function localeOf({ major }: Binaries): readonly string[] {
  const server = { serverVersion: major * 10000 };
  return hasFeature(server, "builtinLocale")
    ? ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    : [`--locale=${process.platform === "linux" ? "C.UTF-8" : "C"}`];
}

export const lastLines = (text: string, count = 5): string => text.trim().split("\n").slice(-count).join(" ");

async function copyFolder(from: string, to: string, user: RunAs | undefined): Promise<void> {
  // cp takes a third of the time of Node's own copy, and makes the files the user's.
  const { code } = await run("cp", ["-R", "-p", from, to], user);
  if (code === 0) return;
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
}

function chownTo(path: string, user: RunAs | undefined): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}

interface Ended {
  readonly code: number;
  readonly output: string;
}

function run(command: string, args: readonly string[], user: RunAs | undefined): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...user, cwd: tmpdir(), stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ code: -1, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? -1, output }));
  });
}
