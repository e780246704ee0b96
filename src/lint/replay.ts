// What a run over a folder leaves to the next one: the actions of texts that were read, and states of the catalog model
// in front of files. For a program that judges again and again while somebody types; a single run needs none of it.
import { GodwitError } from "../base/errors.ts";
import type { Action } from "../tree/action.ts";
import { isLasting } from "../tree/lasting.ts";
import type { Parser } from "../tree/parser.ts";
import { type ReadStatement, readScript } from "../tree/script.ts";
import { applyAction } from "./apply.ts";
import { Catalog } from "./model.ts";
import type { Project, SourceFile } from "./source.ts";

/** The text that the server gets; undefined for what is not SQL. */
export const scriptOf = (source: SourceFile): string | undefined => source.replaced?.text ?? source.text;

/** Files that stand beside the order: what they do is not there for the files behind them. `files` are in order. */
export function besideIn(files: readonly SourceFile[]): (source: SourceFile) => boolean {
  // Where no versioned file is older, a baseline is how every database begins.
  const first = files.find((f) => f.kind === "versioned" || f.kind === "baseline");
  return (source) =>
    source.kind === "undo" ||
    source.kind === "callback" ||
    (source.kind === "baseline" && source.path !== first?.path);
}

interface ReadFile {
  readonly script: string;
  readonly actions: readonly Action[];
  /** Kept of judged files alone: there may be thousands of others. */
  readonly statements: readonly ReadStatement[] | undefined;
}

interface State {
  /** How many files of the order are in it. */
  readonly index: number;
  readonly catalog: Catalog;
}

/** More files than this are hardly worked on at once. */
const MOST_STATES = 24;

/** Holds for one folder with one set of settings. */
export class ReplayMemory {
  readonly #read = new Map<string, ReadFile>();
  /** Paths as they came last, and the place of each file of the order among them. */
  #order: { readonly paths: readonly string[]; readonly places: readonly number[] } | undefined;
  #files: readonly SourceFile[] = [];
  /** Of `#files`; the one used last comes last. */
  #states: State[] = [];

  /** Files in order; sorted anew only when there are others than the last time. */
  ordered(
    files: readonly SourceFile[],
    sort: (files: readonly SourceFile[]) => readonly SourceFile[],
  ): readonly SourceFile[] {
    const order = this.#order;
    if (order?.paths.length === files.length && files.every((f, i) => f.path === order.paths[i]))
      return order.places.flatMap((place) => files[place] ?? []);
    const sorted = sort(files);
    const places = new Map(files.map((f, i) => [f, i]));
    this.#order = { paths: files.map((f) => f.path), places: sorted.map((f) => places.get(f) ?? 0) };
    return sorted;
  }

  /** Where to begin to have the catalog in front of a file (its index among `files`, which are in order). */
  resume(files: readonly SourceFile[], index: number): State | undefined {
    const same = firstDifference(this.#files, files);
    this.#files = files;
    this.#states = this.#states.filter((state) => state.index <= same);
    let best: State | undefined;
    for (const state of this.#states)
      if (state.index <= index && state.index >= (best?.index ?? 0)) best = state;
    if (best === undefined) return undefined;
    this.#keep(best);
    return { index: best.index, catalog: best.catalog.clone() };
  }

  keep(index: number, catalog: Catalog): void {
    this.#keep({ index, catalog: catalog.clone() });
  }

  #keep(state: State): void {
    this.#states = [...this.#states.filter((s) => s.index !== state.index), state].slice(-MOST_STATES);
  }

  /** Of a text that was read before. */
  statements(path: string, script: string): readonly ReadStatement[] | undefined {
    const known = this.#read.get(path);
    return known?.script === script ? known.statements : undefined;
  }

  actions(path: string, script: string): readonly Action[] | undefined {
    const known = this.#read.get(path);
    return known?.script === script ? known.actions : undefined;
  }

  learn(path: string, script: string, statements: readonly ReadStatement[]): void {
    this.#read.set(path, { script, statements, actions: statements.flatMap(lasting) });
  }

  learnActions(path: string, script: string, actions: readonly Action[]): void {
    this.#read.set(path, { script, actions, statements: undefined });
  }
}

const lasting = ({ actions }: ReadStatement): readonly Action[] => actions.filter(isLasting);

function firstDifference(a: readonly SourceFile[], b: readonly SourceFile[]): number {
  const isBeside = besideIn(a);
  const isSame = (one: SourceFile, other: SourceFile | undefined): boolean =>
    one === other ||
    (one.path === other?.path &&
      one.kind === other.kind &&
      (isBeside(one) || scriptOf(one) === scriptOf(other)));
  const found = a.findIndex((one, i) => !isSame(one, b[i]));
  return found === -1 ? a.length : found;
}

/** What a replay needs; yields so that the caller may do something else, or stop. */
interface Replaying {
  readonly parser: Parser;
  readonly project: Project;
  readonly memory?: ReplayMemory | undefined;
}

/** The statements of a text, one step each. @throws GodwitError for a text that cannot be split. */
export function* readFile(
  { parser, memory }: Replaying,
  path: string,
  script: string,
): Generator<void, readonly ReadStatement[]> {
  const known = memory?.statements(path, script);
  if (known !== undefined) return known;
  const statements: ReadStatement[] = [];
  for (const read of readScript(parser, script)) {
    statements.push(read);
    yield;
  }
  memory?.learn(path, script, statements);
  return statements;
}

/** Brings a catalog from before a file to behind it. */
export function* replayFile(run: Replaying, source: SourceFile, catalog: Catalog): Generator<void, void> {
  const script = scriptOf(source);
  if (script === undefined) {
    catalog.isPartial = true;
    return;
  }
  const actions = run.memory?.actions(source.path, script) ?? (yield* readActions(run, source.path, script));
  catalog.resetSession();
  for (const action of actions)
    applyAction(catalog, action, { file: source.path, start: action.start }, script);
  yield;
}

/** A text that cannot be split has none, whether it is judged or not. */
function* readActions(
  { parser, memory }: Replaying,
  path: string,
  script: string,
): Generator<void, readonly Action[]> {
  const actions: Action[] = [];
  try {
    for (const read of readScript(parser, script, "lasting")) {
      actions.push(...read.actions);
      yield;
    }
  } catch (error) {
    if (!(error instanceof GodwitError)) throw error;
    actions.length = 0;
  }
  memory?.learnActions(path, script, actions);
  return actions;
}

/** The catalog in front of a file, and where the replay has come to. */
export function startOf(
  { project, memory }: Replaying,
  files: readonly SourceFile[],
  index: number,
): { readonly index: number; readonly catalog: Catalog } {
  return memory?.resume(files, index) ?? { index: 0, catalog: new Catalog(project.searchPath) };
}

/** What a file beside the order finds: a baseline stands for everything before it, others change nothing. */
export const catalogBeside = ({ project }: Replaying, source: SourceFile, catalog: Catalog): Catalog =>
  source.kind === "baseline" ? new Catalog(project.searchPath) : catalog.clone();
