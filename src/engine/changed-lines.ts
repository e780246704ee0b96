// What was changed in a file since it was applied, if git still has the text whose checksum the history holds.
import { basename, dirname } from "node:path";
import { GodwitError } from "../base/errors.ts";
import { type LineChange, lineDiff } from "../base/line-diff.ts";
import { checksumOfText } from "../migrations/checksum.ts";
import type { ResolvedMigration } from "../migrations/migration.ts";
import { readMigrationText } from "../migrations/read.ts";
import type { World } from "./engine.ts";

/** How far back in a file's history to look. */
const COMMITS = 50;
const LINES_SHOWN = 10;

/**
 * A few lines of text: the commit that has the applied version, and the lines that differ; undefined when git is not
 * there, does not know the file, or never saw that version.
 */
export async function changedLines(
  world: World,
  migration: ResolvedMigration,
  appliedChecksum: number,
): Promise<string | undefined> {
  const { path } = migration.file;
  const git = (args: readonly string[]): Promise<string | undefined> => ask(world, dirname(path), args);
  const log = await git([
    "log",
    "--follow",
    `--max-count=${COMMITS}`,
    "--format=%x01%h %as",
    "--name-only",
    "--",
    basename(path),
  ]);
  for (const entry of (log ?? "").split("\u0001").slice(1)) {
    const [head = "", ...names] = entry.split("\n").filter((line) => line !== "");
    const [commit = "", date = ""] = head.split(" ");
    const name = names.at(-1);
    const text = name === undefined ? undefined : await git(["show", `${commit}:${name}`]);
    if (text === undefined || checksumOfText(text) !== appliedChecksum) continue;
    return describe(commit, date, lineDiff(text, readMigrationText(migration)));
  }
  return undefined;
}

function describe(commit: string, date: string, changes: readonly LineChange[]): string {
  const shown = changes
    .slice(0, LINES_SHOWN)
    .map((c) => `  ${c.kind === "added" ? "+" : "-"} ${c.line}: ${c.text.trimEnd()}`);
  const more = changes.length > LINES_SHOWN ? [`  and ${changes.length - LINES_SHOWN} more lines`] : [];
  return [`  changed since commit ${commit} of ${date}, whose text was applied:`, ...shown, ...more].join(
    "\n",
  );
}

async function ask(world: World, cwd: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { exitCode, output } = await world.runProcess({
      command: "git",
      arguments: args,
      env: { GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C.UTF-8" },
      cwd,
      signal: world.signal,
    });
    return exitCode === 0 ? output : undefined;
  } catch (error) {
    // No git on this machine.
    if (error instanceof GodwitError) return undefined;
    throw error;
  }
}
