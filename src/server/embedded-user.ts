// As whom a server runs, and what that user can reach. PostgreSQL refuses to run as root.
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** Ids for a child process. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** Undefined: as ourselves. Root hands over to a user without rights, who must have a name (initdb looks it up). */
export function unprivilegedUser(): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8").split("\n").map(readUser);
  for (const name of ["nobody", "postgres", "daemon"]) {
    const user = users.find((u) => u.name === name && u.uid > 0);
    if (user !== undefined) return { uid: user.uid, gid: user.gid };
  }
  return { uid: 65534, gid: 65534 };
}

function readUser(line: string): RunAs & { readonly name: string } {
  const [name, , uid, gid] = line.split(":");
  return { name: name ?? "", uid: Number(uid ?? 0), gid: Number(gid ?? 0) };
}

/** True when the user may pass through every folder above and enter `path` itself. Access lists are not looked at. */
export function canReach(path: string, user: RunAs): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    if (existsSync(at) && !mayEnter(at, user)) return false;
    if (dirname(at) === at) return true;
  }
}

function mayEnter(folder: string, user: RunAs): boolean {
  const { gid, mode, uid } = statSync(folder);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  return (mode & bit) !== 0;
}

/**
 * A folder for what can be made again (binaries within reach, a prepared data folder), that no other user can have
 * put things in.
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const uid = process.getuid?.();
  const shared = join(tmpdir(), `godwit-${uid ?? "cache"}`);
  const own = join(env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "godwit");
  // Root's home is closed to the user that the server runs as.
  for (const folder of uid === 0 ? [shared] : [own, shared]) {
    if (isOurs(folder, uid)) return folder;
  }
  return mkdtempSync(join(tmpdir(), "godwit-"));
}

function isOurs(folder: string, uid: number | undefined): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const stat = lstatSync(folder);
    return stat.isDirectory() && (uid === undefined || (stat.uid === uid && (stat.mode & 0o022) === 0));
  } catch {
    return false;
  }
}
