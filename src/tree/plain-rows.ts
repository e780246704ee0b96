// INSERT ... VALUES with many rows of plain values: what the rows hold says nothing about the schema, and their trees
// are a hundred times their text. So all but the first are left out before parsing. Exact: a row is left out only when
// it is made of literals that the grammar takes for certain; the first other row and all behind it stay.
import { Kind, Lexer } from "../sql/lex.ts";
import { assembled, type Fragment } from "./fragment.ts";

export interface Shortened {
  readonly fragment: Fragment;
  /** Rows that were left out. */
  readonly rows: number;
}

/** Below this the parser is as quick. */
const SHORT = 300;

export function withoutPlainRows(whole: Fragment): Shortened {
  const { text } = whole;
  if (text.length < SHORT || !/^\s*insert\b/i.test(text)) return { fragment: whole, rows: 0 };
  const tokens = new Tokens(text);
  const first = tokens.endOfFirstRow();
  if (first === undefined) return { fragment: whole, rows: 0 };
  let end = first;
  let rows = 0;
  for (; tokens.plainRow(); rows++) end = tokens.end;
  if (rows === 0) return { fragment: whole, rows };
  const pieces = [
    { text: text.slice(0, first), at: 0, made: false },
    { text: text.slice(end), at: end, made: false },
  ];
  return { fragment: assembled(whole, pieces), rows };
}

const WORDS = new Set(["NULL", "TRUE", "FALSE", "DEFAULT"]);

class Tokens {
  readonly #lexer: Lexer;

  constructor(text: string) {
    this.#lexer = new Lexer(text);
  }

  /** Behind the token read last. */
  get end(): number {
    return this.#lexer.end;
  }

  /** Offset behind the first list in parentheses that follows VALUES; undefined where there is none. */
  endOfFirstRow(): number | undefined {
    let depth = 0;
    let inRows = false;
    while (this.#next()) {
      const { kind } = this.#lexer;
      if (kind === Kind.open) {
        depth++;
        continue;
      }
      if (kind === Kind.close) {
        depth--;
        if (inRows && depth === 0) return this.#lexer.end;
      } else if (depth === 0) {
        if (inRows) return undefined;
        inRows = kind === Kind.word && this.#word() === "VALUES";
      }
    }
    return undefined;
  }

  /** Reads ", (value, ...)". False: something else came, and the rest is of no use. */
  plainRow(): boolean {
    if (!this.#isComma() || !this.#next() || !this.#is(Kind.open)) return false;
    do if (!this.#isPlainValue()) return false;
    while (this.#isComma());
    return this.#is(Kind.close);
  }

  /** The token read last is of that kind. */
  #is(kind: Kind): boolean {
    return this.#lexer.kind === kind;
  }

  #next(): boolean {
    while (this.#lexer.next()) {
      const { kind } = this.#lexer;
      if (kind !== Kind.space && kind !== Kind.lineComment && kind !== Kind.blockComment) return true;
    }
    return false;
  }

  #word(): string {
    return this.#lexer.text.slice(this.#lexer.start, this.#lexer.end).toUpperCase();
  }

  #isComma(): boolean {
    return this.#next() && this.#lexer.kind === Kind.punctuation && this.#word() === ",";
  }

  #isPlainValue(): boolean {
    if (!this.#next()) return false;
    if (this.#lexer.kind === Kind.operator && this.#word() === "-") {
      return this.#next() && this.#isNumber();
    }
    const { kind } = this.#lexer;
    if (kind === Kind.word) return WORDS.has(this.#word());
    if (kind === Kind.string) return !this.#lexer.isOpen && this.#lexer.text[this.#lexer.start] === "'";
    return kind === Kind.number && this.#isNumber();
  }

  #isNumber(): boolean {
    return /^\d+(?:\.\d+)?$/.test(this.#word());
  }
}
