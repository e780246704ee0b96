// Files beside the migrations: the sources of the application, as text.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Larger ones are made by machines. */
const MOST_BYTES = 1024 * 1024;

/** The text of a file of up to 1 MiB; undefined for larger ones, and for what is gone or may not be read. */
export function readSource(path: string): string | undefined {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= MOST_BYTES ? readFileSync(path, "utf8") : undefined;
  } catch {
    return undefined;
  }
}

/** Absolute paths of all files below a folder, in order; hidden folders and those that `skips` names are left out. */
export function* filesBelow(
  folder: string,
  skips: (name: string) => boolean,
): Generator<string, void, undefined> {
  let entries: ReturnType<typeof list> = [];
  try {
    entries = list(folder);
  } catch {
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && !entry.name.startsWith(".") && !skips(entry.name))
      yield* filesBelow(path, skips);
  }
}

const list = (folder: string) => readdirSync(folder, { withFileTypes: true });
