// PostgreSQL's lexical rules (src/backend/parser/scan.l, standard_conforming_strings on), as a cursor over a text.
// Lossless: the tokens joined are the text. It knows nothing of grammar.

export const Kind = {
  space: 0,
  lineComment: 1,
  blockComment: 2,
  word: 3,
  quotedName: 4,
  string: 5,
  dollarString: 6,
  parameter: 7,
  number: 8,
  semicolon: 9,
  open: 10,
  close: 11,
  operator: 12,
  other: 13,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

export interface Token {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
}

/**
 * A cursor: call next() until it gives false; kind, start, end and isOpen describe the token just read. `isOpen` is
 * true for a string, comment or dollar string that runs to the end of the text without its terminator.
 */
export class Lexer {
  readonly text: string;
  kind: Kind = Kind.space;
  start = 0;
  end = 0;
  isOpen = false;

  constructor(text: string, from = 0) {
    this.text = text;
    this.end = from;
  }

  next(): boolean {
    const { text } = this;
    if (this.end >= text.length) return false;
    this.start = this.end;
    this.isOpen = false;
    const c = text.charCodeAt(this.start);
    if (isSpace(c)) return this.#take(Kind.space, skipSpace(text, this.start + 1));
    if (isNameStart(c)) return this.#word(c);
    if (c === 39) return this.#quoted(Kind.string, this.start + 1, 39, false);
    if (c === 59) return this.#take(Kind.semicolon, this.start + 1);
    if (c === 40) return this.#take(Kind.open, this.start + 1);
    if (c === 41) return this.#take(Kind.close, this.start + 1);
    if (c === 34) return this.#quoted(Kind.quotedName, this.start + 1, 34, false);
    if (c === 36) return this.#dollar();
    if (isDigit(c)) return this.#take(Kind.number, numberEnd(text, this.start));
    const d = text.charCodeAt(this.start + 1);
    if (c === 45 && d === 45) return this.#take(Kind.lineComment, lineEnd(text, this.start + 2));
    if (c === 47 && d === 42) return this.#blockComment();
    if (c === 46 && isDigit(d)) return this.#take(Kind.number, numberEnd(text, this.start));
    if (isOperator(c)) return this.#take(Kind.operator, operatorEnd(text, this.start));
    // A surrogate pair never gets here: units above 0x7f are name characters.
    return this.#take(Kind.other, this.start + 1);
  }

  #take(kind: Kind, end: number): true {
    this.kind = kind;
    this.end = end;
    return true;
  }

  /** A word, or a string with a prefix: e'..', b'..', x'..', n'..', u&'..', u&"..". */
  #word(c: number): true {
    const { text, start } = this;
    const d = text.charCodeAt(start + 1);
    if (d === 39) {
      const prefix = c | 32;
      if (prefix === 101) return this.#quoted(Kind.string, start + 2, 39, true);
      if (prefix === 98 || prefix === 120 || prefix === 110)
        return this.#quoted(Kind.string, start + 2, 39, false);
    }
    if (d === 38 && (c | 32) === 117) {
      const e = text.charCodeAt(start + 2);
      if (e === 39) return this.#quoted(Kind.string, start + 3, 39, false);
      if (e === 34) return this.#quoted(Kind.quotedName, start + 3, 34, false);
    }
    let i = start + 1;
    while (i < text.length && isNamePart(text.charCodeAt(i))) i++;
    return this.#take(Kind.word, i);
  }

  #quoted(kind: Kind, from: number, quote: number, backslash: boolean): true {
    const { text } = this;
    if (!backslash) return this.#plainQuoted(kind, from, quote);
    for (let i = from; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 92) i++;
      else if (c === quote) {
        if (text.charCodeAt(i + 1) !== quote) return this.#take(kind, i + 1);
        i++;
      }
    }
    return this.#unterminated(kind);
  }

  #plainQuoted(kind: Kind, from: number, quote: number): true {
    const { text } = this;
    const mark = quote === 39 ? "'" : '"';
    for (let i = text.indexOf(mark, from); i !== -1; i = text.indexOf(mark, i + 2)) {
      if (text.charCodeAt(i + 1) !== quote) return this.#take(kind, i + 1);
    }
    return this.#unterminated(kind);
  }

  #unterminated(kind: Kind): true {
    this.isOpen = true;
    return this.#take(kind, this.text.length);
  }

  /** $1, $$..$$, $tag$..$tag$ or a lone dollar. A tag follows the rules of names, without dollars. */
  #dollar(): true {
    const { text, start } = this;
    let i = start + 1;
    const first = text.charCodeAt(i);
    if (isDigit(first)) {
      while (isDigit(text.charCodeAt(i))) i++;
      return this.#take(Kind.parameter, i);
    }
    if (isNameStart(first)) {
      while (i < text.length && isNamePart(text.charCodeAt(i)) && text.charCodeAt(i) !== 36) i++;
    }
    if (text.charCodeAt(i) !== 36) {
      // At the end of the text the tag might go on in a later piece.
      this.isOpen = i >= text.length;
      return this.#take(Kind.other, start + 1);
    }
    const tag = text.slice(start, i + 1);
    const close = text.indexOf(tag, i + 1);
    return close === -1
      ? this.#unterminated(Kind.dollarString)
      : this.#take(Kind.dollarString, close + tag.length);
  }

  #blockComment(): true {
    const { text } = this;
    let depth = 1;
    for (let i = this.start + 2; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 42 && text.charCodeAt(i + 1) === 47) {
        i++;
        if (--depth === 0) return this.#take(Kind.blockComment, i + 1);
      } else if (c === 47 && text.charCodeAt(i + 1) === 42) {
        i++;
        depth++;
      }
    }
    return this.#unterminated(Kind.blockComment);
  }
}

/** All tokens of a text, as values. For callers that are not in a hot loop. */
export function tokenize(text: string): readonly Token[] {
  const lexer = new Lexer(text);
  const tokens: Token[] = [];
  while (lexer.next()) tokens.push({ kind: lexer.kind, start: lexer.start, end: lexer.end });
  return tokens;
}

// --- character classes -----------------------------------------------------------------------------------------------

/** scan.l "space": blank, tab, newline, carriage return, form feed; vertical tab since PostgreSQL 16. */
export const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13);
const isDigit = (c: number): boolean => c >= 48 && c <= 57;
/** Letters, underscore and everything outside ASCII. */
export const isNameStart = (c: number): boolean =>
  (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || c > 127;
export const isNamePart = (c: number): boolean => isNameStart(c) || isDigit(c) || c === 36;

const OPERATORS = new Set([..."~!@#^&|`?+-*/%<>="].map((c) => c.charCodeAt(0)));
const isOperator = (c: number): boolean => c < 128 && OPERATORS.has(c);

function skipSpace(text: string, from: number): number {
  let i = from;
  while (i < text.length && isSpace(text.charCodeAt(i))) i++;
  return i;
}

function lineEnd(text: string, from: number): number {
  let i = from;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    if (c === 10 || c === 13) break;
    i++;
  }
  return i;
}

/** Operator characters up to where a comment begins. */
function operatorEnd(text: string, from: number): number {
  let i = from;
  while (isOperator(text.charCodeAt(i))) {
    const c = text.charCodeAt(i);
    const d = text.charCodeAt(i + 1);
    if (i > from && ((c === 45 && d === 45) || (c === 47 && d === 42))) break;
    i++;
  }
  return i;
}

/** Digits with what may belong to a number: fraction, exponent, 0x/0o/0b, underscores; `1..10` ends before the dots. */
function numberEnd(text: string, from: number): number {
  let i = from;
  const run = (): void => {
    while (i < text.length && (isDigit(text.charCodeAt(i)) || isNamePart(text.charCodeAt(i)))) i++;
  };
  run();
  if (text.charCodeAt(i) === 46 && text.charCodeAt(i + 1) !== 46) {
    i++;
    run();
  }
  const last = text.charCodeAt(i - 1) | 32;
  const sign = text.charCodeAt(i);
  if (
    last === 101 &&
    (sign === 43 || sign === 45) &&
    isDigit(text.charCodeAt(i + 1)) &&
    isDecimal(text, from, i - 1)
  ) {
    i++;
    run();
  }
  return i;
}

function isDecimal(text: string, from: number, until: number): boolean {
  for (let i = from; i < until; i++) {
    const c = text.charCodeAt(i);
    if (!isDigit(c) && c !== 46 && c !== 95) return false;
  }
  return true;
}
