// A few lines of a file with a mark under the place of an error. Not for finding the place: that is given.
import { lineStarts, offsetOfCodePoint, type Place } from "../base/place.ts";
import { marks, paint, type Style } from "./style.ts";
import { type Cluster, clusters, displayWidth } from "./width.ts";

export interface SourceText {
  readonly text: string;
  /** Number of the first line of `text`, when it is a part of a large file. */
  readonly firstLine?: number;
}

const BEFORE = 2;
const AFTER = 2;
const TAB = 4;
/** A line in a pipe is cut too: a seed file may hold megabytes in one line. */
const PIPE_WIDTH = 160;
/** Characters, wider than any window: beyond it a line is cut before it is measured. */
const LONG = 1000;

/** For many frames of one text: the part of it that the frame of a line shows. Its lines are looked for once. */
export function framedParts(text: string): (line: number) => SourceText {
  let starts: readonly number[] | undefined;
  return (line) => {
    starts ??= lineStarts(text);
    const firstLine = Math.max(1, line - BEFORE);
    return { text: text.slice(starts[firstLine - 1] ?? text.length, starts[line + AFTER]), firstLine };
  };
}

/** The frame as lines; none when the place is not in the text. */
export function codeFrame(source: SourceText, place: Place, style: Style): readonly string[] {
  const firstLine = source.firstLine ?? 1;
  const around = linesAround(source.text, place.line - firstLine);
  if (around === undefined) return [];
  const firstShown = place.line - around.before;
  const skipped = place.column > LONG ? place.column - LONG / 2 : 0;
  const lines = around.lines.map((line) => piece(line, skipped));
  const gutter = String(firstShown + lines.length - 1).length;
  const room = Math.max(20, Math.min(style.width, PIPE_WIDTH) - gutter - 6);
  const bad = lines[around.before] ?? "";
  const mark = markOf(bad, place, place.column - skipped);
  const start = windowStart(mark, displayWidth(expandTabs(bad)), room);
  const bar = style.unicode ? "│" : "|";
  const arrow = style.unicode ? "❱" : ">";
  return lines.flatMap((line, i) => {
    const isBad = i === around.before;
    const number = String(firstShown + i).padStart(gutter);
    const head = isBad
      ? `${paint(style, "red", arrow)} ${paint(style, "bold", number)} ${paint(style, "dim", bar)} `
      : `  ${paint(style, "dim", `${number} ${bar}`)} `;
    const text = windowed(expandTabs(line), start, room, marks(style).ellipsis);
    const row = `${head}${text}`.trimEnd();
    return isBad ? [row, caretRow(mark, start, room, gutter, style)] : [row];
  });
}

/** At most four times LONG characters of a line, from the `skipped`-th on. */
function piece(line: string, skipped: number): string {
  if (line.length <= 4 * LONG && skipped === 0) return line;
  const from = offsetOfCodePoint(line, skipped);
  return line.slice(from, from + 4 * LONG);
}

function caretRow(mark: Mark, start: number, room: number, gutter: number, style: Style): string {
  const bar = style.unicode ? "│" : "|";
  const width = Math.max(1, Math.min(mark.width, room - (mark.cell - start)));
  const caret = style.unicode ? (width === 1 ? "▲" : "━".repeat(width)) : "^".repeat(width);
  const blank = " ".repeat(Math.max(0, mark.cell - start));
  return `  ${" ".repeat(gutter)} ${paint(style, "dim", bar)} ${blank}${paint(style, "red", caret)}`;
}

interface Around {
  readonly lines: readonly string[];
  /** How many of them stand before the wanted one. */
  readonly before: number;
}

/** The line of this index (0-based) and its neighbours, without splitting the whole text. */
function linesAround(text: string, index: number): Around | undefined {
  if (index < 0) return undefined;
  const first = Math.max(0, index - BEFORE);
  const lines: string[] = [];
  let number = 0;
  let start = 0;
  while (start <= text.length && number <= index + AFTER) {
    const end = lineEnd(text, start);
    if (number >= first) lines.push(text.slice(start, end));
    start = end + (text.startsWith("\r\n", end) ? 2 : 1);
    number++;
  }
  const before = index - first;
  if (lines.length <= before) return undefined;
  while (lines.length > before + 1 && lines.at(-1)?.trim() === "") lines.pop();
  return { lines, before };
}

/** Lines end as in base/place.ts: at \n, \r\n or a lone \r. */
function lineEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || c === 13) return i;
  }
  return text.length;
}

interface Mark {
  /** 0-based cell of the first marked character in the expanded line. */
  readonly cell: number;
  readonly width: number;
}

/** Where the mark stands and how wide it is: to the place's end, else over the word or quoted name there. */
function markOf(line: string, place: Place, column: number): Mark {
  const characters = Array.from(line);
  const from = Math.min(column - 1, characters.length);
  const before = characters.slice(0, from).join("");
  const rest = characters.slice(from);
  const length =
    place.endColumn !== undefined && (place.endLine ?? place.line) === place.line
      ? Math.max(1, place.endColumn - place.column)
      : wordLength(rest.join(""));
  const marked = rest.slice(0, length).join("");
  const cell = displayWidth(expandTabs(before));
  return { cell, width: Math.max(1, displayWidth(expandTabs(before + marked)) - cell) };
}

const WORD =
  /^(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[\p{L}\p{M}\p{N}_$]+)(?:\.(?:"(?:[^"]|"")*"|[\p{L}\p{M}\p{N}_$]+))*/u;

const wordLength = (rest: string): number => Array.from(WORD.exec(rest)?.[0] ?? " ").length;

/** As in width.ts, but one character for one, so that columns stay what they are. */
const STEERING = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

function expandTabs(line: string): string {
  const safe = line.replace(STEERING, "?");
  if (!safe.includes("\t")) return safe;
  let cells = 0;
  let text = "";
  for (const cluster of clusters(safe)) {
    const piece = cluster.text === "\t" ? " ".repeat(TAB - (cells % TAB)) : cluster.text;
    cells += cluster.text === "\t" ? piece.length : cluster.width;
    text += piece;
  }
  return text;
}

/** First cell shown: far enough right that the mark is seen with two thirds of the room before it at most. */
function windowStart(mark: Mark, lineWidth: number, room: number): number {
  if (lineWidth <= room || mark.cell + mark.width <= room - 2) return 0;
  const wanted = mark.cell - Math.floor(room / 2);
  return Math.max(0, Math.min(wanted, lineWidth - room + 1));
}

/** The cells from `start` on, at most `room` of them, cut ends marked. */
function windowed(line: string, start: number, room: number, ellipsis: string): string {
  const pieces = cellsOf(line);
  const total = pieces.at(-1)?.end ?? 0;
  if (start === 0 && total <= room) return line;
  const left = start > 0 ? ellipsis : "";
  const right = total > start + room ? ellipsis : "";
  const from = start + left.length;
  const to = start + room - right.length;
  const shown = pieces.filter((p) => p.start >= from && p.end <= to);
  const gap = " ".repeat(Math.max(0, (shown[0]?.start ?? from) - from));
  return left + gap + shown.map((p) => p.text).join("") + right;
}

interface Cell extends Cluster {
  readonly start: number;
  readonly end: number;
}

function cellsOf(line: string): readonly Cell[] {
  let at = 0;
  return clusters(line).map((cluster) => {
    const start = at;
    at += cluster.width;
    return { ...cluster, start, end: at };
  });
}
