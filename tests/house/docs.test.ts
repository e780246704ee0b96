// The documents hold together: links lead somewhere, paths exist, nothing names one machine, and every setting,
// command and error code has its place in the reference pages.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { ERROR_CODES } from "../../src/base/errors.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import { OBSOLETE_KEYS, SETTING_KEYS } from "../../src/config/keys.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** Not ours, or made by a build or a run. */
const SKIPPED = new Set(["node_modules", "dist", "coverage", "recorded"]);

function filesBelow(folder: string, ending: RegExp): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      return SKIPPED.has(entry.name) || entry.name.startsWith(".") ? [] : filesBelow(path, ending);
    }
    return ending.test(entry.name) ? [path] : [];
  });
}

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const pages = filesBelow("", /\.md$/);

/** Text without fenced code. */
const prose = (text: string): string => text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "");

/** GitHub's anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .replace(/`|\*/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");

const anchorsOf = (path: string): readonly string[] =>
  [...prose(read(path)).matchAll(/^#{1,6}\s+(.*)$/gm)].map((m) => anchorOf(m[1] ?? ""));

const isOutside = (target: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(target);

function brokenLinks(page: string): readonly string[] {
  const targets = [...prose(read(page)).matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].map((m) => m[1] ?? "");
  return targets.filter((target) => {
    if (isOutside(target)) return false;
    const [path = "", anchor] = target.split("#");
    const file =
      path === ""
        ? page
        : relative(ROOT, resolve(ROOT, dirname(page), path))
            .split(sep)
            .join("/");
    if (file.startsWith("..") || !existsSync(join(ROOT, file))) return true;
    if (anchor === undefined) return false;
    return !statSync(join(ROOT, file)).isFile() || !anchorsOf(file).includes(anchor);
  });
}

/** Paths in backticks that name a place in the repository, not in a Java project; NNN, * and <...> stand for any name. */
function missingPaths(page: string): readonly string[] {
  const named = [
    ...prose(read(page)).matchAll(/`((?:src(?!\/main\/)|tests|script|docs|changes|examples)\/[^`\s]*)`/g),
  ];
  return named
    .map((m) => (m[1] ?? "").replace(/[#:].*$/, ""))
    .filter((path) => !/[*<>{}]|NNN|\.\.\./.test(path) && !existsSync(join(ROOT, path)));
}

/** Added lines of the diffs in a page that are not in the file the diff is of. */
function missingAdditions(page: string): readonly string[] {
  const diffs = [...read(page).matchAll(/^```diff\n([\s\S]*?)^```/gm)].map((m) => m[1] ?? "");
  return diffs.flatMap((diff) => {
    let file = "";
    return diff.split("\n").filter((line) => {
      if (line.startsWith("+++ b/")) file = line.slice("+++ b/".length);
      else if (line.startsWith("+")) return !read(file).split("\n").includes(line.slice(1));
      return false;
    });
  });
}

/** Put together from pieces, so that this file does not find itself. */
const MACHINE = new RegExp(["(?<![\\w.~-])/(?:wor", "k/|roo", "t/|tmp/h", "-)"].join(""));
const REGISTRY = /https?:\/\/[^\s"')]*(?:registry|artifactory|nexus|verdaccio|devpi)[^\s"')]*/i;

const linesWith = (pattern: RegExp, paths: readonly string[]): readonly string[] =>
  paths.flatMap((path) =>
    read(path)
      .split("\n")
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}`] : [])),
  );

const withFindings = (
  paths: readonly string[],
  find: (path: string) => readonly string[],
): readonly string[] => paths.flatMap((path) => find(path).map((what) => `${path}: ${what}`));

describe("documents", () => {
  it("are found", () => {
    expect(pages).toContain("FORMATS.md");
    expect(pages).toContain("CONTRIBUTING.md");
  });

  it("link only to files and headings that are there", () => {
    expect(withFindings(pages, brokenLinks)).toEqual([]);
  });

  it("name only files of the repository that are there", () => {
    const ours = pages.filter((path) => /^(FORMATS|CONTRIBUTING)\.md$|^docs\//.test(path));
    expect(withFindings(ours, missingPaths)).toEqual([]);
  });

  it("show only diffs whose added lines are in the files", () => {
    expect(withFindings(pages, missingAdditions)).toEqual([]);
  });

  it("name no path of one machine and no package registry", () => {
    const texts = [...filesBelow("", /\.(?:md|ts|mjs|json|sql|conf|toml|java)$/), ".npmrc"];
    expect([...linesWith(MACHINE, texts), ...linesWith(REGISTRY, texts)]).toEqual([]);
  });

  it("say why: each decision has its four parts", () => {
    const parts = ["## Question", "## Options", "## Answer", "## What would change it"];
    const missing = filesBelow("docs/decisions", /^\d{3}-.*\.md$/).flatMap((path) =>
      parts.filter((part) => !read(path).includes(`\n${part}\n`)).map((part) => `${path}: ${part}`),
    );
    expect(missing).toEqual([]);
  });
});

describe("the reference pages", () => {
  const rowsOf = (path: string): string => read(path);

  it("have a row for every setting", () => {
    const page = rowsOf("docs/config.md");
    const names = [...SETTING_KEYS.map((s) => s.key.replace(/\*$/, "NAME")), ...Object.keys(OBSOLETE_KEYS)];
    expect(names.filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
  });

  it("have a page and a row for every command", () => {
    const list = rowsOf("docs/commands/README.md");
    const missing = COMMANDS.map((c) => c.name).filter(
      (name) =>
        !list.includes(`[${name}](${name}.md)`) || !existsSync(join(ROOT, `docs/commands/${name}.md`)),
    );
    expect(missing).toEqual([]);
  });

  it("have a row for every error code", () => {
    const page = rowsOf("docs/errors.md");
    expect(Object.keys(ERROR_CODES).filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
  });
});
