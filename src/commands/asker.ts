// Questions to whoever sits at the terminal. The command line gives one where there is somebody; see cli/ask.ts.

export interface TextQuestion {
  readonly message: string;
  /** Taken when nothing is typed. */
  readonly fallback?: string;
  /** What is wrong with an answer; undefined: nothing. */
  readonly check?: (answer: string) => string | undefined;
}

export interface Choice {
  readonly value: string;
  readonly hint?: string;
}

/** Both throw GodwitError ABORTED when the answer is Ctrl-C. */
export interface Asker {
  text(question: TextQuestion): Promise<string>;
  choose(message: string, choices: readonly Choice[]): Promise<string>;
}
