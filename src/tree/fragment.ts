// A text to be parsed and the way back from it to the script: statements, bodies of functions, strings of EXECUTE.

export interface Fragment {
  readonly text: string;
  /** Offset in the script (UTF-16 units) of an offset in `text`. */
  readonly toScript: (offset: number) => number;
  /** Where it begins in the script, if it stands there as it is. */
  readonly start?: number;
}

export const fragmentAt = (text: string, start: number): Fragment => ({
  text,
  toScript: (offset) => start + offset,
  start,
});

/** A part of a fragment. */
export function partOf(outer: Fragment, start: number, end: number): Fragment {
  const text = outer.text.slice(start, end);
  if (outer.start !== undefined) return fragmentAt(text, outer.start + start);
  return { text, toScript: (offset) => outer.toScript(start + offset) };
}

/** A fragment with text of ours in front, which leads back to its first character. */
export const prefixed = (prefix: string, { text, toScript }: Fragment): Fragment => ({
  text: prefix + text,
  toScript: (offset) => toScript(Math.max(0, offset - prefix.length)),
});

export interface Piece {
  readonly text: string;
  /** Offset in the outer text that the first character stands for. */
  readonly at: number;
  /** True: every character stands for the one at `at`, because the text is not in the outer one. */
  readonly made: boolean;
}

/** A text put together of pieces of an outer one. */
export function assembled(outer: Fragment, pieces: readonly Piece[]): Fragment {
  const starts: number[] = [];
  let length = 0;
  for (const { text } of pieces) {
    starts.push(length);
    length += text.length;
  }
  return {
    text: pieces.map((p) => p.text).join(""),
    toScript: (offset) => {
      let i = starts.length - 1;
      while (i > 0 && (starts[i] ?? 0) > offset) i--;
      const piece = pieces[i];
      if (piece === undefined) return outer.toScript(0);
      return outer.toScript(piece.made ? piece.at : piece.at + offset - (starts[i] ?? 0));
    },
  };
}

/** The inside of a string literal or dollar string that stands at `start` of a text, as pieces. */
export function literalPieces(text: string, start: number, end: number): readonly Piece[] {
  const literal = text.slice(start, end);
  if (literal.startsWith("$")) {
    const tag = literal.slice(0, literal.indexOf("$", 1) + 1);
    return [
      { text: literal.slice(tag.length, literal.length - tag.length), at: start + tag.length, made: false },
    ];
  }
  const open = literal.indexOf("'");
  const escapes = /^e/i.test(literal);
  const pieces: Piece[] = [];
  let from = open + 1;
  const close = literal.endsWith("'") ? literal.length - 1 : literal.length;
  const cut = (to: number): void => {
    if (to > from) pieces.push({ text: literal.slice(from, to), at: start + from, made: false });
  };
  for (let i = from; i < close; i++) {
    const c = literal[i];
    if (c === "'" && literal[i + 1] === "'") {
      cut(i + 1);
      i++;
      from = i + 1;
    } else if (c === "\\" && escapes) {
      cut(i);
      const next = literal[i + 1] ?? "";
      const meant = next === "n" ? "\n" : next === "t" ? "\t" : next === "r" ? "\r" : next;
      pieces.push({ text: meant, at: start + i, made: true });
      i++;
      from = i + 1;
    }
  }
  cut(close);
  return pieces;
}

/** UTF-16 offset of a UTF-8 byte offset: libpg_query counts bytes. */
export function offsetOfByte(text: string, byte: number): number {
  let bytes = 0;
  let i = 0;
  while (i < text.length && bytes < byte) {
    const c = text.charCodeAt(i);
    if (c < 0x80) bytes += 1;
    else if (c < 0x800) bytes += 2;
    else if (c >= 0xd800 && c <= 0xdbff) {
      bytes += 4;
      i++;
    } else bytes += 3;
    i++;
  }
  return i;
}

/** byte offset -> UTF-16 offset for one text; the identity when it is all ASCII. */
export function byteMap(text: string): (byte: number) => number {
  if (/^[\x00-\x7f]*$/.test(text)) return (byte) => byte;
  return (byte) => offsetOfByte(text, byte);
}
