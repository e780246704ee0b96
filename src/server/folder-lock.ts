// One process at a time in a folder: a lock folder that names its holder. A holder that died is passed over.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Runs `action` while holding the lock of `folder`. */
export async function withFolderLock<T>(folder: string, action: () => Promise<T>): Promise<T> {
  const lock = join(folder, "lock");
  while (!take(lock)) await new Promise((resolve) => setTimeout(resolve, 20));
  try {
    return await action();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock);
  } catch (error) {
    // A folder that was removed while we held it (a scratch cluster) needs no lock any more.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return true;
    if (holderIsGone(lock)) rmSync(lock, { recursive: true, force: true });
    return false;
  }
  writeFileSync(join(lock, "pid"), String(process.pid));
  return true;
}

function holderIsGone(lock: string): boolean {
  let pid: number;
  try {
    pid = Number(readFileSync(join(lock, "pid"), "utf8"));
  } catch {
    // Made a moment ago and not yet named; the next look will tell.
    return false;
  }
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
