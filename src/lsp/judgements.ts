// Judgements of documents, each made once for the texts it is of; and what goes wrong with a project, told once.
import type { Diagnostic } from "vscode-languageserver";
import type { Folder, JudgedFile } from "./folder.ts";
import { type Problem, problemOf } from "./problems.ts";
import { Cancelled, type Token } from "./slices.ts";
import type { Member } from "./workspace.ts";

export interface ProblemSink {
  show(message: string): void;
  publish(uri: string, diagnostics: readonly Diagnostic[]): void;
}

interface Kept {
  readonly age: number;
  readonly judged: JudgedFile | undefined;
}

export class Judgements {
  readonly #sink: ProblemSink;
  /** Counts what may change findings, by project. */
  readonly #ages = new Map<Folder, number>();
  /** By URI. */
  readonly #kept = new Map<string, Kept>();
  readonly #problems = new Map<Folder, Problem>();

  constructor(sink: ProblemSink) {
    this.#sink = sink;
  }

  /** A text of the project or something else that findings depend on is another now. */
  outdate(folder: Folder): void {
    this.#ages.set(folder, this.#age(folder) + 1);
  }

  forget(uri: string): void {
    this.#kept.delete(uri);
  }

  #age(folder: Folder): number {
    return this.#ages.get(folder) ?? 0;
  }

  /** Undefined for documents that are no migrations, and when the project cannot be judged. @throws Cancelled. */
  async of({ document: { uri }, folder, key }: Member, token: Token): Promise<JudgedFile | undefined> {
    const age = this.#age(folder);
    const kept = this.#kept.get(uri);
    if (kept?.age === age) return kept.judged;
    const judged = await this.guarded(folder, () => folder.judge(key, token));
    // What was judged while somebody typed is old already, but not wrong for this caller.
    this.#kept.set(uri, { age, judged });
    return judged;
  }

  /** Runs work on a project; what it throws is shown, once as long as it stays the same. @throws Cancelled. */
  async guarded<T>(folder: Folder, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const value = await work();
      this.#tell(folder, undefined);
      return value;
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      this.#tell(folder, problemOf(error, folder.path));
      return undefined;
    }
  }

  #tell(folder: Folder, problem: Problem | undefined): void {
    const before = this.#problems.get(folder);
    if (before?.message === problem?.message) return;
    if (problem === undefined) this.#problems.delete(folder);
    else this.#problems.set(folder, problem);
    for (const uri of before?.diagnostics.keys() ?? [])
      if (problem?.diagnostics.has(uri) !== true) this.#sink.publish(uri, []);
    for (const [uri, diagnostics] of problem?.diagnostics ?? []) this.#sink.publish(uri, diagnostics);
    if (problem !== undefined) this.#sink.show(problem.message);
  }
}
