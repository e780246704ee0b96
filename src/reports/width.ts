// How many terminal cells a string takes, and cutting and padding by cells. Not for pipes, which count characters.
// string-width is correct too, but loads forty times slower than a whole run of info may take.

/**
 * East Asian Wide and Fullwidth ranges (Unicode EastAsianWidth.txt), hexadecimal; gaps of unassigned characters
 * are closed. Single characters without a dash.
 */
const WIDE = `1100-115f 231a-231b 2329-232a 23e9-23ec 23f0 23f3 25fd-25fe 2614-2615 2648-2653 267f 2693 26a1 26aa-26ab
26bd-26be 26c4-26c5 26ce 26d4 26ea 26f2-26f3 26f5 26fa 26fd 2705 270a-270b 2728 274c 274e 2753-2755 2757 2795-2797 27b0
27bf 2b1b-2b1c 2b50 2b55 2e80-303e 3041-3247 3250-4dbf 4e00-a4c6 a960-a97c ac00-d7a3 f900-fad9 fe10-fe6b ff01-ff60
ffe0-ffe6 16fe0-18d08 1aff0-1b2fb 1f004 1f0cf 1f18e 1f191-1f19a 1f1e6-1f1ff 1f200-1f320 1f32d-1f335 1f337-1f37c
1f37e-1f393 1f3a0-1f3ca 1f3cf-1f3d3 1f3e0-1f3f0 1f3f4 1f3f8-1f43e 1f440 1f442-1f4fc 1f4ff-1f53d 1f54b-1f54e 1f550-1f567
1f57a 1f595-1f596 1f5a4 1f5fb-1f64f 1f680-1f6c5 1f6cc 1f6d0-1f6d2 1f6d5-1f6df 1f6eb-1f6ec 1f6f4-1f6fc 1f7e0-1f7f0
1f90c-1f93a 1f93c-1f945 1f947-1f9ff 1fa70-1faff 20000-3fffd`;

let wideBounds: readonly number[] | undefined;

/** Starts and ends in turn, ascending; parsed at the first character beyond Latin. */
function bounds(): readonly number[] {
  wideBounds ??= WIDE.split(/\s+/).flatMap((range) => {
    const [first = "", last = first] = range.split("-");
    return [Number.parseInt(first, 16), Number.parseInt(last, 16)];
  });
  return wideBounds;
}

function isWide(code: number): boolean {
  if (code < 0x1100) return false;
  const table = bounds();
  let low = 0;
  let high = table.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (code < (table[middle * 2] ?? 0)) high = middle - 1;
    else if (code > (table[middle * 2 + 1] ?? 0)) low = middle + 1;
    else return true;
  }
  return false;
}

// Every kind of combining mark, the spacing vowel signs of Indic scripts included: they are drawn into the cell of
// their letter by terminals that shape text, and counted so by the common width libraries. Also format characters
// (zero width space and joiners, but not the soft hyphen, which terminals draw) and the inner letters of Hangul.
const ZERO = /^[\p{M}\p{Cf}\u1160-\u11ff\ud7b0-\ud7c6\ud7cb-\ud7fb]$/u;
const SOFT_HYPHEN = 0xad;
const JOINER = 0x200d;
const EMOJI_STYLE = 0xfe0f;

const isRegional = (code: number): boolean => code >= 0x1f1e6 && code <= 0x1f1ff;
const isSkinTone = (code: number): boolean => code >= 0x1f3fb && code <= 0x1f3ff;

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

export interface Cluster {
  readonly text: string;
  readonly width: number;
}

/** The text in pieces that must not be cut apart: a letter with its marks, a flag, a joined emoji. */
export function clusters(text: string): readonly Cluster[] {
  if (isAscii(text)) return Array.from(text, (c) => ({ text: c, width: 1 }));
  const found: { text: string; width: number }[] = [];
  let joined = false;
  let openFlag = false;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const last = found.at(-1);
    const zero = code !== SOFT_HYPHEN && code >= 0x300 && ZERO.test(character);
    const second: boolean = openFlag && isRegional(code);
    if (last !== undefined && (joined || zero || second || (isSkinTone(code) && last.width === 2))) {
      last.text += character;
      if (code === EMOJI_STYLE) last.width = 2;
    } else {
      const width = zero || code < 0x20 || (code >= 0x7f && code < 0xa0) ? 0 : isWide(code) ? 2 : 1;
      found.push({ text: character, width });
    }
    openFlag = isRegional(code) && !second;
    joined = code === JOINER;
  }
  return found;
}

/** Cells that `text` takes on a terminal; escape sequences take none. */
export function displayWidth(text: string): number {
  if (isAscii(text)) return text.length;
  return clusters(stripEscapes(text)).reduce((sum, c) => sum + c.width, 0);
}

/** True when a piece of the text is more than one character: terminals measure such pieces differently. */
export const isUncertain = (text: string): boolean =>
  !isAscii(text) && clusters(text).some((c) => c.text.length > (c.width === 2 ? 2 : 1));

export const padTo = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - displayWidth(text)));

/** At most `width` cells of `text`; what was cut is marked by `mark`. */
export function shorten(text: string, width: number, mark = "..."): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(mark);
  if (room < 1) return takeCells(text, width);
  return takeCells(text, room).trimEnd() + mark;
}

/** As many whole clusters from the front as fit. */
export function takeCells(text: string, width: number): string {
  let used = 0;
  let taken = "";
  for (const cluster of clusters(text)) {
    if (used + cluster.width > width) break;
    used += cluster.width;
    taken += cluster.text;
  }
  return taken;
}

const ESCAPE_SEQUENCE = /\x1b\[[0-?]*[ -/]*[@-~]/g;

export const stripEscapes = (text: string): string =>
  text.includes("\x1b") ? text.replace(ESCAPE_SEQUENCE, "") : text;

// C0 and C1 controls, and the characters that reorder text (Unicode TR36 on bidirectional spoofing).
const STEERING = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|[\t\n]/g;

/**
 * Text from outside (descriptions, server messages, file names) made safe to show: characters that could move the
 * cursor, recolour the terminal or reorder the text are written out. Line feeds stay when `lines` is true.
 */
export function harmless(text: string, lines = false): string {
  if (isAscii(text)) return text;
  return text.replace(STEERING, (c) => {
    if (c === "\t") return " ";
    if (c === "\n") return lines ? "\n" : " ";
    if (c === "\r") return "";
    const digits = c.charCodeAt(0).toString(16);
    return digits.length > 2 ? `\\u${digits}` : `\\x${digits.padStart(2, "0")}`;
  });
}

/** Breaks paragraphs at blanks so that no line is wider than `width` where it can be helped. */
export function wrap(text: string, width: number): readonly string[] {
  return text.split("\n").flatMap((paragraph) => wrapParagraph(paragraph, width));
}

function wrapParagraph(paragraph: string, width: number): readonly string[] {
  if (!Number.isFinite(width) || displayWidth(paragraph) <= width) return [paragraph];
  const indent = /^ */.exec(paragraph)?.[0] ?? "";
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.trim().split(/ +/)) {
    const longer = line === "" ? indent + word : `${line} ${word}`;
    if (line !== "" && displayWidth(longer) > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
