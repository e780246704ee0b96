// What rebase asks of git: the files of the main branches, and an index that follows renamed files.
import { relative, resolve, sep } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { World } from "../engine/engine.ts";
import type { Mention } from "../lint/move.ts";
import { type Git, MAIN_BRANCHES, openGit } from "./lint-git.ts";

export interface MainFile {
  readonly absolute: string;
  /** The branch that has it. */
  readonly branch: string;
  /** git's path, from the root. */
  readonly name: string;
  /** The branch got it after the working tree had left it. */
  readonly isNews: boolean;
}

export interface MainBranches {
  readonly git: Git;
  readonly names: readonly string[];
  /** Every file that a main branch has in the folders, by absolute path. */
  readonly files: ReadonlyMap<string, MainFile>;
  /** Those among `paths` that are the main branch's own: not files of the same name that were made here too. */
  readonly owned: (paths: readonly string[]) => Promise<ReadonlySet<string>>;
}

interface Branch {
  readonly name: string;
  readonly tip: ReadonlyMap<string, string>;
  readonly base: ReadonlyMap<string, string>;
}

/** @throws GodwitError outside a repository, and where no main branch is found. */
export async function readMainBranches(
  world: World,
  onto: string | undefined,
  folders: readonly string[],
): Promise<MainBranches> {
  const git = await openGit(world, onto);
  if (git === undefined) {
    throw new GodwitError("ERROR", "rebase needs a git repository with a commit, and finds none here.", {
      advice: "Run it where the migrations are under version control.",
    });
  }
  const branches: Branch[] = [];
  for (const name of await branchNames(git, onto ?? world.settings.extra["mainBranch"])) {
    const base = (await git.run(["merge-base", "HEAD", name]))?.trim();
    branches.push({
      name,
      tip: await treeOf(git, name, folders),
      base: base === undefined ? new Map() : await treeOf(git, base, folders),
    });
  }
  const files = new Map<string, MainFile>();
  for (const { name: branch, tip } of [...branches].reverse()) {
    for (const name of tip.keys()) {
      const absolute = resolve(git.root, name);
      files.set(absolute, { absolute, branch, name, isNews: !branches.some(({ base }) => base.has(name)) });
    }
  }
  return { git, names: branches.map((b) => b.name), files, owned: (paths) => ownedBy(git, branches, paths) };
}

/** Several may be there, and none of them the newest: all count. The branch that is checked out is no other. */
async function branchNames(git: Git, wanted: string | undefined): Promise<readonly string[]> {
  if (wanted !== undefined) return [wanted];
  const current = (await git.run(["symbolic-ref", "-q", "--short", "HEAD"]))?.trim();
  const commits = new Map<string, string>();
  for (const name of MAIN_BRANCHES.filter((n) => n !== current)) {
    const commit = (await git.run(["rev-parse", "--verify", "-q", `${name}^{commit}`]))?.trim();
    if (commit === undefined || commits.has(commit)) continue;
    commits.set(commit, ((await git.run(["rev-parse", "--abbrev-ref", name])) ?? name).trim());
  }
  if (commits.size > 0) return [...commits.values()];
  // On the only main branch, what is not committed yet may move.
  if (current !== undefined && MAIN_BRANCHES.includes(current)) return ["HEAD"];
  throw new GodwitError("ERROR", `git has none of the branches ${MAIN_BRANCHES.join(", ")}.`, {
    advice: "Name the main branch: godwit rebase --onto BRANCH, or the setting godwit.mainBranch.",
  });
}

/** Blobs by path. */
async function treeOf(
  git: Git,
  ref: string,
  folders: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const places = folders.map((f) => inRepository(git, f) || ".").filter((f) => !f.startsWith(".."));
  if (places.length === 0) return new Map();
  const args = ["-C", git.root, "ls-tree", "-r", "-z", ref, "--", ...places];
  const found = new Map<string, string>();
  for (const entry of ((await git.run(args)) ?? "").split("\0")) {
    const [facts = "", name] = entry.split("\t");
    if (name !== undefined) found.set(name, facts.split(" ")[2] ?? "");
  }
  return found;
}

const inRepository = (git: Git, path: string): string => relative(git.root, path).split(sep).join("/");

async function ownedBy(
  git: Git,
  branches: readonly Branch[],
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const owned = new Set<string>();
  const doubtful: string[] = [];
  for (const path of paths) {
    const name = inRepository(git, path);
    const having = branches.filter(({ tip }) => tip.has(name));
    if (having.length === 0) {
      // Deleted or renamed there since: no longer anybody's to move.
      if (branches.some(({ base }) => base.has(name))) owned.add(path);
    } else if (having.some(({ base }) => base.has(name))) owned.add(path);
    else doubtful.push(path);
  }
  if (doubtful.length === 0) return owned;
  const hashes = ((await git.run(["hash-object", "--", ...doubtful])) ?? "").split("\n");
  doubtful.forEach((path, i) => {
    const name = inRepository(git, path);
    if (branches.some(({ tip }) => tip.get(name) === hashes[i])) owned.add(path);
  });
  return owned;
}

/** The text of a file on its branch. */
export const textOnMain = ({ run }: Git, { branch, name }: MainFile): Promise<string | undefined> =>
  run(["show", `${branch}:${name}`]);

// --- the index -------------------------------------------------------------------------------------------------------

interface Entry {
  readonly mode: string;
  readonly blob: string;
  /** What is in the working tree is what is in the index. */
  readonly clean: boolean;
}

/** What the index holds of some files, by absolute path. @throws GodwitError for files in a merge conflict. */
export async function indexEntries(git: Git, paths: readonly string[]): Promise<ReadonlyMap<string, Entry>> {
  const names = paths.map((p) => inRepository(git, p));
  const at = (...args: readonly string[]) => git.run(["-C", git.root, "--literal-pathspecs", ...args]);
  const dirty = new Set(((await at("diff", "--name-only", "-z", "--", ...names)) ?? "").split("\0"));
  const found = new Map<string, Entry>();
  for (const line of ((await at("ls-files", "-s", "-z", "--", ...names)) ?? "").split("\0")) {
    const [facts = "", name] = line.split("\t");
    if (name === undefined) continue;
    const [mode = "", blob = "", stage] = facts.split(" ");
    if (stage !== "0") {
      throw new GodwitError("ERROR", `${name} is in the middle of a merge conflict.`, {
        advice: "Resolve the conflict first: git status.",
      });
    }
    found.set(resolve(git.root, name), { mode, blob, clean: !dirty.has(name) });
  }
  return found;
}

/**
 * Lets the index follow files that have been renamed, as `git mv` does. What was staged stays staged under the new
 * name; a file that had no other change is staged as it is now.
 * @throws GodwitError when git refuses; the index is as it was then, as far as git lets it.
 */
export async function followInIndex(
  git: Git,
  moves: readonly { readonly from: string; readonly to: string }[],
  entries: ReadonlyMap<string, Entry>,
): Promise<void> {
  const tracked = moves.flatMap((m) => {
    const entry = entries.get(m.from);
    return entry === undefined
      ? []
      : [{ ...entry, from: inRepository(git, m.from), to: inRepository(git, m.to) }];
  });
  if (tracked.length === 0) return;
  const at = (...args: readonly string[]) => git.run(["-C", git.root, "--literal-pathspecs", ...args]);
  const put = (name: "from" | "to") =>
    tracked.flatMap((t) => ["--cacheinfo", `${t.mode},${t.blob},${t[name]}`]);
  const take = (name: "from" | "to") =>
    at("update-index", "--force-remove", "--", ...tracked.map((t) => t[name]));
  const clean = tracked.filter((t) => t.clean).map((t) => t.to);
  const done =
    (await take("from")) !== undefined &&
    (await at("update-index", "--add", ...put("to"))) !== undefined &&
    (clean.length === 0 || (await at("add", "--", ...clean)) !== undefined);
  if (done) return;
  await take("to");
  await at("update-index", "--add", ...put("from"));
  throw new GodwitError(
    "ERROR",
    "git could not take the new names into its index; the files have their old ones.",
    {
      advice: "See whether another git runs here (.git/index.lock), then try again.",
    },
  );
}

/** Lines of the repository that have one of the words in them, in files other than `except`. */
export async function linesWith(
  git: Git,
  words: readonly string[],
  except: ReadonlySet<string>,
): Promise<readonly Mention[]> {
  const patterns = words.flatMap((word) => ["-e", word]);
  const output =
    (await git.run(["-C", git.root, "grep", "-nIF", "--untracked", "--no-color", ...patterns, "--", "."])) ??
    "";
  return output.split("\n").flatMap((line) => {
    const [, file, number, text = ""] = /^(.+?):(\d+):(.*)$/.exec(line) ?? [];
    if (file === undefined || except.has(resolve(git.root, file))) return [];
    return [{ file, line: Number(number), text: text.trim().slice(0, 200) }];
  });
}
