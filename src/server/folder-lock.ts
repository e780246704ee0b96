// One process at a time in a folder: a lock folder that names its holder and is touched while it is held. The lock of
// a process that died is taken over.
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Tells this process from an earlier one that had its pid, as is common in containers. */
const OWN_ID = randomUUID();

const TOUCH_EVERY_MS = 2000;
const STALE_AFTER_MS = 20_000;
const LOOK_EVERY_MS = 10;

/** Runs `action` while holding the lock of `folder`, which must exist. */
export async function withFolderLock<T>(folder: string, action: () => Promise<T>): Promise<T> {
  const lock = join(folder, "lock");
  while (!take(lock)) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  const touching = setInterval(() => touch(lock), TOUCH_EVERY_MS);
  try {
    return await action();
  } finally {
    clearInterval(touching);
    rmSync(lock, { recursive: true, force: true });
  }
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    if (isStale(lock)) rmSync(lock, { recursive: true, force: true });
    return false;
  }
  writeFileSync(join(lock, "holder"), `${process.pid} ${OWN_ID}\n`);
  return true;
}

function touch(lock: string): void {
  try {
    const now = new Date();
    utimesSync(lock, now, now);
  } catch {
    // Removed together with its folder.
  }
}

function isStale(lock: string): boolean {
  try {
    if (Date.now() - statSync(lock).mtimeMs > STALE_AFTER_MS) return true;
    const [pid, id] = readFileSync(join(lock, "holder"), "utf8").trim().split(" ");
    return Number(pid) === process.pid ? id !== OWN_ID : !isAlive(Number(pid));
  } catch {
    // Released, or made a moment ago and not named yet: the next look will tell.
    return false;
  }
}

/** True when a process has that pid, whoever owns it. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (hasCode(error, "ESRCH")) return false;
  }
  return !isZombie(pid);
}

/** Ended, but not waited for by its parent: in a container perhaps never. The state follows the name in parentheses. */
function isZombie(pid: number): boolean {
  try {
    return /^[ZX]/.test(readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1) ?? "");
  } catch {
    return false;
  }
}

export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
