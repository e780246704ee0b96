// URIs of the protocol and paths of the system. Editors write one file in several ways (file:///c%3A/a, file:///C:/a),
// so files are compared by key.
import { sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const WINDOWS = sep === "\\";

/** undefined for what is no file: untitled:, git: and their kin. */
export function pathOf(uri: string, windows = WINDOWS): string | undefined {
  if (!/^file:/i.test(uri)) return undefined;
  try {
    return fileURLToPath(uri, { windows });
  } catch {
    return undefined;
  }
}

export const uriOf = (path: string, windows = WINDOWS): string => pathToFileURL(path, { windows }).href;

/** Equal for all ways to write one path. */
export const keyOf = (path: string, windows = WINDOWS): string =>
  windows ? path.replaceAll("/", "\\").toLowerCase() : path;

/** Is a path in a folder, at any depth, or the folder itself? */
export function isWithin(path: string, folder: string, windows = WINDOWS): boolean {
  const [inner, outer] = [keyOf(path, windows), keyOf(folder, windows)];
  const mark = windows ? "\\" : "/";
  return inner === outer || inner.startsWith(outer.endsWith(mark) ? outer : outer + mark);
}
