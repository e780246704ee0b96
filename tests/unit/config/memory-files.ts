// A file system in memory for the tests of config/.
import { dirname } from "node:path";
import type { ConfigFiles } from "../../../src/config/files.ts";

export interface MemoryFile {
  readonly text: string | Uint8Array;
  readonly mode?: number;
}

export type MemoryTree = Readonly<Record<string, string | Uint8Array | MemoryFile>>;

/** Paths and contents; folders follow from them, and a path that ends in "/" is an empty folder. */
export function memoryFiles(tree: MemoryTree, stdin = ""): ConfigFiles {
  const files = new Map<string, { bytes: Uint8Array; mode: number }>();
  const folders = new Set<string>();
  const addFolders = (path: string) => {
    for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) folders.add(folder);
  };
  for (const [path, value] of Object.entries(tree)) {
    if (path.endsWith("/")) {
      addFolders(path.slice(0, -1));
      continue;
    }
    const file = typeof value === "string" || value instanceof Uint8Array ? { text: value } : value;
    const bytes = typeof file.text === "string" ? new TextEncoder().encode(file.text) : file.text;
    files.set(path, { bytes, mode: file.mode ?? 0o100600 });
    addFolders(dirname(path));
  }
  return {
    readFile: (path) => {
      if (folders.has(path)) throw new Error("EISDIR");
      return files.get(path)?.bytes;
    },
    isFile: (path) => files.has(path),
    isDirectory: (path) => folders.has(path),
    exists: (path) => files.has(path) || folders.has(path),
    permissions: (path) => files.get(path)?.mode,
    readStdin: () => new TextEncoder().encode(stdin),
  };
}
