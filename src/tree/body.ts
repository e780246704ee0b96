// The SQL inside a PL/pgSQL body: each statement with its place, and the IFs and loops round it. A reader of structure,
// not a parser of the language: the real parser says whether the body is right, but not where anything stands.
import { Kind, Lexer } from "../sql/lex.ts";
import { DYNAMIC } from "./action.ts";
import { assembled, type Fragment, literalPieces, type Piece, partOf, prefixed } from "./fragment.ts";

export interface BodyStatement {
  readonly fragment: Fragment;
  /** "execute": put together at run time; `fragment` has what can be known of it. */
  readonly kind: "sql" | "execute" | "opaque";
  readonly depth: number;
  readonly guard: string;
  readonly start: number;
  readonly end: number;
}

interface Token {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
  readonly upper: string;
}

const SQL = new Set(
  "ALTER ANALYZE CALL CLUSTER COMMENT COPY CREATE DELETE DROP GRANT IMPORT INSERT LOCK MERGE NOTIFY REASSIGN REFRESH REINDEX RESET REVOKE SECURITY SELECT SET TRUNCATE UPDATE VACUUM VALUES WITH DO".split(
    " ",
  ),
);

/** Statements of the language that hold no SQL of interest. */
const SKIPPED = new Set(
  "RAISE GET EXIT CONTINUE NULL FETCH CLOSE MOVE ASSERT OPEN COMMIT ROLLBACK".split(" "),
);

interface Block {
  readonly kind: "begin" | "if" | "loop" | "case";
  readonly guard: string;
  /** How many statements were found before it. */
  readonly from: number;
}

/** The statements of a body (the text between its quotes). */
export function bodyStatements(body: Fragment): readonly BodyStatement[] {
  return new BodyReader(body).read();
}

class BodyReader {
  readonly #body: Fragment;
  readonly #tokens: readonly Token[];
  readonly #found: BodyStatement[] = [];
  readonly #blocks: Block[] = [];
  #at = 0;

  constructor(body: Fragment) {
    this.#body = body;
    this.#tokens = tokensOf(body.text);
  }

  read(): readonly BodyStatement[] {
    while (this.#at < this.#tokens.length) {
      const before = this.#at;
      this.#statement();
      if (this.#at === before) this.#at++;
    }
    return this.#found;
  }

  #upper(offset = 0): string {
    return this.#tokens[this.#at + offset]?.upper ?? "";
  }

  #statement(): void {
    const word = this.#upper();
    switch (word) {
      case "<<":
        while (this.#at < this.#tokens.length && this.#upper() !== ">>") this.#at++;
        this.#at++;
        return;
      case ";":
      case "ELSE":
        this.#at++;
        return;
      case "DECLARE":
        this.#at++;
        this.#declarations();
        return;
      case "BEGIN":
        this.#push("begin");
        this.#at++;
        return;
      case "EXCEPTION":
        this.#at++;
        this.#handlers();
        return;
      case "WHEN":
        this.#upTo("THEN");
        return;
      case "IF":
        this.#condition("if");
        return;
      case "ELSIF":
      case "ELSEIF":
        this.#blocks.pop();
        this.#condition("if");
        return;
      case "CASE":
        this.#push("case");
        while (this.#at < this.#tokens.length && this.#upper() !== "WHEN") this.#at++;
        return;
      case "LOOP":
        this.#push("loop");
        this.#at++;
        return;
      case "FOR":
      case "FOREACH":
      case "WHILE":
        this.#loop();
        return;
      case "END":
        this.#blocks.pop();
        this.#toSemicolon();
        return;
      case "EXECUTE":
        this.#at++;
        this.#execute();
        return;
      case "PERFORM":
        this.#at++;
        this.#expression();
        return;
      case "RETURN":
        this.#return();
        return;
      default:
    }
    if (SKIPPED.has(word)) this.#toSemicolon();
    else if (SQL.has(word) && !this.#isAssignment()) this.#sql();
    else this.#assignment();
  }

  #push(kind: Block["kind"], guard = ""): void {
    this.#blocks.push({ kind, guard, from: this.#found.length });
  }

  /** What the handlers of a block catch guards its statements. */
  #handlers(): void {
    const conditions: string[] = [];
    let depth = 0;
    for (let i = this.#at; i < this.#tokens.length && depth >= 0; i++) {
      const { upper } = this.#tokens[i] ?? { upper: "" };
      if (["BEGIN", "IF", "CASE", "LOOP"].includes(upper) && this.#tokens[i - 1]?.upper !== "END") depth++;
      else if (upper === "END") depth--;
      else if (upper === "WHEN" && depth === 0) conditions.push(this.#textUpTo("THEN", i + 1));
    }
    const from = this.#blocks.at(-1)?.from ?? 0;
    for (const [i, found] of this.#found.entries()) {
      if (i < from) continue;
      const guard = [found.guard, `EXCEPTION WHEN ${conditions.join(" OR ")}`].filter((g) => g !== "");
      this.#found[i] = { ...found, guard: guard.join(" AND ") };
    }
  }

  #textUpTo(word: string, from: number): string {
    const to = this.#tokens.findIndex(({ upper }, i) => i >= from && upper === word);
    return this.#textOf(from, to);
  }

  #isAssignment(): boolean {
    const next = this.#upper(1);
    return next === ":=" || next === "=";
  }

  /** Declarations go on until BEGIN; their defaults are expressions. */
  #declarations(): void {
    while (this.#at < this.#tokens.length && this.#upper() !== "BEGIN") this.#toSemicolon();
  }

  #condition(kind: Block["kind"]): void {
    this.#at++;
    const start = this.#at;
    let cases = 0;
    let depth = 0;
    while (this.#at < this.#tokens.length) {
      const word = this.#upper();
      if (word === "(") depth++;
      else if (word === ")") depth--;
      else if (word === "CASE") cases++;
      else if (word === "END" && cases > 0) cases--;
      else if (word === "THEN" && cases === 0 && depth <= 0) break;
      this.#at++;
    }
    this.#emit("sql", start, this.#at, "SELECT ");
    const guard = this.#textOf(start, this.#at);
    this.#push(kind, guard);
    this.#at++;
  }

  #loop(): void {
    const start = this.#at + 1;
    let from = start;
    let depth = 0;
    while (this.#at < this.#tokens.length) {
      const word = this.#upper();
      if (word === "(") depth++;
      else if (word === ")") depth--;
      else if (word === "IN" && depth === 0 && from === start) from = this.#at + 1;
      else if (word === "LOOP" && depth === 0) break;
      this.#at++;
    }
    const first = this.#tokens[from]?.upper ?? "";
    if (first === "EXECUTE") this.#emitExecute(from + 1, this.#at);
    else if (first === "SELECT" || first === "WITH" || first === "(") this.#emit("sql", from, this.#at);
  }

  #return(): void {
    this.#at++;
    if (this.#upper() === "QUERY") {
      this.#at++;
      if (this.#upper() === "EXECUTE") {
        this.#at++;
        this.#execute();
      } else this.#sql();
      return;
    }
    if (this.#upper() === "NEXT") this.#at++;
    this.#expression();
  }

  #sql(): void {
    const start = this.#at;
    this.#toSemicolon();
    this.#emit("sql", start, this.#at - 1, "");
  }

  #expression(): void {
    const start = this.#at;
    this.#toSemicolon();
    this.#emit("sql", start, this.#at - 1, "SELECT ");
  }

  #assignment(): void {
    const start = this.#at;
    this.#toSemicolon();
    for (let i = start; i < this.#at - 1; i++) {
      const { upper } = this.#tokens[i] ?? { upper: "" };
      if (upper === ":=" || upper === "=") {
        this.#emit("sql", i + 1, this.#at - 1, "SELECT ");
        return;
      }
    }
  }

  #execute(): void {
    const start = this.#at;
    this.#toSemicolon();
    this.#emitExecute(start, this.#at - 1);
  }

  #upTo(word: string): void {
    while (this.#at < this.#tokens.length && this.#upper() !== word) this.#at++;
    this.#at++;
  }

  /** Behind the next semicolon outside parentheses. */
  #toSemicolon(): void {
    while (this.#at < this.#tokens.length) {
      this.#at++;
      if (this.#tokens[this.#at - 1]?.kind === Kind.semicolon) return;
    }
    this.#at++;
  }

  #textOf(from: number, to: number): string {
    const first = this.#tokens[from];
    const last = this.#tokens[to - 1];
    return first === undefined || last === undefined || to <= from
      ? ""
      : this.#body.text.slice(first.start, last.end);
  }

  #around(): { readonly depth: number; readonly guard: string } {
    const inside = this.#blocks.filter((b) => b.kind !== "begin");
    return {
      depth: inside.length,
      guard: inside
        .map((b) => b.guard)
        .filter((g) => g !== "")
        .join(" AND "),
    };
  }

  #emit(kind: "sql", from: number, to: number, prefix = ""): void {
    const first = this.#tokens[from];
    const last = this.#tokens[to - 1];
    if (first === undefined || last === undefined || to <= from) return;
    const part = withoutInto(partOf(this.#body, first.start, last.end));
    const fragment = prefix === "" ? part : prefixed(prefix, part);
    const start = this.#body.toScript(first.start);
    this.#found.push({ fragment, kind, ...this.#around(), start, end: this.#body.toScript(last.end) });
  }

  #emitExecute(from: number, to: number): void {
    const first = this.#tokens[from];
    const last = this.#tokens[to - 1];
    if (first === undefined || last === undefined || to <= from) return;
    const tokens = beforeUsing(this.#tokens.slice(from, to));
    const pieces = executedText(this.#body.text, tokens);
    const place = { start: this.#body.toScript(first.start), end: this.#body.toScript(last.end) };
    const known = pieces.some((p) => !p.made && /[a-z]/i.test(p.text));
    const fragment = known ? assembled(this.#body, pieces) : partOf(this.#body, first.start, last.end);
    this.#found.push({ fragment, kind: known ? "execute" : "opaque", ...this.#around(), ...place });
  }
}

function tokensOf(text: string): readonly Token[] {
  const lexer = new Lexer(text);
  const tokens: Token[] = [];
  while (lexer.next()) {
    const { kind, start, end } = lexer;
    if (kind === Kind.space || kind === Kind.lineComment || kind === Kind.blockComment) continue;
    const upper =
      kind === Kind.string || kind === Kind.dollarString || kind === Kind.quotedName
        ? ""
        : text.slice(start, end).toUpperCase();
    tokens.push({ kind, start, end, upper });
  }
  return tokens;
}

/** SELECT ... INTO target and RETURNING ... INTO target: the target is a variable, so it is blanked out. */
function withoutInto(part: Fragment): Fragment {
  if (!/\binto\b/i.test(part.text)) return part;
  const tokens = tokensOf(part.text);
  let depth = 0;
  for (const [i, { upper }] of tokens.entries()) {
    if (upper === "(") depth++;
    else if (upper === ")") depth--;
    if (upper !== "INTO" || depth !== 0 || ["INSERT", "MERGE"].includes(tokens[i - 1]?.upper ?? "")) continue;
    let end = i + 1;
    if (tokens[end]?.upper === "STRICT") end++;
    for (;;) {
      end++;
      while (tokens[end]?.upper === "." || tokens[end]?.upper === "[")
        end += tokens[end]?.upper === "." ? 2 : 3;
      if (tokens[end]?.upper !== ",") break;
      end++;
    }
    const from = tokens[i]?.start ?? 0;
    const to = tokens[end - 1]?.end ?? part.text.length;
    return { ...part, text: part.text.slice(0, from) + " ".repeat(to - from) + part.text.slice(to) };
  }
  return part;
}

/** The tokens of EXECUTE's expression, without INTO and USING. */
function beforeUsing(tokens: readonly Token[]): readonly Token[] {
  let depth = 0;
  for (const [i, { upper }] of tokens.entries()) {
    if (upper === "(") depth++;
    else if (upper === ")") depth--;
    else if (depth === 0 && (upper === "USING" || upper === "INTO")) return tokens.slice(0, i);
  }
  return tokens;
}

const isLiteral = ({ kind }: Token): boolean => kind === Kind.string || kind === Kind.dollarString;

/** What EXECUTE will run, with DYNAMIC where only the run tells. */
function executedText(text: string, tokens: readonly Token[]): readonly Piece[] {
  const [first, second, third] = tokens;
  if (first === undefined) return [];
  if (first.upper === "FORMAT" && second?.upper === "(" && third !== undefined && isLiteral(third)) {
    return formatted(literalPieces(text, third.start, third.end));
  }
  const pieces: Piece[] = [];
  let depth = 0;
  let hole = false;
  for (const token of tokens) {
    if (depth === 0 && isLiteral(token)) {
      if (hole) pieces.push({ text: DYNAMIC, at: token.start, made: true });
      hole = false;
      pieces.push(...literalPieces(text, token.start, token.end));
      continue;
    }
    if (token.upper === "(") depth++;
    else if (token.upper === ")") depth--;
    else if (depth === 0 && token.upper === "||") continue;
    hole = true;
  }
  if (hole) pieces.push({ text: DYNAMIC, at: tokens.at(-1)?.start ?? first.start, made: true });
  return pieces;
}

function formatted(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.flatMap((piece) => {
    const parts: Piece[] = [];
    let from = 0;
    for (const match of piece.text.matchAll(/%(?:\d+\$)?-?\d*([sIL%])/g)) {
      parts.push({ text: piece.text.slice(from, match.index), at: piece.at + from, made: piece.made });
      const value = match[1] === "%" ? "%" : match[1] === "L" ? `'${DYNAMIC}'` : DYNAMIC;
      parts.push({ text: value, at: piece.at + match.index, made: true });
      from = match.index + match[0].length;
    }
    parts.push({ text: piece.text.slice(from), at: piece.at + from, made: piece.made });
    return parts;
  });
}
