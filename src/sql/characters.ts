// The character classes and the token ends of PostgreSQL's lexical rules (src/backend/parser/scan.l with
// standard_conforming_strings on, PostgreSQL 18), shared by the lexer and by the faster scanner for statements.

/** What a character begins, outside of any token. */
export const CharClass = {
  other: 0,
  space: 1,
  name: 2,
  digit: 3,
  quote: 4,
  doubleQuote: 5,
  dollar: 6,
  semicolon: 7,
  open: 8,
  close: 9,
  operator: 10,
  punctuation: 11,
} as const;

/** By UTF-16 unit. Everything outside ASCII belongs to names, as in scan.l. */
export const CLASS_OF: Uint8Array = makeClasses();

function makeClasses(): Uint8Array {
  const classes = new Uint8Array(0x10000);
  const set = (characters: string, value: number): void => {
    for (let i = 0; i < characters.length; i++) classes[characters.charCodeAt(i)] = value;
  };
  // The vertical tab is a blank since PostgreSQL 16; before, it was an error anywhere.
  set(" \t\n\v\f\r", CharClass.space);
  set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", CharClass.name);
  classes.fill(CharClass.name, 0x80);
  set("0123456789", CharClass.digit);
  set("'", CharClass.quote);
  set('"', CharClass.doubleQuote);
  set("$", CharClass.dollar);
  set(";", CharClass.semicolon);
  set("(", CharClass.open);
  set(")", CharClass.close);
  set("~!@#^&|`?+-*/%<>=", CharClass.operator);
  set(",.[]:", CharClass.punctuation);
  return classes;
}

const NAME_PART: Uint8Array = CLASS_OF.map((c) =>
  c === CharClass.name || c === CharClass.digit || c === CharClass.dollar ? 1 : 0,
);

export const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13);
/**
 * Blanks to Java and the no-break space, which Flyway leaves out where a statement begins. To the server they are parts
 * of names.
 */
export const isWideSpace = (c: number): boolean =>
  c === 0xa0 ||
  c === 0x1680 ||
  (c >= 0x2000 && c <= 0x200a && c !== 0x2007) ||
  c === 0x2028 ||
  c === 0x2029 ||
  c === 0x205f ||
  c === 0x3000;
export const isDigit = (c: number): boolean => c >= 48 && c <= 57;
/** May stand in a name, behind its first character. */
export const isNamePart = (c: number): boolean => NAME_PART[c] === 1;
export const isNameStart = (c: number): boolean => CLASS_OF[c] === CharClass.name;

/** The end of a name that goes on at `from`. */
export function nameEnd(text: string, from: number): number {
  const { length } = text;
  let i = from;
  while (i < length && NAME_PART[text.charCodeAt(i)] === 1) i++;
  return i;
}

/** Position of the \n or \r that ends the line, or the end of the text. */
export function lineEnd(text: string, from: number): number {
  const { length } = text;
  let i = from;
  while (i < length) {
    const c = text.charCodeAt(i);
    if (c === 10 || c === 13) break;
    i++;
  }
  return i;
}

/** Behind the comment whose inside begins at `from`; comments nest. -1 when the text ends before. */
export function blockCommentEnd(text: string, from: number): number {
  const { length } = text;
  let depth = 1;
  for (let i = from; i < length; i++) {
    const c = text.charCodeAt(i);
    if (c === 42 && text.charCodeAt(i + 1) === 47) {
      i++;
      if (--depth === 0) return i + 1;
    } else if (c === 47 && text.charCodeAt(i + 1) === 42) {
      i++;
      depth++;
    }
  }
  return -1;
}

/** Behind the quoted name whose inside begins at `from`. -1 when the text ends before. */
export function quotedNameEnd(text: string, from: number): number {
  for (let i = text.indexOf('"', from); i !== -1; i = text.indexOf('"', i + 2)) {
    if (text.charCodeAt(i + 1) !== 34) return i + 1;
  }
  return -1;
}

/** How a quoted string is read inside. */
export const StringStyle = {
  /** Only a doubled quote is special: '..', U&'..', N'..'. */
  plain: 0,
  /** A backslash escapes what follows: E'..'. */
  escapes: 1,
  /** Ends at the first quote, doubled or not: B'..', X'..'. */
  bits: 2,
} as const;

/**
 * Behind the string whose inside begins at `from`, with what continues it: `'a'`, a line break, `'b'` is one string.
 * Negative when the text ends too early to tell: -1 when the string is open, ~end when it ends at `end` unless text to
 * come continues it.
 */
export function stringEnd(text: string, from: number, style: number): number {
  let inside = from;
  for (;;) {
    const end = pieceEnd(text, inside, style);
    if (end === -1) return -1;
    const c = text.charCodeAt(end);
    // The usual case: a comma or a parenthesis follows.
    if (c > 45 || c === 41 || c === 44) return end;
    const next = continuation(text, end);
    if (next === 0) return end;
    if (next === -1) return ~end;
    inside = next;
  }
}

function pieceEnd(text: string, from: number, style: number): number {
  const { length } = text;
  let i = from;
  // Most strings are short, and a call to indexOf costs as much as some twenty characters.
  const near = Math.min(length, from + 24);
  for (;;) {
    if (style === StringStyle.escapes) {
      while (i < length) {
        const c = text.charCodeAt(i);
        if (c === 39) break;
        i += c === 92 ? 2 : 1;
      }
    } else {
      while (i < near && text.charCodeAt(i) !== 39) i++;
      if (i >= near) i = text.indexOf("'", i);
    }
    if (i === -1 || i >= length) return -1;
    i++;
    if (style === StringStyle.bits || text.charCodeAt(i) !== 39) return i;
    i++;
  }
}

/**
 * A string goes on after blanks and comments with at least one line break among them. Gives the position inside the
 * continuation, 0 when there is none, -1 when the text ends before one can tell.
 */
function continuation(text: string, from: number): number {
  const { length } = text;
  let broken = false;
  let i = from;
  while (i < length) {
    const c = text.charCodeAt(i);
    if (c === 39) return broken ? i + 1 : 0;
    if (c === 10 || c === 13) broken = true;
    else if (c === 45) {
      if (i + 1 === length) return -1;
      if (text.charCodeAt(i + 1) !== 45) return 0;
      i = lineEnd(text, i + 2);
      continue;
    } else if (!isSpace(c)) return 0;
    i++;
  }
  return -1;
}

/**
 * Behind the opening tag ($$ or $tag$) at `at`, which holds a dollar. A tag follows the rules of names, without
 * dollars: $1 begins none. 0 when there is no tag, -1 when the text ends before one can tell.
 */
export function dollarTagEnd(text: string, at: number): number {
  const { length } = text;
  let i = at + 1;
  if (i === length) return -1;
  let c = text.charCodeAt(i);
  if (c === 36) return i + 1;
  if (!isNameStart(c)) return 0;
  do {
    i++;
    if (i === length) return -1;
    c = text.charCodeAt(i);
  } while (isNameStart(c) || isDigit(c));
  return c === 36 ? i + 1 : 0;
}

/** Behind the dollar string that opens at `at` and whose inside begins at `inside`. -1 when the text ends before. */
export function dollarStringEnd(text: string, at: number, inside: number): number {
  const tag = text.slice(at, inside);
  const close = text.indexOf(tag, inside);
  return close === -1 ? -1 : close + tag.length;
}

/** The string style that a one-letter prefix (upper case or not) gives, or -1. */
export function prefixStyle(c: number): number {
  switch (c | 32) {
    case 101: // e
      return StringStyle.escapes;
    case 98: // b
    case 120: // x
      return StringStyle.bits;
    case 110: // n
      return StringStyle.plain;
    default:
      return -1;
  }
}
