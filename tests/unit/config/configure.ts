// One call from arguments, environment and files to Settings, or to the failure, for the tests of config/.
import { expect } from "vitest";
import { GodwitError } from "../../../src/base/errors.ts";
import { parseArguments } from "../../../src/config/arguments.ts";
import type { Settings } from "../../../src/config/settings.ts";
import { readSettings } from "../../../src/config/settings-read.ts";
import { type MemoryTree, memoryFiles } from "./memory-files.ts";

export interface Given {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** By absolute path; the current directory is /p, the home directory /home/u. */
  readonly files?: MemoryTree;
  readonly stdin?: string;
  readonly git?: (args: readonly string[]) => string | undefined;
  readonly ignoreUnknown?: boolean;
}

const VERBS = ["migrate", "info", "check", "diff", "generate"];

export function settingsOf({
  args = [],
  env = {},
  files = {},
  stdin,
  git,
  ignoreUnknown,
}: Given): Promise<Settings> {
  const parsed = parseArguments(args, VERBS);
  expect(parsed.problems).toEqual([]);
  return readSettings({
    options: parsed.options,
    env,
    cwd: "/p",
    home: "/home/u",
    osUser: "u",
    platform: "linux",
    files: memoryFiles({ "/p/sql/": "", ...files }, stdin),
    ...(git === undefined ? {} : { git }),
    ...(ignoreUnknown === undefined ? {} : { ignoreUnknown }),
  });
}

/** The failure of a configuration that must not be accepted. */
export async function failureOf(given: Given): Promise<GodwitError> {
  try {
    await settingsOf(given);
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

export async function messageOf(given: Given): Promise<string> {
  return (await failureOf(given)).message;
}
