// Writing text files, for the commands that make or mend migrations, and reading the few that belong to them.
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { GodwitError, messageOf } from "../base/errors.ts";
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
    const reason = messageOf(error);
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
    const reason = messageOf(error);
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
    const reason = messageOf(error);
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
