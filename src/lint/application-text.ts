// The text of application code into comments, strings and code, as far as looking for DDL needs it. Not a parser: what
// an expression means is not asked.

export type Language = "python" | "script" | "java" | "go" | "lines" | "json" | "xml";

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface StringLiteral extends Span {
  /** What stands between the quotes, escapes as they are; `valueStart` is its offset. */
  readonly value: string;
  readonly valueStart: number;
}

export interface ApplicationText {
  readonly comments: readonly Span[];
  /** Docstrings are comments. */
  readonly strings: readonly StringLiteral[];
  /** The text with blanks in place of comments and of what strings hold; offsets are those of the text. */
  readonly code: string;
}

const ENDINGS: Readonly<Record<string, Language>> = {
  py: "python",
  js: "script",
  mjs: "script",
  cjs: "script",
  jsx: "script",
  ts: "script",
  mts: "script",
  cts: "script",
  tsx: "script",
  java: "java",
  kt: "java",
  go: "go",
  properties: "lines",
  yml: "lines",
  yaml: "lines",
  sh: "lines",
  xml: "xml",
};

/** By the name of the file; undefined for files that are not looked into. */
export function languageOf(path: string): Language | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name === "package.json") return "json";
  if (/^(?:Dockerfile|Makefile|Procfile)\b/.test(name)) return "lines";
  return ENDINGS[name.slice(name.lastIndexOf(".") + 1)];
}

/** The endings and names that languageOf knows, as patterns of git. */
export const APPLICATION_FILES: readonly string[] = [
  ...Object.keys(ENDINGS).map((ending) => `*.${ending}`),
  "*package.json",
  "*Dockerfile*",
  "*Makefile",
  "*Procfile",
];

export function readApplication(text: string, language: Language): ApplicationText {
  const reader = new Reader(text, language);
  reader.read();
  return { comments: reader.comments, strings: reader.strings, code: reader.code() };
}

class Reader {
  readonly comments: Span[] = [];
  readonly strings: StringLiteral[] = [];
  readonly #text: string;
  readonly #language: Language;
  #at = 0;
  #depth = 0;

  constructor(text: string, language: Language) {
    this.#text = text;
    this.#language = language;
  }

  read(): void {
    while (this.#at < this.#text.length) {
      if (!this.#comment() && !this.#string()) {
        const c = this.#text[this.#at] ?? "";
        if ("([{".includes(c)) this.#depth++;
        else if (")]}".includes(c)) this.#depth = Math.max(0, this.#depth - 1);
        this.#at++;
      }
    }
  }

  code(): string {
    const holes = [
      ...this.comments,
      ...this.strings.map((s) => ({ start: s.valueStart, end: endOfValue(s) })),
    ];
    holes.sort((a, b) => a.start - b.start);
    let code = "";
    let from = 0;
    for (const { start, end } of holes) {
      if (start < from) continue;
      code += this.#text.slice(from, start) + this.#text.slice(start, end).replace(/[^\n]/g, " ");
      from = end;
    }
    return code + this.#text.slice(from);
  }

  #comment(): boolean {
    const text = this.#text;
    const at = this.#at;
    if (this.#language === "json") return false;
    if (this.#language === "xml") return text.startsWith("<!--", at) && this.#commentTo("-->", at);
    if (this.#language === "python" || this.#language === "lines") {
      const isComment =
        text[at] === "#" &&
        (this.#language === "python" || /(?:^|\s)$/.test(text.slice(Math.max(0, at - 1), at)));
      return isComment && this.#commentTo("\n", at);
    }
    if (text.startsWith("//", at)) return this.#commentTo("\n", at);
    return text.startsWith("/*", at) && this.#commentTo("*/", at);
  }

  #commentTo(mark: string, start: number): boolean {
    const found = this.#text.indexOf(mark, start + 1);
    const end = found === -1 ? this.#text.length : mark === "\n" ? found : found + mark.length;
    this.comments.push({ start, end });
    this.#at = end;
    return true;
  }

  #string(): boolean {
    const text = this.#text;
    const quote = text[this.#at] ?? "";
    if (this.#language === "lines" || this.#language === "xml") return false;
    if (quote === "/" && this.#language === "script") return this.#regularExpression();
    if (quote === "`" && (this.#language === "script" || this.#language === "go")) {
      const end = this.#language === "go" ? text.indexOf("`", this.#at + 1) : templateEnd(text, this.#at + 1);
      return end !== -1 && this.#take(this.#at, this.#at + 1, end, 1);
    }
    if (quote !== '"' && (quote !== "'" || this.#language === "json")) return false;
    const hasTriple = this.#language === "python" || this.#language === "java";
    const triple = quote.repeat(3);
    if (hasTriple && text.startsWith(triple, this.#at)) {
      const end = closing(text, this.#at + 3, triple, true);
      return this.#take(this.#at, this.#at + 3, end ?? text.length, 3);
    }
    const end = closing(text, this.#at + 1, quote, false);
    // An apostrophe in JSX, or a text that is cut off: not a string.
    return end !== undefined && this.#take(this.#at, this.#at + 1, end, 1);
  }

  #take(start: number, valueStart: number, end: number, quotes: number): boolean {
    const value = this.#text.slice(valueStart, end);
    this.#at = Math.min(this.#text.length, end + quotes);
    if (this.#language === "python" && this.#isDocstring(start)) this.comments.push({ start, end: this.#at });
    else this.strings.push({ start, end: this.#at, value, valueStart });
    return true;
  }

  /** A string that is a statement of its own does nothing. */
  #isDocstring(start: number): boolean {
    const line = this.#text.slice(this.#text.lastIndexOf("\n", start - 1) + 1, start);
    if (this.#depth > 0 || !/^\s*[rRuUbBfF]{0,2}$/.test(line)) return false;
    const before = this.#text.slice(0, start - line.length);
    return !/\\\r?\n$/.test(before.slice(-3));
  }

  #regularExpression(): boolean {
    const before = this.#text.slice(Math.max(0, this.#at - 40), this.#at).trimEnd();
    if (!/(?:^|[(,=:[!&|?{};+\-*%~^<>]|\breturn|\btypeof|\bcase)$/.test(before)) return false;
    const found = /^\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//.exec(
      this.#text.slice(this.#at, this.#at + 500),
    );
    if (found === null) return false;
    this.#at += found[0].length;
    return true;
  }
}

const endOfValue = ({ valueStart, value }: StringLiteral): number => valueStart + value.length;

/** Offset of the closing quotes. A backslash takes the next character with it. */
function closing(text: string, from: number, quotes: string, manyLines: boolean): number | undefined {
  for (let at = from; at < text.length; at++) {
    const c = text[at];
    if (c === "\\") at++;
    else if (c === "\n" && !manyLines) return undefined;
    else if (text.startsWith(quotes, at)) return at;
  }
  return undefined;
}

/** Offset of the backtick that ends a template; -1 without one. */
function templateEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "`") return at;
    else if (text.startsWith("${", at)) {
      let depth = 1;
      for (at += 2; at < text.length && depth > 0; at++) {
        const c = text[at] ?? "";
        if (c === "'" || c === '"') at = closing(text, at + 1, c, false) ?? at;
        else if (c === "`") {
          const inner = templateEnd(text, at + 1);
          if (inner === -1) return -1;
          at = inner;
        } else if (c === "{") depth++;
        else if (c === "}") depth--;
      }
      at--;
    }
  }
  return -1;
}
