// Tables: the plain one that scripts read (Flyway's AsciiTable, byte for byte) and one with box characters that fits
// a terminal.
import { type Hue, marks, paint, type Style } from "./style.ts";
import { displayWidth, isUncertain, padTo, shorten } from "./width.ts";

/**
 * Flyway's AsciiTable: columns as wide as their longest value in UTF-16 units, one line with `emptyText` when there
 * are no rows. Ends with a line end.
 */
export function asciiTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  emptyText: string,
  tint: (row: number, column: number) => ((text: string) => string) | undefined = () => undefined,
): string {
  const widths = columns.map((title, c) => widest(title, rows, c, (text) => text.length));
  const ruler = `+${widths.map((w) => `${"-".repeat(w + 2)}+`).join("")}\n`;
  // Cells and what stands between them are joined once: adding up thousands of rows makes a text for every step.
  const ends = widths.map((_, c) => (c === widths.length - 1 ? " |\n" : " | "));
  const gaps = widths.map((width, c) => Array.from({ length: width + 1 }, (_, n) => " ".repeat(n) + ends[c]));
  const parts: string[] = [ruler];
  const add = (row: readonly string[], r: number): void => {
    parts.push("| ");
    for (let c = 0; c < widths.length; c++) {
      const text = row[c] ?? "";
      const paintIt = r < 0 ? undefined : tint(r, c);
      const width = widths[c] ?? 0;
      if (paintIt === undefined) parts.push(text, gaps[c]?.[width - text.length] ?? "");
      else parts.push(paintIt(text.padEnd(width)), ends[c] ?? "");
    }
  };
  add(columns, -1);
  parts.push(ruler);
  rows.forEach(add);
  const inner = ruler.length - 1 - 4;
  if (rows.length === 0) parts.push(`| ${emptyText.slice(0, inner).padEnd(inner)} |\n`);
  parts.push(ruler);
  return parts.join("");
}

export interface BoxColumn {
  readonly title: string;
  /** A column that may be cut, down to this many cells. */
  readonly shrinkTo?: number;
  /** Columns with a number are left out, lowest first, when even shrinking does not help. */
  readonly dispensable?: number;
}

interface BoxCharacters {
  readonly horizontal: string;
  readonly vertical: string;
  readonly top: readonly [string, string, string];
  readonly middle: readonly [string, string, string];
  readonly bottom: readonly [string, string, string];
}

const UNICODE_BOX: BoxCharacters = {
  horizontal: "─",
  vertical: "│",
  top: ["╭", "┬", "╮"],
  middle: ["├", "┼", "┤"],
  bottom: ["╰", "┴", "╯"],
};
const ASCII_BOX: BoxCharacters = {
  horizontal: "-",
  vertical: "|",
  top: ["+", "+", "+"],
  middle: ["+", "+", "+"],
  bottom: ["+", "+", "+"],
};

/** A table for a terminal, fitted to its width. No line end at the end. */
export function boxTable(
  columns: readonly BoxColumn[],
  rows: readonly (readonly string[])[],
  style: Style,
  tint: (row: number, column: number) => Hue | undefined = () => undefined,
): string {
  const { shown, widths } = fitColumns(columns, rows, style.width);
  const box = style.unicode ? UNICODE_BOX : ASCII_BOX;
  const dim = (text: string): string => paint(style, "dim", text);
  const rule = ([left, cross, right]: readonly [string, string, string]): string =>
    dim(left + widths.map((w) => box.horizontal.repeat(w + 2)).join(cross) + right);
  const bar = dim(box.vertical);
  const cell = (text: string, i: number, hue: Hue | undefined): string => {
    const width = widths[i] ?? 0;
    const cut = shorten(text, width, marks(style).ellipsis);
    return paint(style, hue, padTo(cut, width)) + settle(cut, widths, i, style);
  };
  const line = (cells: readonly string[]): string => `${bar} ${cells.join(` ${bar} `)} ${bar}`;
  return [
    rule(box.top),
    line(shown.map((c, i) => cell(columns[c]?.title ?? "", i, "bold"))),
    rule(box.middle),
    ...rows.map((row, r) => line(shown.map((c, i) => cell(row[c] ?? "", i, tint(r, c))))),
    rule(box.bottom),
  ].join("\n");
}

function widest(
  title: string,
  rows: readonly (readonly string[])[],
  column: number,
  measure: (text: string) => number,
): number {
  let most = measure(title);
  for (const row of rows) most = Math.max(most, measure(row[column] ?? ""));
  return most;
}

/**
 * Terminals do not agree on the width of joined emoji and of Indic vowel signs. Behind such text the cursor is put
 * where the cell ends, so that the bars stand under each other everywhere.
 */
function settle(text: string, widths: readonly number[], column: number, style: Style): string {
  if (!style.color || !isUncertain(text)) return "";
  const end = widths.slice(0, column + 1).reduce((at, w) => at + w + 3, 0);
  return `\x1b[${end}G`;
}

interface Fit {
  /** Indices of the columns that are shown. */
  readonly shown: readonly number[];
  readonly widths: readonly number[];
}

function fitColumns(columns: readonly BoxColumn[], rows: readonly (readonly string[])[], width: number): Fit {
  const natural = columns.map((c, i) => widest(c.title, rows, i, displayWidth));
  let shown = columns.map((_, i) => i);
  for (;;) {
    const widths = shrink(
      shown.map((i) => natural[i] ?? 0),
      shown.map((i) => columns[i]?.shrinkTo),
      width - 3 * shown.length - 1,
    );
    if (sum(widths) + 3 * shown.length + 1 <= width) return { shown, widths };
    const victim = leastNeeded(columns, shown);
    if (victim === undefined) return { shown, widths: squeeze(widths, columns, shown, width) };
    shown = shown.filter((i) => i !== victim);
  }
}

/** The last resort on a very narrow terminal: what may be cut is cut to a few cells. */
const squeeze = (
  widths: readonly number[],
  columns: readonly BoxColumn[],
  shown: readonly number[],
  width: number,
): readonly number[] =>
  shrink(
    widths,
    shown.map((i) => (columns[i]?.shrinkTo === undefined ? undefined : 4)),
    width - 3 * shown.length - 1,
  );

function shrink(
  widths: readonly number[],
  floors: readonly (number | undefined)[],
  room: number,
): readonly number[] {
  let excess = sum(widths) - room;
  return widths.map((w, i) => {
    const floor = floors[i];
    if (excess <= 0 || floor === undefined || w <= floor) return w;
    const cut = Math.min(excess, w - floor);
    excess -= cut;
    return w - cut;
  });
}

function leastNeeded(columns: readonly BoxColumn[], shown: readonly number[]): number | undefined {
  const rank = (i: number): number => columns[i]?.dispensable ?? Number.POSITIVE_INFINITY;
  const candidate = shown.toSorted((a, b) => rank(a) - rank(b))[0];
  return candidate === undefined || rank(candidate) === Number.POSITIVE_INFINITY ? undefined : candidate;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
