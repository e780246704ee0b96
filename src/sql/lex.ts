// PostgreSQL's tokens, as a cursor over a text. Lossless: the tokens joined are the text. It knows nothing of grammar,
// and never fails: what the server would refuse is a token too.
import {
  blockCommentEnd,
  CharClass,
  CLASS_OF,
  dollarStringEnd,
  dollarTagEnd,
  isDigit,
  isNameStart,
  isSpace,
  lineEnd,
  nameEnd,
  prefixStyle,
  quotedNameEnd,
  StringStyle,
  stringEnd,
} from "./characters.ts";

export const Kind = {
  space: 0,
  lineComment: 1,
  blockComment: 2,
  word: 3,
  quotedName: 4,
  string: 5,
  dollarString: 6,
  parameter: 7,
  /** With what is glued to it: 1e5, 0x1F, 1_000, and junk such as 12ab, which the server refuses. */
  number: 8,
  semicolon: 9,
  open: 10,
  close: 11,
  /** Also ::, := and .. */
  operator: 12,
  /** Characters that no token may begin with, one each. */
  other: 13,
  /** , . [ ] : */
  punctuation: 14,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

export interface Token {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
}

/**
 * A cursor: call next() until it gives false; kind, start and end describe the token just read. `isOpen` is true for a
 * string, name or comment that runs to the end of the text without its terminator.
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
    const start = this.end;
    if (start >= text.length) return false;
    this.start = start;
    this.isOpen = false;
    const c = text.charCodeAt(start);
    switch (CLASS_OF[c]) {
      case CharClass.space:
        return this.#take(Kind.space, spaceEnd(text, start + 1));
      case CharClass.name:
        return this.#word(c);
      case CharClass.digit:
        return this.#take(Kind.number, numberEnd(text, start));
      case CharClass.quote:
        return this.#string(start + 1, StringStyle.plain);
      case CharClass.doubleQuote:
        return this.#until(Kind.quotedName, quotedNameEnd(text, start + 1));
      case CharClass.dollar:
        return this.#dollar();
      case CharClass.semicolon:
        return this.#take(Kind.semicolon, start + 1);
      case CharClass.open:
        return this.#take(Kind.open, start + 1);
      case CharClass.close:
        return this.#take(Kind.close, start + 1);
      case CharClass.operator:
        return this.#operator(c);
      case CharClass.punctuation:
        return this.#punctuation(c);
      default:
        return this.#take(Kind.other, start + 1);
    }
  }

  /** The text of the token just read. */
  slice(): string {
    return this.text.slice(this.start, this.end);
  }

  #take(kind: Kind, end: number): true {
    this.kind = kind;
    this.end = end;
    return true;
  }

  /** A token that runs to the end of the text when its terminator was not found (-1). */
  #until(kind: Kind, end: number): true {
    this.isOpen = end === -1;
    return this.#take(kind, this.isOpen ? this.text.length : end);
  }

  #string(from: number, style: number): true {
    const end = stringEnd(this.text, from, style);
    return this.#until(Kind.string, end < -1 ? ~end : end);
  }

  /** A word, or a string or name with a prefix: e'..', b'..', x'..', n'..', u&'..', u&"..". */
  #word(c: number): true {
    const { text, start } = this;
    const end = nameEnd(text, start + 1);
    if (end === start + 1) {
      const d = text.charCodeAt(end);
      if (d === 39) {
        const style = prefixStyle(c);
        if (style !== -1) return this.#string(end + 1, style);
      } else if (d === 38 && (c | 32) === 117) {
        const e = text.charCodeAt(end + 1);
        if (e === 39) return this.#string(end + 2, StringStyle.plain);
        if (e === 34) return this.#until(Kind.quotedName, quotedNameEnd(text, end + 2));
      }
    }
    return this.#take(Kind.word, end);
  }

  /** $1, $$..$$, $tag$..$tag$ or a lone dollar. */
  #dollar(): true {
    const { text, start } = this;
    let i = start + 1;
    while (isDigit(text.charCodeAt(i))) i++;
    if (i > start + 1) return this.#take(Kind.parameter, i);
    const inside = dollarTagEnd(text, start);
    if (inside <= 0) return this.#take(Kind.other, start + 1);
    return this.#until(Kind.dollarString, dollarStringEnd(text, start, inside));
  }

  #operator(c: number): true {
    const { text, start } = this;
    const d = text.charCodeAt(start + 1);
    if (c === 45 && d === 45) return this.#take(Kind.lineComment, lineEnd(text, start + 2));
    if (c === 47 && d === 42) return this.#until(Kind.blockComment, blockCommentEnd(text, start + 2));
    return this.#take(Kind.operator, operatorEnd(text, start));
  }

  #punctuation(c: number): true {
    const { text, start } = this;
    const d = text.charCodeAt(start + 1);
    if (c === 46 && isDigit(d)) return this.#take(Kind.number, numberEnd(text, start));
    const isPair = c === 46 ? d === 46 : c === 58 && (d === 58 || d === 61);
    return isPair ? this.#take(Kind.operator, start + 2) : this.#take(Kind.punctuation, start + 1);
  }
}

/** All tokens of a text, as values. For callers that are not in a hot loop. */
export function tokenize(text: string): readonly Token[] {
  const lexer = new Lexer(text);
  const tokens: Token[] = [];
  while (lexer.next()) tokens.push({ kind: lexer.kind, start: lexer.start, end: lexer.end });
  return tokens;
}

function spaceEnd(text: string, from: number): number {
  let i = from;
  while (isSpace(text.charCodeAt(i))) i++;
  return i;
}

/**
 * Operator characters, up to where a comment begins. Of several, a trailing + or - is not part of the operator unless
 * the operator has a character that no SQL operator has: `*-` is two operators, `@-` is one.
 */
function operatorEnd(text: string, from: number): number {
  let end = from;
  let special = false;
  while (CLASS_OF[text.charCodeAt(end)] === CharClass.operator) {
    const c = text.charCodeAt(end);
    const d = text.charCodeAt(end + 1);
    if ((c === 45 && d === 45) || (c === 47 && d === 42)) break;
    special ||= "~!@#^&|`?%".includes(text.charAt(end));
    end++;
  }
  while (!special && end > from + 1 && isSign(text.charCodeAt(end - 1))) end--;
  return end;
}

const isSign = (c: number): boolean => c === 43 || c === 45;

/** Digits, fraction and exponent; `1..10` ends before the dots. */
function numberEnd(text: string, from: number): number {
  let i = digitsEnd(text, from);
  const isHex = i === from + 1 && text.charCodeAt(from) === 48 && "xXoObB".includes(text.charAt(i) || " ");
  if (!isHex && text.charCodeAt(i) === 46 && text.charCodeAt(i + 1) !== 46) i = digitsEnd(text, i + 1);
  if (!isHex && (text.charCodeAt(i) | 32) === 101 && isSign(text.charCodeAt(i + 1))) {
    if (isDigit(text.charCodeAt(i + 2))) i = digitsEnd(text, i + 2);
  }
  return i < text.length && isNameStart(text.charCodeAt(i)) ? nameEnd(text, i) : i;
}

/** Digits, with single underscores between them. */
function digitsEnd(text: string, from: number): number {
  let i = from;
  while (
    isDigit(text.charCodeAt(i)) ||
    (text.charCodeAt(i) === 95 && isDigit(text.charCodeAt(i + 1)) && i > from)
  ) {
    i++;
  }
  return i;
}
