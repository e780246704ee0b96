// Places in files, and the three ways of counting: UTF-16 units (JavaScript), code points (PostgreSQL's
// error positions), bytes (libpg_query).

/** A place in a file. Lines and columns are 1-based; columns count code points. */
export interface Place {
  /** Path as the user knows it (relative to the working directory where that is shorter). */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/**
 * Line and column (1-based, code points) of a UTF-16 offset. A line ends at \n, \r\n or a lone \r, as
 * editors count.
 */
export function lineColumnAt(text: string, offset: number): LineColumn {
  const end = Math.min(offset, text.length);
  const starts = lineStarts(text, end);
  return { line: starts.length, column: countCodePoints(text, starts.at(-1) ?? 0, end) + 1 };
}

/** As lineColumnAt, for many offsets of one text: its lines are looked for once, when the first is asked for. */
export function lineColumnsOf(text: string): (offset: number) => LineColumn {
  let found: readonly number[] | undefined;
  return (offset) => {
    found ??= lineStarts(text);
    const starts = found;
    const end = Math.min(offset, text.length);
    const line = countUpTo(starts.length, (i) => starts[i] ?? 0, end);
    return { line, column: countCodePoints(text, starts[line - 1] ?? 0, end) + 1 };
  };
}

/** Offsets of the beginnings of lines, up to the one that `end` is in. */
export function lineStarts(text: string, end = text.length): readonly number[] {
  const starts = [0];
  for (let i = 0; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}

/** How many of `count` ascending numbers are at most `limit`. */
export function countUpTo(count: number, numberAt: (index: number) => number, limit: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numberAt(middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Number of code points between two UTF-16 offsets. */
export function countCodePoints(text: string, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0xd800 && c <= 0xdbff && i + 1 < to) {
      const d = text.charCodeAt(i + 1);
      if (d >= 0xdc00 && d <= 0xdfff) i++;
    }
    count++;
  }
  return count;
}

/** UTF-16 offset of the n-th code point (0-based) counted from `from`. */
export function offsetOfCodePoint(text: string, n: number, from = 0): number {
  let i = from;
  for (let left = n; left > 0 && i < text.length; left--) {
    const c = text.codePointAt(i) ?? 0;
    i += c > 0xffff ? 2 : 1;
  }
  return i;
}
