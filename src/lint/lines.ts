// Lines and columns of many offsets in one text: the starts of lines are found once.
import { countCodePoints, type LineColumn, offsetOfCodePoint } from "../base/place.ts";
import type { LintFinding } from "./finding.ts";

export class LineIndex {
  readonly #text: string;
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.#text = text;
    const starts = [0];
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#starts = starts;
  }

  at(offset: number): LineColumn {
    let low = 0;
    let high = this.#starts.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    const start = this.#starts[low] ?? 0;
    return {
      line: low + 1,
      column: countCodePoints(this.#text, start, Math.min(offset, this.#text.length)) + 1,
    };
  }

  offsetAt(line: number, column: number): number {
    return offsetOfCodePoint(this.#text, column - 1, this.#starts[line - 1] ?? 0);
  }

  /** The text of a line (1-based), without its end. */
  line(number: number): string {
    const from = this.#starts[number - 1] ?? 0;
    const to = this.#starts[number] ?? this.#text.length + 1;
    return this.#text.slice(from, to - 1).replace(/\r$/, "");
  }
}

/** The line of a finding, by the texts of the files; each file's lines are found once. */
export function lineReader(texts: ReadonlyMap<string, string>): (finding: LintFinding) => string {
  const lines = new Map<string, LineIndex>();
  return ({ file, line }) => {
    const index = lines.get(file) ?? new LineIndex(texts.get(file) ?? "");
    lines.set(file, index);
    return index.line(line);
  };
}
