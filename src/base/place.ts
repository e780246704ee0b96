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
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) {
      line++;
      lineStart = i + 1;
    }
  }
  return { line, column: countCodePoints(text, lineStart, end) + 1 };
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
