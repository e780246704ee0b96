// Regular expressions of Java (java.util.regex.Pattern, Java 17) as those of JavaScript. Flags are worked into the
// pattern itself, because JavaScript has none for a part of one (before V8 12.5) and means other things by some.
// Not translated, and refused: \G, \X, \N{...}, \b{g}, (?U), Unicode blocks.

export class JavaRegexError extends Error {
  override readonly name = "JavaRegexError";
}

/** @throws JavaRegexError with a reason that names the part of the pattern. */
export function javaRegex(pattern: string): RegExp {
  const source = new Translator(pattern).whole();
  try {
    return new RegExp(source, "gv");
  } catch {
    throw new JavaRegexError("it means something that JavaScript has no word for");
  }
}

interface Flags {
  /** i: letters of ASCII in either case. */
  readonly ignoreCase: boolean;
  /** u: with i, letters of any script. */
  readonly unicodeCase: boolean;
  /** s: a dot is any character. */
  readonly dotAll: boolean;
  /** m: ^ and $ at line ends. */
  readonly multiline: boolean;
  /** x: blanks and comments in the pattern mean nothing. */
  readonly comments: boolean;
  /** d: only \n ends a line. */
  readonly unixLines: boolean;
}

const NO_FLAGS: Flags = {
  ignoreCase: false,
  unicodeCase: false,
  dotAll: false,
  multiline: false,
  comments: false,
  unixLines: false,
};

const FLAG_LETTERS: Readonly<Record<string, keyof Flags>> = {
  i: "ignoreCase",
  u: "unicodeCase",
  s: "dotAll",
  m: "multiline",
  x: "comments",
  d: "unixLines",
};

const ANY = String.raw`[\s\S]`;
const START = `(?<!${ANY})`;
const END = `(?!${ANY})`;
const LINE_ENDS = String.raw`\n\r\u0085\u2028\u2029`;

/** Of ASCII only, as in Java without (?U). */
const CLASSES: Readonly<Record<string, string>> = {
  d: "0-9",
  w: "a-zA-Z0-9_",
  s: String.raw` \t\n\x0B\f\r`,
  h: String.raw` \t\xA0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000`,
  v: String.raw`\n\x0B\f\r\x85\u2028\u2029`,
};

const POSIX: Readonly<Record<string, string>> = {
  Lower: "a-z",
  Upper: "A-Z",
  ASCII: String.raw`\x00-\x7F`,
  Alpha: "a-zA-Z",
  Digit: "0-9",
  Alnum: "a-zA-Z0-9",
  Punct: String.raw`\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E`,
  Graph: String.raw`\x21-\x7E`,
  Print: String.raw`\x20-\x7E`,
  Blank: String.raw` \t`,
  Cntrl: String.raw`\x00-\x1F\x7F`,
  XDigit: "0-9A-Fa-f",
  Space: String.raw` \t\n\x0B\f\r`,
};

/** Java's names for properties, behind Is. */
const PROPERTIES: Readonly<Record<string, string>> = {
  ALPHABETIC: "Alphabetic",
  LETTER: "L",
  IDEOGRAPHIC: "Ideographic",
  LOWERCASE: "Lowercase",
  UPPERCASE: "Uppercase",
  TITLECASE: "Lt",
  PUNCTUATION: "P",
  CONTROL: "Cc",
  WHITE_SPACE: "White_Space",
  DIGIT: "Nd",
  HEX_DIGIT: "Hex_Digit",
  JOIN_CONTROL: "Join_Control",
};

/** With (?i) these three mean all of them. */
const CASED = new Set(["Lu", "Ll", "Lt"]);

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, f: 12, r: 13, e: 27, a: 7 };

class Translator {
  readonly #text: readonly string[];
  #at = 0;
  #flags = NO_FLAGS;
  #groups = 0;
  #atoms = 0;
  readonly #names = new Map<string, number>();

  constructor(pattern: string) {
    this.#text = Array.from(pattern);
  }

  whole(): string {
    const source = this.#alternatives();
    if (this.#at < this.#text.length) throw this.#error("a closing parenthesis has no opening one");
    return source;
  }

  // --- the text -------------------------------------------------------------------------------------------------------

  #peek(ahead = 0): string {
    return this.#text[this.#at + ahead] ?? "";
  }

  #take(): string {
    const c = this.#peek();
    if (c === "") throw this.#error("it ends too early");
    this.#at++;
    return c;
  }

  #eat(text: string): boolean {
    if (!Array.from(text).every((c, i) => this.#peek(i) === c)) return false;
    this.#at += text.length;
    return true;
  }

  #until(end: string): string {
    let text = "";
    while (!this.#eat(end)) text += this.#take();
    return text;
  }

  #while(pattern: RegExp, most = Number.MAX_SAFE_INTEGER): string {
    let text = "";
    while (text.length < most && pattern.test(this.#peek())) text += this.#take();
    return text;
  }

  #error(reason: string): JavaRegexError {
    return new JavaRegexError(`${reason} (at character ${Math.min(this.#at, this.#text.length) + 1})`);
  }

  #skipComments(): void {
    if (!this.#flags.comments) return;
    for (;;) {
      if (/[ \t\n\v\f\r]/.test(this.#peek())) this.#at++;
      else if (this.#peek() === "#") while (!/^[\n\r]?$/.test(this.#peek())) this.#at++;
      else return;
    }
  }

  // --- structure ------------------------------------------------------------------------------------------------------

  /** Flags that are set in here end with it. */
  #alternatives(): string {
    const before = this.#flags;
    let source = this.#sequence();
    while (this.#eat("|")) source += `|${this.#sequence()}`;
    this.#flags = before;
    return source;
  }

  #sequence(): string {
    let source = "";
    for (;;) {
      this.#skipComments();
      const c = this.#peek();
      if (c === "" || c === "|" || c === ")") return source;
      // Of a quotation the last character is quantified.
      const quoted = this.#eat("\\Q") ? Array.from(this.#quoted()) : undefined;
      const last = quoted?.pop();
      source += quoted?.map((q) => this.#literal(q)).join("") ?? "";
      const atom = quoted === undefined ? this.#atom() : last === undefined ? "" : this.#literal(last);
      source += atom === "" ? "" : this.#quantified(atom);
    }
  }

  #quantified(atom: string): string {
    this.#skipComments();
    const quantifier = this.#quantifier();
    if (quantifier === undefined) return atom;
    if (this.#eat("+")) return this.#atomic(`(?:${atom})${quantifier}`);
    return `(?:${atom})${quantifier}${this.#eat("?") ? "?" : ""}`;
  }

  #quantifier(): string | undefined {
    const c = this.#peek();
    if (c === "*" || c === "+" || c === "?") return this.#take();
    if (c !== "{") return undefined;
    this.#at++;
    const least = this.#while(/\d/);
    const most = this.#eat(",") ? `,${this.#while(/\d/)}` : "";
    if (least === "" || !this.#eat("}")) throw this.#error("a brace holds no count");
    return `{${least}${most}}`;
  }

  /** What has matched is not tried again: JavaScript never looks into a lookahead a second time. */
  #atomic(source: string): string {
    const name = `a${++this.#atoms}`;
    return `(?:(?=(?<${name}>${source}))\\k<${name}>)`;
  }

  /** Empty for what only sets flags. */
  #atom(): string {
    const c = this.#take();
    switch (c) {
      case "(":
        return this.#group();
      case "[":
        return this.#class();
      case "\\":
        return this.#escape();
      case ".":
        return this.#flags.dotAll ? ANY : this.#flags.unixLines ? String.raw`[^\n]` : `[^${LINE_ENDS}]`;
      case "^":
        return this.#lineStart();
      case "$":
        return this.#lineEnd(this.#flags.multiline);
      case "*":
      case "+":
      case "?":
        this.#at--;
        throw this.#error(`nothing stands before ${c}`);
      default:
        return this.#literal(c);
    }
  }

  #lineStart(): string {
    if (!this.#flags.multiline) return START;
    const behind = this.#flags.unixLines ? String.raw`\n` : String.raw`[\n\u0085\u2028\u2029]|\r(?!\n)`;
    return `(?:(?=${ANY})(?:${START}|(?<=${behind})))`;
  }

  /** Before a line end, or the last one; never between \r and \n. */
  #lineEnd(multiline: boolean): string {
    const one = this.#flags.unixLines ? String.raw`\n` : `[${LINE_ENDS}]`;
    const two = this.#flags.unixLines ? "" : String.raw`(?<!\r(?=\n))`;
    return multiline ? `(?:(?=${one}|${END})${two})` : `(?:(?=(?:\\r\\n|${one})?${END})${two})`;
  }

  #group(): string {
    if (!this.#eat("?")) return this.#capture(undefined);
    for (const [java, open] of [
      [":", "(?:"],
      ["=", "(?="],
      ["!", "(?!"],
      ["<=", "(?<="],
      ["<!", "(?<!"],
    ] as const) {
      if (this.#eat(java)) return `(?:${open}${this.#body()}))`;
    }
    if (this.#eat(">")) return this.#atomic(this.#body());
    if (this.#eat("<")) return this.#capture(this.#until(">"));
    return this.#flagGroup();
  }

  #body(): string {
    const source = this.#alternatives();
    if (!this.#eat(")")) throw this.#error("a parenthesis is not closed");
    return source;
  }

  #capture(name: string | undefined): string {
    const number = ++this.#groups;
    if (name !== undefined) {
      if (!/^[a-zA-Z][a-zA-Z0-9]*$/.test(name)) throw this.#error(`"${name}" is no name of a group`);
      if (this.#names.has(name)) throw this.#error(`two groups have the name ${name}`);
      this.#names.set(name, number);
    }
    return `(?<g${number}>${this.#body()})`;
  }

  /** (?i) to the end of the group, (?i:...) for what is in it. */
  #flagGroup(): string {
    const before = this.#flags;
    let on = true;
    for (;;) {
      const c = this.#take();
      if (c === ")") return "";
      if (c === ":") {
        const source = this.#body();
        this.#flags = before;
        return `(?:${source})`;
      }
      if (c === "-" && on) {
        on = false;
        continue;
      }
      const flag = FLAG_LETTERS[c];
      if (flag === undefined) throw this.#error(`(?${c} is not supported`);
      this.#flags = { ...this.#flags, [flag]: on };
    }
  }

  // --- characters -----------------------------------------------------------------------------------------------------

  #literal(c: string): string {
    const codes = this.#cases(c.codePointAt(0) ?? 0);
    return codes.length === 1 ? codePoint(codes[0] ?? 0) : `[${codes.map(codePoint).join("")}]`;
  }

  #cases(code: number): readonly number[] {
    if (!this.#flags.ignoreCase) return [code];
    const c = String.fromCodePoint(code);
    if (code > 127 && !this.#flags.unicodeCase) return [code];
    const other = [c.toLowerCase(), c.toUpperCase()].flatMap((o) => {
      const points = Array.from(o);
      const point = points[0]?.codePointAt(0);
      return points.length === 1 && point !== undefined ? [point] : [];
    });
    return [...new Set([code, ...other])];
  }

  #escape(): string {
    const c = this.#take();
    switch (c) {
      case "A":
        return START;
      case "z":
        return END;
      case "Z":
        return this.#lineEnd(false);
      case "b":
      case "B":
        if (this.#eat("{g}")) throw this.#error(`\\${c}{g} is not supported`);
        return `\\${c}`;
      case "R":
        return String.raw`(?:\r\n|[\n\x0B\f\r\x85\u2028\u2029])`;
      case "E":
        return "";
      case "k": {
        const name = this.#eat("<") ? this.#until(">") : "";
        const number = this.#names.get(name);
        if (number === undefined) throw this.#error(`no group before it has the name "${name}"`);
        return `\\k<g${number}>`;
      }
      default:
        return /[1-9]/.test(c) ? this.#reference(c) : this.#inAndOut(c);
    }
  }

  /** A quotation without an end goes to the end. */
  #quoted(): string {
    let text = "";
    while (this.#peek() !== "" && !this.#eat("\\E")) text += this.#take();
    return text;
  }

  /** As many digits as there are groups for. */
  #reference(first: string): string {
    let number = Number(first);
    while (/\d/.test(this.#peek()) && number * 10 + Number(this.#peek()) <= this.#groups)
      number = number * 10 + Number(this.#take());
    // A group that never is cannot have matched.
    return number <= this.#groups ? `\\k<g${number}>` : "(?!)";
  }

  /** Escapes that mean the same within brackets and without. */
  #inAndOut(c: string): string {
    const set = this.#set(c);
    return set ?? this.#literal(String.fromCodePoint(this.#code(c)));
  }

  #set(c: string): string | undefined {
    const letters = CLASSES[c.toLowerCase()];
    if (letters !== undefined) return c === c.toLowerCase() ? `[${letters}]` : `[^${letters}]`;
    if (c !== "p" && c !== "P") return undefined;
    const name = this.#eat("{") ? this.#until("}") : this.#take();
    return c === "p" ? `[${this.#property(name)}]` : `[^${this.#property(name)}]`;
  }

  #property(name: string): string {
    const posix = POSIX[name];
    if (posix !== undefined)
      return this.#flags.ignoreCase && (name === "Lower" || name === "Upper") ? "a-zA-Z" : posix;
    const [key, value] = name.includes("=") ? name.split("=", 2) : [undefined, undefined];
    const kind = key?.toLowerCase();
    if (kind === "sc" || kind === "script") return this.#known(`Script=${value}`, name);
    if (kind === "gc" || kind === "general_category") return this.#category(value ?? "", name);
    if (!name.startsWith("Is")) return this.#category(name, name);
    const rest = name.slice(2);
    const property = PROPERTIES[rest.toUpperCase()];
    if (property !== undefined) return `\\p{${property}}`;
    return rest.length <= 2 ? this.#category(rest, name) : this.#known(`Script=${rest}`, name);
  }

  #category(category: string, name: string): string {
    if (this.#flags.ignoreCase && CASED.has(category)) return String.raw`\p{Lu}\p{Ll}\p{Lt}`;
    return this.#known(`General_Category=${category}`, name);
  }

  #known(property: string, name: string): string {
    try {
      new RegExp(`\\p{${property}}`, "v");
      return `\\p{${property}}`;
    } catch {
      throw this.#error(`\\p{${name}} is not supported`);
    }
  }

  /** The character that an escape stands for. */
  #code(c: string): number {
    const control = CONTROLS[c];
    if (control !== undefined) return control;
    switch (c) {
      case "x":
        return this.#eat("{") ? this.#hex(this.#until("}")) : this.#hex(this.#while(/[0-9a-f]/i, 2), 2);
      case "u":
        return this.#utf16();
      case "0": {
        const digits = this.#while(/[0-7]/, /[0-3]/.test(this.#peek()) ? 3 : 2);
        if (digits === "") throw this.#error("\\0 has no octal digits");
        return Number.parseInt(digits, 8);
      }
      case "c":
        return (this.#take().codePointAt(0) ?? 0) ^ 64;
      default:
        if (/[a-zA-Z]/.test(c)) throw this.#error(`\\${c} is not supported`);
        return c.codePointAt(0) ?? 0;
    }
  }

  /** Two halves of a pair are one character. */
  #utf16(): number {
    const high = this.#hex(this.#while(/[0-9a-f]/i, 4), 4);
    if (high < 0xd800 || high > 0xdbff || !this.#eat("\\u")) return high;
    const low = this.#hex(this.#while(/[0-9a-f]/i, 4), 4);
    return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  }

  #hex(digits: string, length?: number): number {
    const code = Number.parseInt(digits, 16);
    if (!/^[0-9a-f]+$/i.test(digits) || (length !== undefined && digits.length !== length) || code > 0x10ffff)
      throw this.#error("an escape has wrong hexadecimal digits");
    return code;
  }

  // --- brackets -------------------------------------------------------------------------------------------------------

  /** Unions stand in brackets of their own, because JavaScript has no && beside them. */
  #class(): string {
    const open = this.#eat("^") ? "[^" : "[";
    const parts: string[] = [];
    let union = "";
    let isFirst = true;
    for (;;) {
      this.#skipComments();
      if (this.#peek() === "]" && !(isFirst && parts.length === 0)) break;
      if (this.#eat("&&")) {
        if (union !== "") parts.push(union);
        union = "";
        isFirst = false;
        continue;
      }
      union += this.#member();
      isFirst = false;
    }
    this.#at++;
    if (union !== "") parts.push(union);
    if (parts.length <= 1) return `${open}${parts[0] ?? ""}]`;
    return `${open}${parts.map((part) => `[${part}]`).join("&&")}]`;
  }

  #member(): string {
    const c = this.#take();
    if (c === "[") return this.#class();
    if (c === "\\") {
      const escaped = this.#take();
      if (escaped === "Q")
        return Array.from(this.#quoted())
          .map((q) => this.#range(q.codePointAt(0) ?? 0, q.codePointAt(0) ?? 0))
          .join("");
      if (escaped === "E") return "";
      if (/[1-9bBAzZGRXk]/.test(escaped)) throw this.#error(`\\${escaped} means nothing in brackets`);
      const set = this.#set(escaped);
      return set ?? this.#rangeFrom(this.#code(escaped));
    }
    return this.#rangeFrom(c.codePointAt(0) ?? 0);
  }

  #rangeFrom(from: number): string {
    this.#skipComments();
    const next = this.#peek(1);
    if (this.#peek() !== "-" || next === "]" || next === "[" || next === "") return this.#range(from, from);
    this.#at++;
    this.#skipComments();
    const c = this.#take();
    const to = c === "\\" ? this.#code(this.#take()) : (c.codePointAt(0) ?? 0);
    if (to < from) throw this.#error("a range goes backwards");
    return this.#range(from, to);
  }

  #range(from: number, to: number): string {
    if (from === to) return this.#cases(from).map(codePoint).join("");
    const own = `${codePoint(from)}-${codePoint(to)}`;
    if (!this.#flags.ignoreCase) return own;
    return own + shifted(from, to, 65, 90, 32) + shifted(from, to, 97, 122, -32);
  }
}

/** The part of a range within another one, moved: the letters of the other case. */
function shifted(from: number, to: number, least: number, most: number, by: number): string {
  const low = Math.max(from, least);
  const high = Math.min(to, most);
  return low > high ? "" : `${codePoint(low + by)}-${codePoint(high + by)}`;
}

/** Letters and digits as they are, all else by number: nothing means anything then. */
function codePoint(code: number): string {
  const c = String.fromCodePoint(code);
  return /^[a-zA-Z0-9]$/.test(c) ? c : `\\u{${code.toString(16)}}`;
}
