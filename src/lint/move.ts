// What rebase tells: files that get new numbers, and what stands in the way of it.

export type MoveReason =
  /** The main branch has a file of this version. */
  | "version-taken"
  /** The main branch has a higher version: migrate would not run the file. */
  | "out-of-order"
  /** The file stands behind another that moves. */
  | "keeps-order"
  /** It goes along: the undo or the .conf of another. */
  | "belongs";

export interface Move {
  readonly from: string;
  readonly to: string;
  readonly reason: MoveReason;
  /** The file that is the reason: on the main branch, or the one it goes along with. */
  readonly because: string;
}

export interface Obstacle {
  readonly kind: "applied" | "made-later" | "dropped-before";
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  /** Such as "table app.a". */
  readonly object: string | null;
  /** The file that makes it, or takes it away. */
  readonly other: string | null;
  readonly message: string;
}

/** A line elsewhere that has an old name in it. */
export interface Mention {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export interface RebaseOutcome {
  readonly operation: "rebase";
  /** The main branches that were looked at. */
  readonly onto: readonly string[];
  readonly dryRun: boolean;
  /** Something is in the way, and it was not forced. */
  readonly blocked: boolean;
  /** The files have their new names. */
  readonly moved: boolean;
  readonly moves: readonly Move[];
  readonly obstacles: readonly Obstacle[];
  readonly mentions: readonly Mention[];
  readonly notes: readonly string[];
}
