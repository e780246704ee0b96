// The migrations of rebase: which are this branch's own, and which the main branches have.
import { isAbsolute, relative, resolve } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { World } from "../engine/engine.ts";
import type { SourceFile } from "../lint/source.ts";
import { candidateRoots, parseLocation } from "../migrations/locations.ts";
import type { ScannedFile } from "../migrations/migration.ts";
import { nameGrammar, type ValidName } from "../migrations/name.ts";
import { NO_SCRIPT_CONFIG } from "../migrations/script-configs.ts";
import { readLintFolder, replacedText } from "./lint-files.ts";
import { type MainBranches, type MainFile, textOnMain } from "./rebase-git.ts";
import type { Numbered } from "./rebase-plan.ts";

/** A migration of the working tree or of a main branch. */
export interface Item extends Numbered {
  readonly absolute: string;
  readonly source: SourceFile;
  /** As the history calls it. */
  readonly script: string;
  /** A main branch got it after this branch had left. */
  readonly isNews: boolean;
  /** Of this branch: it may move. */
  readonly isOwn: boolean;
}

export interface Folder {
  readonly own: readonly Item[];
  readonly ownUndos: readonly Item[];
  /** Of the main branches, as they are there. */
  readonly main: readonly Item[];
}

/** What the user wants moved. */
export interface Choice {
  /** Names or paths; none: whatever the main branch does not have. */
  readonly words: readonly string[];
  readonly force: boolean;
}

export async function readItems(
  world: World,
  main: MainBranches,
  scan: readonly ScannedFile[],
  choice: Choice,
): Promise<Folder> {
  const grammar = grammarOf(world);
  const scripts = new Map(scan.map((f) => [f.path, f.script]));
  const items = new Map<string, Item>();
  for (const { source, absolute } of readLintFolder(world).files) {
    const name = grammar(source.name);
    // A module with an undo of its own is told twice.
    if (name === undefined || items.has(absolute)) continue;
    const script = scripts.get(absolute) ?? source.name;
    items.set(
      absolute,
      itemOf(name, { absolute, script, source: { ...source, judged: true }, isNews: false, isOwn: false }),
    );
  }
  const owned = await main.owned([...items.keys()]);
  const chosen = chosenPaths(world, items, owned, choice);
  const isOwn = ({ absolute }: Item): boolean =>
    chosen === undefined ? !owned.has(absolute) : chosen.has(absolute);
  const here = [...items.values()];
  const onMain: Item[] = [];
  for (const file of main.files.values()) {
    if (chosen?.has(file.absolute) === true && owned.has(file.absolute)) continue;
    const item = owned.has(file.absolute) ? items.get(file.absolute) : await mainItem(world, main, file);
    if (item?.source.kind === "versioned") onMain.push({ ...item, isNews: file.isNews });
  }
  const rest = chosen === undefined ? [] : here.filter((i) => !isOwn(i) && !owned.has(i.absolute));
  return {
    own: here.filter((i) => i.source.kind === "versioned" && isOwn(i)).map((i) => ({ ...i, isOwn: true })),
    ownUndos: here.filter((i) => i.source.kind === "undo" && !owned.has(i.absolute)),
    main: [...onMain, ...rest.filter((i) => i.source.kind === "versioned")],
  };
}

const itemOf = (
  { prefix, version, description }: Versioned,
  more: Pick<Item, "absolute" | "script" | "source" | "isNews" | "isOwn">,
): Item => ({ ...more, path: more.source.path, name: more.source.name, prefix, version, description });

type Versioned = ValidName & { readonly version: NonNullable<ValidName["version"]> };

/** Versioned and undo files only. */
function grammarOf({ settings }: World): (name: string) => Versioned | undefined {
  const grammar = nameGrammar(settings);
  return (text) => {
    const name = grammar.sql(text) ?? grammar.script(text, false) ?? grammar.module(text);
    if (name?.valid !== true || (name.kind !== "versioned" && name.kind !== "undo")) return undefined;
    const { version } = name;
    return version === undefined ? undefined : { ...name, version };
  };
}

/** A file as a main branch has it. */
async function mainItem(world: World, main: MainBranches, file: MainFile): Promise<Item | undefined> {
  const { settings } = world;
  const script = scriptOf(world, file.absolute);
  const name = file.name.slice(file.name.lastIndexOf("/") + 1);
  const parsed = script === undefined ? undefined : grammarOf(world)(name);
  if (script === undefined || parsed?.kind !== "versioned") return undefined;
  const path = `${shownPath(world, file.absolute)} (${file.branch})`;
  const isSql = nameGrammar(settings).sql(name) !== undefined;
  const text = isSql ? await textOnMain(main.git, file) : undefined;
  const scanned = { path: file.absolute, configuredPath: path, name, script };
  const source: SourceFile = {
    path,
    name,
    kind: "versioned",
    version: parsed.version,
    description: parsed.description,
    text,
    replaced: text === undefined ? undefined : replacedText(text, scanned, NO_SCRIPT_CONFIG, settings),
    executeInTransaction: undefined,
    judged: false,
  };
  return itemOf(parsed, { absolute: file.absolute, script, source, isNews: file.isNews, isOwn: false });
}

/** Relative to its location; undefined for files in none. */
function scriptOf({ settings }: World, absolute: string): string | undefined {
  for (const location of settings.locations.map(parseLocation)) {
    for (const root of candidateRoots(location, settings.workingDirectory)) {
      const path = relative(root.absolute, absolute).replaceAll("\\", "/");
      if (path.startsWith("..") || isAbsolute(path) || /(?:^|\/)\.[^/]*\//.test(path)) continue;
      if (location.pattern === undefined) return path;
      const match = location.pattern.exec(path);
      if (match !== null) return match[1] ?? path;
    }
  }
  return undefined;
}

/** The files that were named. @throws GodwitError for what is no migration, and for what is on the main branch. */
function chosenPaths(
  world: World,
  items: ReadonlyMap<string, Item>,
  owned: ReadonlySet<string>,
  { words, force }: Choice,
): ReadonlySet<string> | undefined {
  if (words.length === 0) return undefined;
  const found = words.map((word) => {
    const absolute = resolve(world.settings.workingDirectory, word);
    const item = items.get(absolute) ?? [...items.values()].find((i) => i.name === word);
    if (item === undefined || item.source.kind !== "versioned") {
      throw new GodwitError("ERROR", `${word} is no versioned migration of this project.`, {
        advice:
          "Name files as they lie in the locations. Without files, rebase looks at all that the main branch does not have.",
      });
    }
    if (owned.has(item.absolute) && !force) {
      throw new GodwitError(
        "ERROR",
        `${item.path} is on the main branch: it may have been applied anywhere.`,
        {
          advice: "If it was applied nowhere, move it with --force.",
        },
      );
    }
    return item.absolute;
  });
  return new Set(found);
}

export function shownPath({ settings }: World, absolute: string): string {
  const near = relative(settings.workingDirectory, absolute);
  return near.startsWith("..") || isAbsolute(near) ? absolute : near;
}
