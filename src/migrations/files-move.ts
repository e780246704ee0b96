// Renaming several files as one: all of them, or none. Names may be swapped.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { GodwitError, messageOf } from "../base/errors.ts";

export interface FileMove {
  /** Absolute paths. */
  readonly from: string;
  readonly to: string;
  /** What the file holds afterwards; undefined: as it was. */
  readonly bytes?: Buffer;
}

/** Ends the name that a file has in between. A run that was killed there leaves such names behind. */
export const MOVING_SUFFIX = ".godwit-moving";

/** Takes everything back. Does what it can and throws nothing. */
export type Restore = () => void;

/**
 * Renames all, by way of names in between. Synchronous, so that no signal comes between two of them.
 * @throws GodwitError when a name is taken or a file cannot be renamed; everything is as it was then.
 */
export function moveFiles(moves: readonly FileMove[]): Restore {
  refuseTaken(moves);
  const undo: (() => void)[] = [];
  const restore = (): void => {
    for (const step of undo.splice(0).reverse()) {
      try {
        step();
      } catch {
        // The others are still to be taken back.
      }
    }
  };
  const step = (action: () => void, back: () => void): void => {
    action();
    undo.push(back);
  };
  try {
    for (const { from } of moves) {
      const between = from + MOVING_SUFFIX;
      step(
        () => renameSync(from, between),
        () => renameSync(between, from),
      );
    }
    for (const { from, bytes } of moves) {
      if (bytes === undefined) continue;
      const between = from + MOVING_SUFFIX;
      const before = readFileSync(between);
      undo.push(() => writeFileSync(between, before));
      writeFileSync(between, bytes);
    }
    for (const { from, to } of moves) {
      const between = from + MOVING_SUFFIX;
      step(
        () => renameSync(between, to),
        () => renameSync(to, between),
      );
    }
  } catch (error) {
    restore();
    const reason = messageOf(error);
    throw new GodwitError("ERROR", `The files could not be renamed: ${reason}. All have their old names.`, {
      advice: "Check the folder and its rights.",
      cause: error,
    });
  }
  return restore;
}

function refuseTaken(moves: readonly FileMove[]): void {
  const leaving = new Set(moves.map((m) => m.from));
  const taken = moves.find(({ to }) => !leaving.has(to) && existsSync(to));
  if (taken === undefined) return;
  throw new GodwitError("ERROR", `${taken.to} is there already, so ${taken.from} cannot get that name.`, {
    advice: "Move it out of the way, or delete it.",
  });
}

/** A small file as it is. @throws GodwitError when it cannot be read. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = messageOf(error);
    throw new GodwitError("ERROR", `${path} cannot be read: ${reason}.`, {
      advice: "Check the file and its rights.",
      cause: error,
    });
  }
}
