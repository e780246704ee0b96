// Writing text files, for the commands that make or mend migrations, and reading the few that belong to them.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { GodwitError } from "../base/errors.ts";

/** @throws GodwitError when the file is there already (unless `overwrite`) or cannot be written. */
export function writeText(path: string, text: string, overwrite: boolean): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: overwrite ? "w" : "wx" });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") {
      throw new GodwitError("ERROR", `${path} is there already.`, {
        advice: "Choose another name, or give -force=true.",
        cause: error,
      });
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new GodwitError("ERROR", `${path} cannot be written: ${reason}.`, {
      advice: "Check the folder and its rights.",
      cause: error,
    });
  }
}

/** The text of a small file; undefined when there is none. */
export const readTextIfThere = (path: string): string | undefined =>
  ifThere(path, () => readFileSync(path, "utf8"));

/** Names of the files right in a folder, sorted; undefined when there is no such folder. */
export function fileNamesIfThere(path: string): readonly string[] | undefined {
  const entries = ifThere(path, () => readdirSync(path, { withFileTypes: true }));
  return entries
    ?.filter((entry) => !entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function ifThere<T>(path: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new GodwitError("ERROR", `${path} cannot be read: ${reason}.`, {
      advice: "Check the file and its rights.",
      cause: error,
    });
  }
}
