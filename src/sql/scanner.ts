// Statements out of a text that may come in pieces. One machine for whole texts (split.ts) and for files too large to
// hold (stream.ts), so that both split alike by construction.
//
// A statement ends at a semicolon outside parentheses and outside the body of BEGIN ATOMIC ... END, as in psql
// (src/fe_utils/psqlscan.l). The scanner reads the rules of characters.ts without making tokens: it is what stands
// between a large file and the server.
import { RoutineBody } from "./atomic-body.ts";
import {
  blockCommentEnd,
  CharClass,
  CLASS_OF,
  dollarStringEnd,
  dollarTagEnd,
  isDigit,
  isWideSpace,
  lineEnd,
  nameEnd,
  prefixStyle,
  quotedNameEnd,
  StringStyle,
  stringEnd,
} from "./characters.ts";
import { CopyData } from "./copy-data.ts";
import { LineCounter } from "./line-counter.ts";
import type { Statement } from "./statement.ts";
import { transactionControl } from "./transaction-control.ts";
import { Words } from "./words.ts";

export interface ScanSink {
  /** `startsCopy`: data of COPY ... FROM STDIN follows; the statement's copyData is not known yet. */
  statement(found: Statement, startsCopy: boolean): void;
  /** A piece of COPY data, line ends included. `start` is its offset in the whole text. */
  copyData(text: string, start: number): void;
  /** The line `\.` was met. */
  copyEnd(): void;
}

const MAX_WORDS = 10;
const DOT = 46;

export class Scanner {
  readonly #sink: ScanSink;
  readonly #lines = new LineCounter();
  readonly #body = new RoutineBody();
  readonly #copy: CopyData;
  /** The text being read; #base is its offset in the whole. */
  #buffer = "";
  #base = 0;
  /** The character before it. */
  #before = 0;
  /** Where in the buffer to go on. */
  #at = 0;
  /** Pieces that came while the buffer held an unfinished token: not read before they are as long as it is. */
  #waiting: string[] = [];
  #waitingLength = 0;
  // The statement being collected. Positions are of the buffer, and negative for what was read in earlier pieces.
  #collecting = false;
  #start = 0;
  #end = 0;
  /** What the buffer no longer holds of it. */
  #parts: string[] = [];
  #line = 1;
  #column = 1;
  #depth = 0;
  readonly #words = new Words();
  /** False when no further word of the statement matters. */
  #wantsWords = true;

  constructor(sink: ScanSink) {
    this.#sink = sink;
    this.#copy = new CopyData(sink);
  }

  push(piece: string): void {
    this.#waiting.push(piece);
    this.#waitingLength += piece.length;
    // A token that does not end, such as a literal of many megabytes, is read again each time: when the text has
    // doubled, so that the work stays linear.
    if (this.#waitingLength >= this.#buffer.length - this.#at) this.#read(false);
  }

  /** @throws GodwitError for COPY data without its end. */
  finish(): void {
    this.#read(true);
    if (this.#collecting && this.#emit()) this.#copy.requireEnd();
  }

  #read(final: boolean): void {
    this.#refill();
    for (;;) {
      if (this.#copy.isActive) {
        this.#at = this.#copy.read(this.#buffer, this.#at, this.#base, final);
        if (this.#copy.isActive) break;
      } else if (!this.#scan(final)) {
        break;
      }
    }
    if (final) this.#copy.requireEnd();
  }

  /** Drops what is done with and takes in what waits. */
  #refill(): void {
    const at = this.#at;
    if (at > 0) {
      this.#before = this.#buffer.charCodeAt(at - 1);
      this.#lines.advance(this.#buffer, at);
      if (this.#collecting) this.#parts.push(this.#buffer.slice(Math.max(this.#start, 0), at));
      if (this.#end > 0) this.#body.lastCharacter = this.#buffer.charCodeAt(this.#end - 1);
    }
    const rest = this.#buffer.slice(at);
    this.#buffer = rest + this.#waiting.join("");
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#base += at;
    this.#at = 0;
    this.#start -= at;
    this.#end -= at;
    this.#lines.moveTo(this.#buffer);
  }

  /** Reads up to the end of a statement that COPY data follows (true) or of the text (false). */
  #scan(final: boolean): boolean {
    const text = this.#buffer;
    const { length } = text;
    let i = this.#at;
    // Fields that change with every token are kept in variables, and written back where others read them.
    let end = this.#end;
    let depth = this.#depth;
    let collecting = this.#collecting;
    while (i < length) {
      const from = i;
      const c = text.charCodeAt(i);
      switch (CLASS_OF[c]) {
        case CharClass.space:
          i++;
          continue;
        case CharClass.name: {
          if (c >= 0xa0 && !collecting && isWideSpace(c)) {
            i++;
            continue;
          }
          i = nameEnd(text, i + 1);
          if (i === length && !final) return this.#pause(from, end, depth);
          if (i === from + 1 && isPrefixMark(text.charCodeAt(i))) {
            i = prefixedEnd(text, c, i, final);
            if (i < 0) return this.#pause(from, end, depth);
            break;
          }
          if (this.#wantsWords && depth === 0) {
            if (!collecting) {
              this.#begin(from);
              collecting = true;
            }
            this.#word(text, from, i, end);
          }
          break;
        }
        case CharClass.digit:
          // Letters glued to digits belong to the number (1e5, 0x1F) or are junk; either way they begin nothing.
          i++;
          while (i < length && isDigit(text.charCodeAt(i))) i++;
          if (i < length && CLASS_OF[text.charCodeAt(i)] === CharClass.name) i = nameEnd(text, i);
          if (i === length && !final) return this.#pause(from, end, depth);
          break;
        case CharClass.quote:
          i = settle(stringEnd(text, i + 1, StringStyle.plain), length, final);
          if (i < 0) return this.#pause(from, end, depth);
          break;
        case CharClass.doubleQuote:
          i = settleName(quotedNameEnd(text, i + 1), length, final);
          if (i < 0) return this.#pause(from, end, depth);
          break;
        case CharClass.dollar:
          i = dollarEnd(text, i, final);
          if (i < 0) return this.#pause(from, end, depth);
          break;
        case CharClass.semicolon:
          i++;
          if (depth > 0) break;
          if (this.#body.isOpen) {
            this.#body.semicolon();
            break;
          }
          if (collecting) {
            this.#pause(i, end, 0);
            if (this.#emit()) return true;
            collecting = false;
          }
          continue;
        case CharClass.open:
          depth++;
          i++;
          break;
        case CharClass.close:
          if (depth > 0) depth--;
          i++;
          break;
        case CharClass.operator:
          if (c === 45 || c === 47) {
            if (i + 1 === length && !final) return this.#pause(from, end, depth);
            const d = text.charCodeAt(i + 1);
            if (c === 45 && d === 45) {
              i = lineEnd(text, i + 2);
              if (i === length && !final) return this.#pause(from, end, depth);
              continue;
            }
            if (c === 47 && d === 42) {
              const close = blockCommentEnd(text, i + 2);
              if (close === -1 && !final) return this.#pause(from, end, depth);
              i = close === -1 ? length : close;
              // Left open in a statement, it is the server's to refuse; on its own it ends the text, as in Flyway.
              if (close === -1 && collecting) break;
              continue;
            }
          }
          i++;
          break;
        default:
          i++;
      }
      if (!collecting) {
        this.#begin(from);
        collecting = true;
      }
      end = i;
    }
    return this.#pause(length, end, depth);
  }

  /** Writes back where reading stopped: at the end of a statement, or of what can be read before more text comes. */
  #pause(at: number, end: number, depth: number): false {
    this.#at = at;
    this.#end = end;
    this.#depth = depth;
    return false;
  }

  #begin(at: number): void {
    this.#lines.advance(this.#buffer, at);
    this.#line = this.#lines.line;
    this.#column = this.#lines.column;
    this.#collecting = true;
    this.#start = at;
  }

  #word(text: string, from: number, to: number, previous: number): void {
    if (
      this.#words.length < MAX_WORDS &&
      !this.#isPartOfName(text, from, to) &&
      this.#words.add(text, from, to)
    ) {
      if (this.#words.length <= 4) this.#body.consider(this.#words.list);
      else if (this.#words.length === MAX_WORDS) this.#wantsWords = this.#body.isPossible;
    }
    if (this.#body.isPossible) this.#body.word(text, from, to, previous, this.#base);
  }

  /** Next to a dot: a schema, a column. */
  #isPartOfName(text: string, from: number, to: number): boolean {
    const before = from > 0 ? text.charCodeAt(from - 1) : this.#before;
    return before === DOT || text.charCodeAt(to) === DOT;
  }

  /** Hands over the statement collected. True when COPY data follows it. */
  #emit(): boolean {
    const words = this.#words.take();
    const startsCopy = isCopyFromStdin(words);
    const found: Statement = {
      text: this.#statementText(),
      start: this.#base + this.#start,
      end: this.#base + this.#end,
      line: this.#line,
      column: this.#column,
      words,
      transactionControl: transactionControl(words),
      copyData: undefined,
    };
    this.#collecting = false;
    this.#wantsWords = true;
    this.#depth = 0;
    this.#body.reset();
    if (startsCopy) this.#copy.begin(found.line, found.column);
    this.#sink.statement(found, startsCopy);
    return startsCopy;
  }

  #statementText(): string {
    if (this.#parts.length === 0) return this.#buffer.slice(this.#start, this.#end);
    this.#parts.push(this.#buffer.slice(0, Math.max(this.#end, 0)));
    const text = this.#parts.join("").slice(0, this.#end - this.#start);
    this.#parts = [];
    return text;
  }
}

/** The end of a token that may be open (-1) or undecided (~end); -1 to wait for more text. */
function settle(end: number, length: number, final: boolean): number {
  if (end >= 0) return end;
  if (!final) return -1;
  return end === -1 ? length : ~end;
}

/** The same for a quoted name: a quote at the very end may be half of a doubled one. */
const settleName = (end: number, length: number, final: boolean): number =>
  end === length && !final ? -1 : settle(end, length, final);

const isPrefixMark = (c: number): boolean => c === 39 || c === 38;

/** The end of what begins with the one-letter word `c` at `at` - 1: a string with a prefix, or just the word. */
function prefixedEnd(text: string, c: number, at: number, final: boolean): number {
  const { length } = text;
  if (text.charCodeAt(at) === 39) {
    const style = prefixStyle(c);
    return style === -1 ? at : settle(stringEnd(text, at + 1, style), length, final);
  }
  if ((c | 32) !== 117) return at;
  if (at + 1 === length) return final ? at : -1;
  const d = text.charCodeAt(at + 1);
  if (d === 39) return settle(stringEnd(text, at + 2, StringStyle.plain), length, final);
  return d === 34 ? settleName(quotedNameEnd(text, at + 2), length, final) : at;
}

/** The end of what begins with the dollar at `at`: $1, $$..$$, $tag$..$tag$ or just the dollar. */
function dollarEnd(text: string, at: number, final: boolean): number {
  const { length } = text;
  let i = at + 1;
  while (i < length && isDigit(text.charCodeAt(i))) i++;
  if (i > at + 1) return i === length && !final ? -1 : i;
  const inside = dollarTagEnd(text, at);
  if (inside === -1) return final ? at + 1 : -1;
  if (inside === 0) return at + 1;
  return settle(dollarStringEnd(text, at, inside), length, final);
}

/** The grammar takes STDOUT for STDIN here (gram.y, copy_file_name). */
function isCopyFromStdin(words: readonly string[]): boolean {
  if (words[0] !== "COPY") return false;
  const source = words[words.indexOf("FROM", 1) + 1];
  return source === "STDIN" || source === "STDOUT";
}
