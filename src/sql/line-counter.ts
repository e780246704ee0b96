// Lines and columns of a text that is walked through once, in pieces.
import type { LineColumn } from "../base/place.ts";

/** Counts as base/place.ts does: a line ends at \n, \r\n or a lone \r; columns are code points. */
export class LineCounter {
  line = 1;
  column = 1;
  /** Position of the text at hand up to which was counted. */
  #at = 0;
  #hasReturns = false;
  /** A \r was the last character counted: a \n that follows belongs to it. */
  #afterReturn = false;

  get place(): LineColumn {
    return { line: this.line, column: this.column };
  }

  /** Counts a whole piece. */
  add(text: string): void {
    this.moveTo(text);
    this.advance(text, text.length);
  }

  /** Goes on with the next text, whose first character follows what was counted last. */
  moveTo(text: string): void {
    this.#at = 0;
    this.#hasReturns = text.includes("\r");
  }

  advance(text: string, to: number): void {
    let from = this.#at;
    if (to <= from) return;
    this.#at = to;
    if (this.#hasReturns || this.#afterReturn) from = this.#countWithReturns(text, from, to);
    else {
      for (let i = text.indexOf("\n", from); i !== -1 && i < to; i = text.indexOf("\n", from)) {
        this.line++;
        this.column = 1;
        from = i + 1;
      }
    }
    this.column += codePoints(text, from, to);
  }

  /** Gives the beginning of the last line. */
  #countWithReturns(text: string, start: number, to: number): number {
    let from = start;
    for (let i = start; i < to; i++) {
      const c = text.charCodeAt(i);
      if (c === 13 || (c === 10 && !this.#afterReturn)) this.line++;
      if (c === 13 || c === 10) {
        this.column = 1;
        from = i + 1;
      }
      this.#afterReturn = c === 13;
    }
    return from;
  }
}

/** A pair counts as its first half, so that a text may be cut between the two. */
function codePoints(text: string, from: number, to: number): number {
  let count = to - from;
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0xdc00 && c <= 0xdfff) count--;
  }
  return count;
}
