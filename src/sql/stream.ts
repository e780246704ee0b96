// A file too large to hold, piece by piece: its statements with their places, and the data of COPY ... FROM STDIN, in
// memory that does not grow with the file. Splits as split.ts does, replaces placeholders as placeholders.ts does.
import type { LineColumn } from "../base/place.ts";
import { PlaceholderStream } from "./placeholder-stream.ts";
import type { PlaceholderOptions } from "./placeholders.ts";
import { placeInStatement } from "./position.ts";
import { Scanner } from "./scanner.ts";
import type { Statement } from "./statement.ts";

export interface StreamedStatement extends Statement {
  /** Data of COPY ... FROM STDIN follows as items of its own; `copyData` is undefined all the same. */
  readonly startsCopy: boolean;
  /** Line and column in the file, before placeholders were replaced, of a server's error position or of the start. */
  placeInFile(position?: number): LineColumn;
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
        const placeInFile = (position?: number): LineColumn => {
          const { offset, place } = placeInStatement(found, position);
          return toFile === undefined ? place : toFile(offset, place);
        };
        this.#items.push({ kind: "statement", statement: { ...found, startsCopy, placeInFile } });
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
