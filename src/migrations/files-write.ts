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
export function readTextIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
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

/** Names in a folder, in order; none when there is no such folder. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
