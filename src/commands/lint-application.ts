// The files of the application that may hold DDL. git finds them where it can: it knows what is ignored, and it is fast.
import { relative, resolve, sep } from "node:path";
import type { World } from "../engine/engine.ts";
import { WORDS_OF_DDL } from "../lint/application.ts";
import { APPLICATION_FILES, languageOf } from "../lint/application-text.ts";
import type { ActiveRule } from "../lint/configure.ts";
import type { ApplicationFile } from "../lint/source.ts";
import { filesBelow, readSource } from "../migrations/files-source.ts";
import { candidateRoots, parseLocation } from "../migrations/locations.ts";
import type { Git } from "./lint-git.ts";

const RULE = "no-ddl-in-application";

export const looksAtApplication = (rules: readonly ActiveRule[]): boolean =>
  rules.some(({ rule }) => rule.id === RULE);

/** Without git only the folders of the rule's option are looked through: the working directory may be anything. */
export async function applicationFiles(
  { settings }: World,
  rules: readonly ActiveRule[],
  git: Git | undefined,
): Promise<readonly ApplicationFile[]> {
  const options = rules.find(({ rule }) => rule.id === RULE)?.options;
  if (options === undefined) return [];
  const directory = settings.workingDirectory;
  const folders = listOf(options["paths"]).map((path) => resolve(directory, path));
  const skipped = new Set(listOf(options["skip"]));
  const locations = settings.locations.flatMap((l) =>
    candidateRoots(parseLocation(l), directory).map((r) => r.absolute),
  );
  const root = git?.root ?? directory;
  const paths =
    git === undefined
      ? folders.flatMap((folder) => [...filesBelow(folder, (name) => skipped.has(name))])
      : await foundByGit(git, folders.length === 0 ? [directory] : folders);
  return paths.flatMap((path) => {
    if (languageOf(path) === undefined || isSkipped(relative(root, path), skipped)) return [];
    if (locations.some((folder) => path.startsWith(folder + sep))) return [];
    const text = readSource(path);
    return text === undefined ? [] : [{ path: relative(directory, path).split(sep).join("/"), text }];
  });
}

const listOf = (text: string | undefined): readonly string[] =>
  (text ?? "")
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");

/** test_a.py, a_test.go, a.spec.ts, ATest.java, conftest.py, application-test.yml, and declarations of types. */
const NAMED_LIKE_A_TEST =
  /^(?:test_.*|conftest)\.py$|[_-]tests?\.\w+$|\.(?:test|spec|stories|d)\.[cm]?[jt]sx?$|Tests?\.(?:java|kt)$/;

/** Flyway's migrations in Java, and godwit's in TypeScript, wherever they lie. */
const NAMED_LIKE_A_MIGRATION = /^[VURB][\d._]*__/;

function isSkipped(path: string, skipped: ReadonlySet<string>): boolean {
  const parts = path.split(sep);
  const name = parts.pop() ?? "";
  if (NAMED_LIKE_A_TEST.test(name) || NAMED_LIKE_A_MIGRATION.test(name)) return true;
  return parts.some((part) => part !== ".." && (part.startsWith(".") || skipped.has(part)));
}

/** Tracked files and new ones that are not ignored. */
async function foundByGit(git: Git, folders: readonly string[]): Promise<readonly string[]> {
  const places = folders
    .map((folder) => relative(git.root, folder).split(sep).join("/"))
    .filter((place) => !place.startsWith(".."));
  if (places.length === 0) return [];
  const patterns = places.flatMap((place) =>
    APPLICATION_FILES.map((name) => `:(glob)${place === "" ? "" : `${place}/`}**/${name}`),
  );
  // Fixed words: with regular expressions git takes ten times as long.
  const words = WORDS_OF_DDL.flatMap((word) => ["-e", word]);
  const args = ["-C", git.root, "grep", "-lIiFz", "--untracked", ...words, "--", ...patterns];
  const output = (await git.run(args)) ?? "";
  return output
    .split("\0")
    .filter((name) => name !== "")
    .map((name) => resolve(git.root, name))
    .sort();
}
