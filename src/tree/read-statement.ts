// A statement and what was read of it: values only, so that what speaks of them needs no parser.
import type { Statement } from "../sql/statement.ts";
import type { Action, Reference } from "./action.ts";

export interface Problem {
  readonly message: string;
  /** Offset in the script. */
  readonly start: number;
}

export interface ReadStatement {
  readonly statement: Statement;
  readonly actions: readonly Action[];
  readonly references: readonly Reference[];
  readonly problems: readonly Problem[];
}
