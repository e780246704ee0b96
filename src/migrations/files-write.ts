// Writing text files, for the commands that make or mend migrations, and reading the few that belong to them.
import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { GodwitError } from "../base/errors.ts";
import { changedBytes } from "./encode.ts";
import { charsetNamed } from "./encoding.ts";

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

/** A change of the text of a file that was read as `before`. */
export interface TextChange {
  readonly path: string;
  /** For messages. */
  readonly shown: string;
  readonly encoding: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Writes the new text in the file's own encoding, with its byte order mark and rights, at one blow: a reader sees the old
 * file or the new one. Links stay links.
 * @throws GodwitError when the file is not what was read any more, or cannot be written.
 */
export function changeText({ path, shown, encoding, before, after }: TextChange): void {
  try {
    const target = realpathSync(path);
    const charset = charsetNamed(encoding, `The encoding of ${shown}`);
    const bytes = changedBytes(readFileSync(target), charset, before, after);
    if (bytes === undefined) throw cannotChange(shown, charset.name);
    const beside = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
    try {
      writeFileSync(beside, bytes, { flag: "wx", mode: statSync(target).mode });
      renameSync(beside, target);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
  } catch (error) {
    if (error instanceof GodwitError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new GodwitError("ERROR", `${shown} cannot be written: ${reason}.`, {
      advice: "Check the folder and its rights.",
      cause: error,
    });
  }
}

const cannotChange = (shown: string, encoding: string): GodwitError =>
  new GodwitError("ERROR", `${shown} was not written: it cannot be put back as ${encoding} without a loss.`, {
    advice:
      "It changed while it was judged, has byte order marks in its middle, or an encoding that has no place for a character. Mend it by hand; --diff shows how.",
  });
