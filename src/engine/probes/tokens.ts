// A statement as its tokens that mean something, for probes that read names out of it. Not a parser: a statement that
// does not look as its page in the manual says gives undefined, and its probe then knows nothing.
import { Kind, Lexer } from "../../sql/lex.ts";

export interface Token {
  readonly kind: Kind;
  /** As written. */
  readonly text: string;
  /** Upper case for plain words, "" for everything else: a quoted name is never a keyword. */
  readonly word: string;
}

export function tokensOf(text: string): readonly Token[] {
  const lexer = new Lexer(text);
  const tokens: Token[] = [];
  while (lexer.next()) {
    const { kind } = lexer;
    if (kind === Kind.space || kind === Kind.lineComment || kind === Kind.blockComment) continue;
    const slice = lexer.slice();
    tokens.push({ kind, text: slice, word: kind === Kind.word ? slice.toUpperCase() : "" });
  }
  return tokens;
}

export interface Name {
  /** As SQL, comments and blanks left out: app."My index". */
  readonly sql: string;
  /** Its parts as the catalog holds them. */
  readonly parts: readonly string[];
}

/** A cursor over the tokens of one statement. */
export class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  /** Steps over the words if they come next, all of them or none. */
  take(...words: readonly string[]): boolean {
    if (!words.every((word, i) => this.#tokens[this.#at + i]?.word === word)) return false;
    this.#at += words.length;
    return true;
  }

  /** Steps over a list in parentheses if it comes next, and gives its upper-cased text. */
  list(): string | undefined {
    if (this.#tokens[this.#at]?.kind !== Kind.open) return undefined;
    const parts: string[] = [];
    let depth = 0;
    do {
      const token = this.#tokens[this.#at++];
      if (token === undefined) break;
      if (token.kind === Kind.open) depth++;
      if (token.kind === Kind.close) depth--;
      parts.push(token.text.toUpperCase());
    } while (depth > 0);
    return parts.join(" ");
  }

  /** A name, qualified or not. */
  name(): Name | undefined {
    const parts: string[] = [];
    const sql: string[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      const part = token === undefined ? undefined : identifier(token);
      if (token === undefined || part === undefined) return undefined;
      this.#at++;
      parts.push(part);
      sql.push(token.text);
      if (this.#tokens[this.#at]?.text !== ".") return { sql: sql.join("."), parts };
      this.#at++;
    }
  }

  /** A string literal without escapes, as its value. */
  string(): string | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind !== Kind.string || !token.text.startsWith("'")) return undefined;
    this.#at++;
    return token.text.slice(1, -1).replaceAll("''", "'");
  }

  /** Steps to behind the next of the words that is not inside parentheses. */
  skipTo(...words: readonly string[]): boolean {
    let depth = 0;
    for (; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at];
      if (token?.kind === Kind.open) depth++;
      if (token?.kind === Kind.close) depth--;
      if (depth === 0 && token !== undefined && words.includes(token.word)) {
        this.#at++;
        return true;
      }
    }
    return false;
  }

  get atEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }
}

/** As the server folds it: plain words to lower case, ASCII only. */
function identifier({ kind, text }: Token): string | undefined {
  if (kind === Kind.word) return text.replace(/[A-Z]/g, (c) => c.toLowerCase());
  if (kind === Kind.quotedName && text.startsWith('"')) return text.slice(1, -1).replaceAll('""', '"');
  return undefined;
}
