// Statements out of a text that may come in pieces. One machine for whole texts (split.ts) and for files too large to
// hold (stream.ts), so that both split alike by construction.
//
// Statements end where psql ends them (src/fe_utils/psqlscan.l): at a semicolon outside parentheses and outside the
// body of BEGIN ATOMIC ... END.
import { GodwitError } from "../base/errors.ts";
import { countCodePoints } from "../base/place.ts";
import { isSpace, Kind, Lexer } from "./lex.ts";
import type { TransactionControl } from "./statement.ts";

export interface FoundStatement {
  readonly text: string;
  /** Offsets into the whole text, UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly words: readonly string[];
  readonly transactionControl: TransactionControl | undefined;
  /** The data of COPY ... FROM STDIN follows. */
  readonly startsCopy: boolean;
}

export interface ScanSink {
  statement(found: FoundStatement): void;
  /** A piece of COPY data: whole lines, ends included. `start` is its offset in the whole text. */
  copyData(text: string, start: number): void;
  /** The line `\.` was met. */
  copyEnd(): void;
}

const MAX_WORDS = 10;

export class Scanner {
  readonly #sink: ScanSink;
  /** Text not yet done with; #base is its offset in the whole. */
  #buffer = "";
  #base = 0;
  /** Where in the buffer to go on. */
  #at = 0;
  // Line and column of the buffer position #counted.
  #line = 1;
  #column = 1;
  #counted = 0;
  // The statement being collected.
  #start = -1;
  #end = -1;
  #startLine = 1;
  #startColumn = 1;
  #words: string[] = [];
  #parens = 0;
  #blocks = 0;
  #routine = false;
  // COPY data.
  #copy: "no" | "rest-of-line" | "data" = "no";
  #copyPlace = { line: 1, column: 1 };

  constructor(sink: ScanSink) {
    this.#sink = sink;
  }

  push(piece: string): void {
    this.#compact();
    this.#buffer = this.#buffer === "" ? piece : this.#buffer + piece;
    this.#run(false);
  }

  /** @throws GodwitError for COPY data without its end. */
  finish(): void {
    this.#run(true);
    if (this.#copy !== "no") {
      throw new GodwitError(
        "ERROR",
        "COPY ... FROM STDIN has no end: the line \\. is missing after its data.",
        {
          place: { file: "", ...this.#copyPlace },
          advice: "Add a line that holds only \\. after the last row.",
        },
      );
    }
    this.#emit();
  }

  #run(final: boolean): void {
    for (;;) {
      if (this.#copy !== "no") {
        if (!this.#scanCopy(final)) return;
      } else if (!this.#scanStatements(final)) {
        return;
      }
    }
  }

  /** Reads tokens. True when COPY data begins, false when the text is used up. */
  #scanStatements(final: boolean): boolean {
    const lexer = new Lexer(this.#buffer, this.#at);
    const length = this.#buffer.length;
    while (lexer.next()) {
      // A token that touches the end may go on in the next piece.
      if (!final && lexer.end === length && needsMore(lexer)) {
        this.#at = lexer.start;
        return false;
      }
      const { kind } = lexer;
      if (kind <= Kind.blockComment) continue;
      if (kind === Kind.semicolon && this.#parens === 0 && this.#blocks === 0) {
        this.#at = lexer.end;
        if (this.#emit()) return true;
        continue;
      }
      this.#take(lexer);
    }
    this.#at = length;
    return false;
  }

  #take(lexer: Lexer): void {
    if (this.#start === -1) this.#begin(lexer.start);
    this.#end = lexer.end;
    switch (lexer.kind) {
      case Kind.open:
        this.#parens++;
        break;
      case Kind.close:
        if (this.#parens > 0) this.#parens--;
        break;
      case Kind.word:
        if (this.#parens === 0 && (this.#words.length < MAX_WORDS || this.#routine)) {
          this.#word(this.#buffer.slice(lexer.start, lexer.end).toUpperCase());
        }
        break;
      default:
    }
  }

  #begin(at: number): void {
    this.#count(at);
    this.#start = at;
    this.#startLine = this.#line;
    this.#startColumn = this.#column;
  }

  /** psql counts BEGIN, CASE and END in CREATE [OR REPLACE] FUNCTION and PROCEDURE, outside parentheses. */
  #word(word: string): void {
    if (this.#words.length < MAX_WORDS) {
      this.#words.push(word);
      if (this.#words.length <= 4) this.#routine = isRoutine(this.#words);
    }
    if (!this.#routine) return;
    if (word === "BEGIN") this.#blocks++;
    else if (word === "CASE" && this.#blocks > 0) this.#blocks++;
    else if (word === "END" && this.#blocks > 0) this.#blocks--;
  }

  /** Hands over the statement collected, if any. True when COPY data follows it. */
  #emit(): boolean {
    if (this.#start === -1) return false;
    const words = this.#words;
    const startsCopy = isCopyFromStdin(words);
    const found: FoundStatement = {
      text: this.#buffer.slice(this.#start, this.#end),
      start: this.#base + this.#start,
      end: this.#base + this.#end,
      line: this.#startLine,
      column: this.#startColumn,
      words,
      transactionControl: transactionControl(words),
      startsCopy,
    };
    this.#start = -1;
    this.#words = [];
    this.#parens = 0;
    this.#blocks = 0;
    this.#routine = false;
    if (startsCopy) {
      this.#copy = "rest-of-line";
      this.#copyPlace = { line: found.line, column: found.column };
    }
    this.#sink.statement(found);
    return startsCopy;
  }

  /** True when the data ended, false when the text is used up. */
  #scanCopy(final: boolean): boolean {
    const buffer = this.#buffer;
    if (this.#copy === "rest-of-line") {
      const end = buffer.indexOf("\n", this.#at);
      if (end === -1) return false;
      this.#at = end + 1;
      this.#copy = "data";
    }
    const from = this.#at;
    let lineStart = from;
    for (;;) {
      const end = buffer.indexOf("\n", lineStart);
      const last = end === -1;
      if (last && !final) break;
      const lineEnd = last ? buffer.length : end;
      if (isTerminator(buffer, lineStart, lineEnd)) {
        if (lineStart > from) this.#sink.copyData(buffer.slice(from, lineStart), this.#base + from);
        this.#sink.copyEnd();
        this.#copy = "no";
        this.#at = last ? lineEnd : end + 1;
        return true;
      }
      if (last) break;
      lineStart = end + 1;
    }
    if (lineStart > from) {
      this.#sink.copyData(buffer.slice(from, lineStart), this.#base + from);
      this.#at = lineStart;
    }
    return false;
  }

  /** Brings line and column up to a position of the buffer. */
  #count(at: number): void {
    const buffer = this.#buffer;
    let from = this.#counted;
    for (let i = nextLineEnd(buffer, from, at); i !== -1; i = nextLineEnd(buffer, from, at)) {
      this.#line++;
      this.#column = 1;
      from = i + 1;
    }
    this.#column += countCodePoints(buffer, from, at);
    this.#counted = at;
  }

  /** Drops what is done with. */
  #compact(): void {
    const keep = this.#start === -1 ? this.#at : this.#start;
    if (keep === 0) return;
    this.#count(Math.max(keep, this.#counted));
    // Counting may be ahead of `keep` by the statement's own start only, which is `keep`.
    this.#buffer = this.#buffer.slice(keep);
    this.#base += keep;
    this.#at -= keep;
    this.#counted -= keep;
    if (this.#start !== -1) {
      this.#start = 0;
      this.#end -= keep;
    }
  }
}

/** Position of the line end at or after `from` and before `until`: \n, or a \r that no \n follows. */
function nextLineEnd(text: string, from: number, until: number): number {
  for (let i = from; i < until; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) return i;
  }
  return -1;
}

function needsMore(lexer: Lexer): boolean {
  switch (lexer.kind) {
    case Kind.semicolon:
    case Kind.open:
    case Kind.close:
      return false;
    case Kind.blockComment:
    case Kind.dollarString:
      return lexer.isOpen;
    default:
      return true;
  }
}

function isRoutine(words: readonly string[]): boolean {
  const at = words[1] === "OR" && words[2] === "REPLACE" ? 3 : 1;
  return words[0] === "CREATE" && (words[at] === "FUNCTION" || words[at] === "PROCEDURE");
}

function isCopyFromStdin(words: readonly string[]): boolean {
  if (words[0] !== "COPY") return false;
  const at = words.indexOf("FROM");
  return at > 0 && words[at + 1] === "STDIN";
}

function isTerminator(text: string, start: number, end: number): boolean {
  let from = start;
  let until = end;
  while (from < until && isSpace(text.charCodeAt(from))) from++;
  while (until > from && isSpace(text.charCodeAt(until - 1))) until--;
  return until - from === 2 && text.charCodeAt(from) === 92 && text.charCodeAt(from + 1) === 46;
}

function transactionControl(words: readonly string[]): TransactionControl | undefined {
  switch (words[0]) {
    case "BEGIN":
      return "begin";
    case "START":
      return words[1] === "TRANSACTION" ? "begin" : undefined;
    case "COMMIT":
    case "END":
      return words[1] === "PREPARED" ? undefined : "commit";
    case "ROLLBACK":
    case "ABORT":
      if (words[1] === "PREPARED") return undefined;
      return words.includes("TO") ? "rollback-to" : "rollback";
    case "SAVEPOINT":
      return "savepoint";
    case "RELEASE":
      return "release";
    case "PREPARE":
      return words[1] === "TRANSACTION" ? "prepare" : undefined;
    default:
      return undefined;
  }
}
