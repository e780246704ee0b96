// What the splitter yields. Offsets are UTF-16 units into the text that was split.

/** What a statement does to the transaction it runs in, as far as its first words tell. */
export type TransactionControl =
  | "begin"
  | "commit"
  | "rollback"
  | "savepoint"
  | "release"
  | "rollback-to"
  | "prepare";

export interface Statement {
  /** The statement without its terminating semicolon; leading comments and blanks are not part of it. */
  readonly text: string;
  /** Offset of the first character of `text`. */
  readonly start: number;
  /** Offset behind the last character of `text`. */
  readonly end: number;
  /** 1-based line and column (code points) of `start`. */
  readonly line: number;
  readonly column: number;
  /**
   * Upper-cased plain words outside parentheses and quotes, at most the first ten. Plain is what Flyway 13 takes for
   * one: ASCII letters and underscores alone, not next to a dot. So names such as app.t or t1 are not among them.
   */
  readonly words: readonly string[];
  readonly transactionControl: TransactionControl | undefined;
  /** The lines of COPY ... FROM STDIN data (without the line `\.`), as offsets; undefined for other statements. */
  readonly copyData: { readonly start: number; readonly end: number } | undefined;
}
