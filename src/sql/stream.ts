// A file too large to hold, piece by piece: its statements with their places, and the data of COPY ... FROM STDIN, in
// memory that does not grow with the file. Splits as split.ts does, replaces placeholders as placeholders.ts does.
import type { LineColumn } from "../base/place.ts";
import { PlaceholderStream, type PlaceMapping } from "./placeholder-stream.ts";
import type { PlaceholderOptions } from "./placeholders.ts";
import { placeInStatement } from "./position.ts";
import { Scanner } from "./scanner.ts";
import type { Statement, TransactionControl } from "./statement.ts";

/** A statement as it is met; its COPY data, if any, follows as items of its own, and `copyData` is undefined. */
export class StreamedStatement implements Statement {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly words: readonly string[];
  readonly transactionControl: TransactionControl | undefined;
  readonly copyData: undefined;
  readonly startsCopy: boolean;
  readonly #toFile: PlaceMapping | undefined;

  constructor(found: Statement, startsCopy: boolean, toFile: PlaceMapping | undefined) {
    this.text = found.text;
    this.start = found.start;
    this.end = found.end;
    this.line = found.line;
    this.column = found.column;
    this.words = found.words;
    this.transactionControl = found.transactionControl;
    this.startsCopy = startsCopy;
    this.#toFile = toFile;
  }

  /** Line and column in the file, before placeholders were replaced, of a server's error position or of the start. */
  placeInFile(position?: number): LineColumn {
    const { offset, place } = placeInStatement(this, position);
    return this.#toFile === undefined ? place : this.#toFile(offset, place);
  }
}

export type StreamItem =
  | { readonly kind: "statement"; readonly statement: StreamedStatement }
  | { readonly kind: "copy-data"; readonly text: string }
  | { readonly kind: "copy-end" };

/** @see splitStatements for what a statement is. Offsets, lines and columns are of the text after replacement. */
export class StatementStream {
  readonly #placeholders: PlaceholderStream | undefined;
  readonly #scanner: Scanner;
  #items: StreamItem[] = [];

  /** Without options nothing is replaced. */
  constructor(placeholders?: PlaceholderOptions) {
    const stream = placeholders === undefined ? undefined : new PlaceholderStream(placeholders);
    this.#placeholders = stream;
    this.#scanner = new Scanner({
      statement: (found, startsCopy) => {
        const toFile = stream?.mapping(found.start, found.end);
        stream?.forget(found.end);
        this.#items.push({ kind: "statement", statement: new StreamedStatement(found, startsCopy, toFile) });
      },
      copyData: (text, start) => {
        stream?.forget(start + text.length);
        this.#items.push({ kind: "copy-data", text });
      },
      copyEnd: () => {
        this.#items.push({ kind: "copy-end" });
      },
    });
  }

  /** Takes the next piece and gives what became complete, in order. @throws GodwitError for a placeholder without a value. */
  push(piece: string): readonly StreamItem[] {
    this.#scanner.push(this.#placeholders === undefined ? piece : this.#placeholders.push(piece));
    return this.#take();
  }

  /** @throws GodwitError for a placeholder or COPY data without its end. */
  finish(): readonly StreamItem[] {
    if (this.#placeholders !== undefined) this.#scanner.push(this.#placeholders.finish());
    this.#scanner.finish();
    return this.#take();
  }

  #take(): readonly StreamItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }
}
