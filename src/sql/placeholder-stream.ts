// Placeholder replacement in a text that comes in pieces. Same meaning as placeholders.ts; the way back is by line and
// column, because neither text is kept.
import type { LineColumn } from "../base/place.ts";
import { LineCounter } from "./line-counter.ts";
import {
  fail,
  lastStartingBy,
  type PlaceholderOptions,
  requireMarks,
  valueNamed,
  withoutEnd,
  withoutValue,
} from "./placeholders.ts";

interface Edit {
  /** Offsets of the value in the replaced text. */
  readonly start: number;
  readonly end: number;
  /** Place behind the value in the replaced text. */
  readonly endPlace: LineColumn;
  /** Places of the placeholder and behind it in the file. */
  readonly original: LineColumn;
  readonly originalEnd: LineColumn;
}

/** From an offset and a place of the replaced text to the place in the file; inside a value, that of its placeholder. */
export type PlaceMapping = (offset: number, place: LineColumn) => LineColumn;

export class PlaceholderStream {
  readonly #options: PlaceholderOptions;
  /** Text not yet replaced: nothing, the beginning of a prefix, or a placeholder whose suffix has not come. */
  #rest = "";
  #waiting: string[] = [];
  #waitingLength = 0;
  #length = 0;
  readonly #original = new LineCounter();
  readonly #replaced = new LineCounter();
  #edits: Edit[] = [];

  constructor(options: PlaceholderOptions) {
    requireMarks(options);
    this.#options = options;
  }

  /** Gives the replaced text as far as it is certain. @throws GodwitError for a name without a value. */
  push(piece: string): string {
    this.#waiting.push(piece);
    this.#waitingLength += piece.length;
    // A placeholder that does not end is looked at again when the text has doubled, so that the work stays linear.
    if (this.#waitingLength < this.#rest.length) return "";
    return this.#replace();
  }

  /** @throws GodwitError for a placeholder without its end. */
  finish(): string {
    const text = this.#replace();
    const rest = this.#rest;
    this.#rest = "";
    if (rest.startsWith(this.#options.prefix)) throw withoutEnd(this.#options, this.#original.place);
    this.#pass(rest);
    return text + rest;
  }

  /** The way back for the offsets between the two, good even after `forget`. undefined: nothing was replaced yet. */
  mapping(from: number, to: number): PlaceMapping | undefined {
    if (this.#edits.length === 0) return undefined;
    const first = Math.max(lastStartingBy(this.#edits, from), 0);
    const edits = this.#edits.slice(first, lastStartingBy(this.#edits, to) + 1);
    return (offset, place) => originalPlace(edits, offset, place);
  }

  /** Nothing before this offset will be asked for any more. */
  forget(before: number): void {
    const first = lastStartingBy(this.#edits, before);
    if (first > 0) this.#edits.splice(0, first);
  }

  #replace(): string {
    const { prefix, suffix } = this.#options;
    const text = this.#rest + this.#waiting.join("");
    this.#waiting = [];
    this.#waitingLength = 0;
    const parts: string[] = [];
    let from = 0;
    for (let at = text.indexOf(prefix); at !== -1; at = text.indexOf(prefix, from)) {
      const before = text.slice(from, at);
      parts.push(before);
      this.#pass(before);
      from = at;
      const close = text.indexOf(suffix, at + prefix.length);
      if (close === -1) break;
      from = close + suffix.length;
      const name = text.slice(at + prefix.length, close);
      parts.push(this.#edit(name, text.slice(at, from)));
    }
    const isOpen = text.startsWith(prefix, from);
    const until = isOpen ? from : text.length - beginningOf(prefix, text, from);
    const sure = text.slice(from, until);
    this.#pass(sure);
    parts.push(sure);
    this.#rest = text.slice(until);
    return parts.join("");
  }

  /** Counts text that is the same in both. */
  #pass(text: string): void {
    if (text === "") return;
    this.#original.add(text);
    this.#replaced.add(text);
    this.#length += text.length;
  }

  #edit(name: string, written: string): string {
    const original = this.#original.place;
    const value = valueNamed(name, this.#options) ?? fail(withoutValue(name, this.#options, original));
    this.#original.add(written);
    this.#replaced.add(value);
    const start = this.#length;
    this.#length += value.length;
    this.#edits.push({
      start,
      end: this.#length,
      endPlace: this.#replaced.place,
      original,
      originalEnd: this.#original.place,
    });
    return value;
  }
}

function originalPlace(edits: readonly Edit[], offset: number, place: LineColumn): LineColumn {
  const edit = edits[lastStartingBy(edits, offset)];
  if (edit === undefined) return place;
  if (offset < edit.end) return edit.original;
  const { endPlace, originalEnd } = edit;
  return {
    line: place.line - endPlace.line + originalEnd.line,
    column: place.line === endPlace.line ? place.column - endPlace.column + originalEnd.column : place.column,
  };
}

/** How many characters at the end of the text, behind `from`, may be the beginning of the prefix. */
function beginningOf(prefix: string, text: string, from: number): number {
  for (let n = Math.min(prefix.length - 1, text.length - from); n > 0; n--) {
    if (text.endsWith(prefix.slice(0, n))) return n;
  }
  return 0;
}
