// What git knows of the migrations: what the main branch holds, and what was changed there or since. Everything is
// optional: without git, or outside a repository, nothing is known.
import { relative, resolve, sep } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { World } from "../engine/engine.ts";
import type { FileHistory } from "../lint/source.ts";

export interface Git {
  readonly root: string;
  readonly run: (args: readonly string[]) => Promise<string | undefined>;
  /** The commit that the working tree is compared with: where it left the main branch. */
  readonly base: string;
  /** Name of the main branch as it was found. */
  readonly main: string;
}

export const MAIN_BRANCHES: readonly string[] = [
  "origin/HEAD",
  "origin/main",
  "origin/master",
  "main",
  "master",
];

/** `onto`: the main branch, instead of the setting or what usually is one. */
export async function openGit(world: World, onto?: string): Promise<Git | undefined> {
  const cwd = world.settings.workingDirectory;
  const run = async (args: readonly string[]): Promise<string | undefined> => {
    try {
      const request = {
        command: "git",
        arguments: ["-c", "core.quotepath=off", ...args],
        // In C, git searches in bytes, which is several times faster.
        env: { LC_ALL: "C" },
        cwd,
        signal: world.signal,
      };
      const { exitCode, output } = await world.runProcess(request);
      return exitCode === 0 ? output : undefined;
    } catch (error) {
      if (error instanceof GodwitError && error.code !== "ABORTED") return undefined;
      throw error;
    }
  };
  const root = (await run(["rev-parse", "--show-toplevel"]))?.trim();
  if (root === undefined) return undefined;
  const wanted = onto ?? world.settings.extra["mainBranch"];
  if (
    wanted !== undefined &&
    (await run(["rev-parse", "--verify", "-q", `${wanted}^{commit}`])) === undefined
  ) {
    throw new GodwitError("ERROR", `git knows no branch "${wanted}", which is to be the main branch.`, {
      advice: "Correct godwit.mainBranch, or fetch the branch first.",
    });
  }
  for (const main of wanted === undefined ? MAIN_BRANCHES : [wanted]) {
    const base = (await run(["merge-base", "HEAD", main]))?.trim();
    if (base !== undefined) return { root, run, base, main };
  }
  const head = (await run(["rev-parse", "HEAD"]))?.trim();
  return head === undefined ? undefined : { root, run, base: head, main: "HEAD" };
}

const inRepository = (git: Git, path: string): string => relative(git.root, path).split(sep).join("/");

/**
 * The history of files (absolute path to key), as far as the main branch goes. The committed text comes with those that
 * differ from it on the disk; with all when they are `open`, since only an editor knows their text then.
 */
export async function fileHistories(
  git: Git,
  files: readonly { readonly path: string; readonly absolute: string }[],
  open = false,
): Promise<ReadonlyMap<string, FileHistory>> {
  const names = files
    .map((f) => ({ path: f.path, name: inRepository(git, f.absolute) }))
    .filter(({ name }) => !name.startsWith(".."));
  if (names.length === 0) return new Map();
  const folders = [
    ...new Set(names.map(({ name }) => name.slice(0, Math.max(0, name.lastIndexOf("/"))) || ".")),
  ];
  const places = folders.map((f) => resolve(git.root, f));
  const log = await git.run([
    "log",
    "--no-renames",
    "--name-status",
    "--format=%x01%h",
    git.base,
    "--",
    ...places,
  ]);
  const commits = changesIn(log ?? "");
  const diff = ["diff", "--name-only", "--no-renames", git.base, "--", ...places];
  const edited = new Set(open ? names.map(({ name }) => name) : ((await git.run(diff)) ?? "").split("\n"));
  const found = new Map<string, FileHistory>();
  for (const { path, name } of names) {
    const history = commits.get(name);
    if (history === undefined) continue;
    const committedText = edited.has(name) ? await git.run(["show", `${git.base}:${name}`]) : undefined;
    found.set(path, { ...history, committedText });
  }
  return found;
}

/** From the newest commit back to the one that added each file; what was before it was another file of that name. */
function changesIn(
  log: string,
): ReadonlyMap<string, { readonly firstCommit: string; readonly changes: number }> {
  const found = new Map<string, { firstCommit: string; changes: number; done: boolean }>();
  for (const block of log.split("\u0001").slice(1)) {
    const [commit = "", ...lines] = block.split("\n");
    for (const line of lines) {
      const [status, name] = line.split("\t");
      if (status === undefined || name === undefined) continue;
      const entry = found.get(name) ?? { firstCommit: commit, changes: 0, done: false };
      if (entry.done) continue;
      if (status === "M") entry.changes++;
      else if (status === "D") entry.done = true;
      else if (status === "A") {
        entry.firstCommit = commit;
        entry.done = true;
      }
      found.set(name, entry);
    }
  }
  return found;
}

/** Absolute paths of files that differ from a commit, and of new ones. @throws GodwitError when git does not know it. */
export async function changedSince(git: Git | undefined, ref: string): Promise<ReadonlySet<string>> {
  if (git === undefined) {
    throw new GodwitError("ERROR", "--since needs a git repository with a commit, and finds none here.", {
      advice: "Name the files instead.",
    });
  }
  const base =
    (await git.run(["merge-base", "HEAD", ref]))?.trim() ??
    (await git.run(["rev-parse", "--verify", `${ref}^{commit}`]))?.trim();
  if (base === undefined) {
    throw new GodwitError("ERROR", `git knows no commit "${ref}".`, {
      advice: "Give a branch, a tag or a commit; in CI, fetch it first (fetch-depth: 0).",
    });
  }
  const changed = (await git.run(["diff", "--name-only", "--diff-filter=d", base])) ?? "";
  const fresh =
    (await git.run(["ls-files", "--others", "--exclude-standard", "--full-name", git.root])) ?? "";
  return new Set(
    [...changed.split("\n"), ...fresh.split("\n")].filter((n) => n !== "").map((n) => resolve(git.root, n)),
  );
}

/** Names of files that the main branch has in some folders now. */
export async function namesOnMain(git: Git, folders: readonly string[]): Promise<readonly string[]> {
  const places = folders.map((f) => inRepository(git, f)).filter((f) => !f.startsWith(".."));
  if (places.length === 0) return [];
  const list =
    (await git.run(["ls-tree", "-r", "--name-only", "--full-tree", git.main, "--", ...places])) ?? "";
  return list.split("\n").flatMap((n) => (n === "" ? [] : [n.slice(n.lastIndexOf("/") + 1)]));
}
