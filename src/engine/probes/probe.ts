// What a probe is: for one kind of statement that cannot run in a transaction, what to write down before it, and how
// to tell from the catalog whether it was done.
import type { Session } from "../../server/session.ts";
import type { Statement } from "../../sql/statement.ts";

/** What the catalog held before a statement; kept in the record as JSON. */
export type Note = Readonly<Record<string, string | boolean | readonly string[] | null>>;

export type Verdict =
  /** It did all it does; running it again is not wanted. */
  | { readonly kind: "done"; readonly because: string }
  /** It may be run: nothing of it is there, or what was left of it was cleared away. */
  | { readonly kind: "run" }
  /** Another session is at it; ask again in a while. */
  | { readonly kind: "wait"; readonly table: string; readonly holder: string | undefined }
  /** Only a person can tell. */
  | { readonly kind: "unknown"; readonly known: string; readonly look: string };

export interface ProbeContext {
  readonly session: Session;
  /** What an earlier run wrote down when it began the statement; undefined when none did. */
  readonly note: Note | undefined;
  /** Tells what was cleared away. */
  readonly warn: (code: string, message: string) => void;
}

export interface Probe {
  /** Read before the statement is sent, after `settle` said "run". */
  before(session: Session): Promise<Note>;
  /** Judges, and clears away what a broken run left. Must be safe to break and to repeat. */
  settle(context: ProbeContext): Promise<Verdict>;
}

/** Gives undefined for a statement that is none of its business. */
export type ProbeMaker = (statement: Statement) => Probe | undefined;

export const RUN: Verdict = { kind: "run" };

/** For statements whose repeat does no harm. */
export const REPEATABLE: Probe = {
  before: () => Promise.resolve({}),
  settle: () => Promise.resolve(RUN),
};
