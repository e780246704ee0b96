// The lines between COPY ... FROM STDIN; and the line \. that ends them.
import { GodwitError } from "../base/errors.ts";
import { isSpace } from "./characters.ts";

export interface CopySink {
  copyData(text: string, start: number): void;
  copyEnd(): void;
}

export class CopyData {
  readonly #sink: CopySink;
  #state: "off" | "rest-of-line" | "line-start" | "in-line" = "off";
  #line = 1;
  #column = 1;

  constructor(sink: CopySink) {
    this.#sink = sink;
  }

  get isActive(): boolean {
    return this.#state !== "off";
  }

  /** The statement at this place was ended by its semicolon; its data begins on the next line. */
  begin(line: number, column: number): void {
    this.#state = "rest-of-line";
    this.#line = line;
    this.#column = column;
  }

  /** Reads on from `at` and gives the position reached; isActive tells whether the data ended there. */
  read(text: string, at: number, base: number, final: boolean): number {
    const from = this.#state === "rest-of-line" ? this.#restOfLine(text, at, final) : at;
    if (this.#state === "rest-of-line") return from;
    return this.#data(text, from, base, final);
  }

  /** @throws GodwitError when data is still expected. */
  requireEnd(): void {
    if (this.#state === "off") return;
    throw new GodwitError(
      "ERROR",
      "The data of COPY ... FROM STDIN has no end: there is no line \\. after it.",
      {
        place: { file: "", line: this.#line, column: this.#column },
        advice: "Put a line that holds only \\. behind the last row.",
      },
    );
  }

  /** What follows the semicolon on its line: a comment at most. Flyway drops anything else in silence. */
  #restOfLine(text: string, at: number, final: boolean): number {
    const newline = text.indexOf("\n", at);
    if (newline === -1 && !final) return at;
    const end = newline === -1 ? text.length : newline + 1;
    const rest = text.slice(at, end).trim();
    if (rest !== "" && !rest.startsWith("--") && !rest.startsWith("/*")) {
      throw new GodwitError(
        "ERROR",
        "Something stands behind COPY ... FROM STDIN; on its line, where the data should begin on the next.",
        {
          place: { file: "", line: this.#line, column: this.#column },
          advice: "Move what follows the semicolon behind the line \\. that ends the data.",
        },
      );
    }
    this.#state = "line-start";
    return end;
  }

  #data(text: string, from: number, base: number, final: boolean): number {
    const { length } = text;
    let i = from;
    while (i < length) {
      const newline = text.indexOf("\n", i);
      const end = newline === -1 ? length : newline;
      if (this.#state === "line-start") {
        const verdict = judge(text, i, end);
        const decided = newline !== -1 || final;
        // The line may still turn out to be the terminator.
        if (verdict !== "data" && !decided) break;
        if (verdict === "terminator") {
          this.#send(text, from, i, base);
          this.#state = "off";
          this.#sink.copyEnd();
          return newline === -1 ? length : newline + 1;
        }
      }
      this.#state = newline === -1 ? "in-line" : "line-start";
      i = newline === -1 ? length : newline + 1;
    }
    this.#send(text, from, i, base);
    return i;
  }

  #send(text: string, from: number, to: number, base: number): void {
    if (to > from) this.#sink.copyData(text.slice(from, to), base + from);
  }
}

/** Flyway trims the line before it looks (PostgreSQLParser 13); psql does not, and no row reads like that. */
function judge(text: string, start: number, end: number): "terminator" | "undecided" | "data" {
  let i = start;
  while (i < end && isSpace(text.charCodeAt(i))) i++;
  if (i === end) return "undecided";
  if (text.charCodeAt(i) !== 92) return "data";
  if (++i === end) return "undecided";
  if (text.charCodeAt(i) !== 46) return "data";
  i++;
  while (i < end && isSpace(text.charCodeAt(i))) i++;
  return i === end ? "terminator" : "data";
}
