// An output that cannot be written: a full disk, a folder where a file should be, a missing right.
import { GodwitError, messageOf } from "../base/errors.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left on the device",
  EDQUOT: "the disk quota is used up",
  EISDIR: "it is a folder",
  EACCES: "permission was denied",
  EPERM: "permission was denied",
  EROFS: "the file system is read-only",
  ENOENT: "its folder does not exist",
  ENOTDIR: "a part of its path is no folder",
};

export function outputFailure(
  name: string,
  error: unknown,
  advice = "The command itself did what it had to do.",
): GodwitError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = REASONS[code] ?? messageOf(error);
  return new GodwitError("ERROR", `${name} cannot be written: ${reason}.`, { advice, cause: error });
}
