// The form of a conformance scenario: a project, a database, and commands that Flyway and godwit must answer alike.
// Plain data: how it is played is in play.ts.

export type FileContent = string | Uint8Array;

/** One command line, as it is typed after the program's name. */
export interface RunStep {
  readonly kind: "run";
  readonly args: readonly string[];
  /** Text mode compares the exit code alone; JSON mode the document as well. */
  readonly mode: "json" | "text";
  readonly env?: Readonly<Record<string, string>>;
  /** Added to the connection string, such as `currentSchema=app`. */
  readonly urlQuery?: string;
  /** Replaces the connection string altogether. */
  readonly url?: string;
}

export type Step =
  | RunStep
  /** Statements sent by a session of the scenario's own. */
  | { readonly kind: "sql"; readonly sql: string }
  /** A question whose answer is part of what is compared. */
  | { readonly kind: "ask"; readonly sql: string }
  /** Files written, removed, moved between two commands. */
  | {
      readonly kind: "edit";
      readonly write: Readonly<Record<string, FileContent>>;
      readonly remove: readonly string[];
      readonly move: Readonly<Record<string, string>>;
    }
  /** What the database holds at this point, as at a scenario's end. */
  | { readonly kind: "look" }
  /** The text of a file that a command is expected to have written. */
  | { readonly kind: "file"; readonly path: string }
  /** Another session runs the statement and stays open until the scenario's end. */
  | { readonly kind: "hold"; readonly sql: string }
  /** Commands started at the same moment. */
  | { readonly kind: "together"; readonly runs: readonly RunStep[] }
  /** While the first command runs: wait until the question has an answer, which is compared, then run the second. */
  | { readonly kind: "during"; readonly first: RunStep; readonly ask: string; readonly then?: RunStep };

export interface Scenario {
  /** The number in the list of what Flyway does (`47a` included); `74-extension` is a variant of 74. */
  readonly id: string;
  readonly title: string;
  readonly files: Readonly<Record<string, FileContent>>;
  /** Sent to the empty database before the first step. */
  readonly setup?: string;
  /** Arguments of every command of the scenario. */
  readonly args?: readonly string[];
  readonly steps: readonly Step[];
  /** Compares how many rows the tables have, not the rows: real projects store times and random ids. */
  readonly countRows?: boolean;
  /** Digest of a folder that others may change, so that an old recording of it is known as old. */
  readonly source?: string;
  /** An extension the server must offer; without it the scenario is left out. */
  readonly needsExtension?: string;
}

type RunOptions = Partial<Pick<RunStep, "env" | "url" | "urlQuery">>;
type Args = string | readonly string[];

const words = (args: Args): readonly string[] => (typeof args === "string" ? args.split(" ") : args);

/** A command whose JSON document is compared. An argument with a blank in it needs the list form. */
export const run = (args: Args, options: RunOptions = {}): RunStep => ({
  kind: "run",
  args: words(args),
  mode: "json",
  ...options,
});

/** A command as a person types it: what counts is the exit code and what the database holds afterwards. */
export const text = (args: Args, options: RunOptions = {}): RunStep => ({
  kind: "run",
  args: words(args),
  mode: "text",
  ...options,
});

export const sql = (statements: string): Step => ({ kind: "sql", sql: statements });
export const ask = (question: string): Step => ({ kind: "ask", sql: question });
export const hold = (statement: string): Step => ({ kind: "hold", sql: statement });
export const look: Step = { kind: "look" };
export const file = (path: string): Step => ({ kind: "file", path });
export const together = (...runs: readonly RunStep[]): Step => ({ kind: "together", runs });
export const during = (first: RunStep, question: string, then?: RunStep): Step => ({
  kind: "during",
  first,
  ask: question,
  ...(then === undefined ? {} : { then }),
});

export const write = (files: Readonly<Record<string, FileContent>>): Step => edit({ write: files });
export const remove = (...paths: readonly string[]): Step => edit({ remove: paths });
export const move = (from: string, to: string): Step => edit({ move: { [from]: to } });

export function edit(change: {
  readonly write?: Readonly<Record<string, FileContent>>;
  readonly remove?: readonly string[];
  readonly move?: Readonly<Record<string, string>>;
}): Step {
  return { kind: "edit", write: change.write ?? {}, remove: change.remove ?? [], move: change.move ?? {} };
}

/** The four scripts most scenarios are made of. */
export const A = "create table a(id int);\n";
export const B = "create table b(id int);\n";
export const S1 = "select 1;\n";
export const S2 = "select 2;\n";
