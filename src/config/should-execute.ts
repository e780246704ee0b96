// The expression of shouldExecute: `A==B`, `A!=B`, `&&`, `||`, parentheses, `true`, `false`, with placeholders
// already replaced (Flyway's "Should Execute" page). Precedence: parentheses, comparison, AND, OR.

export type Evaluated =
  | { readonly ok: true; readonly value: boolean }
  /** `position` counts characters from 1. */
  | { readonly ok: false; readonly message: string; readonly position: number };

interface Token {
  readonly kind: "text" | "==" | "!=" | "&&" | "||" | "(" | ")" | "end";
  readonly text: string;
  readonly start: number;
}

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
}

class NotEvaluable extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

export function evaluateShouldExecute(expression: string): Evaluated {
  try {
    const cursor: Cursor = { tokens: tokenize(expression), at: 0 };
    const value = readOr(cursor);
    const rest = peek(cursor);
    if (rest.kind !== "end") throw new NotEvaluable(`${rest.text} is not expected here`, rest.start);
    return { ok: true, value };
  } catch (error) {
    if (!(error instanceof NotEvaluable)) throw error;
    return { ok: false, message: error.message, position: error.position + 1 };
  }
}

const OPERATORS = ["==", "!=", "&&", "||"] as const;

function tokenize(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  let i = 0;
  while (i < expression.length) {
    const c = expression[i] ?? "";
    const operator = OPERATORS.find((candidate) => expression.startsWith(candidate, i));
    if (/\s/.test(c)) i++;
    else if (operator !== undefined) {
      tokens.push({ kind: operator, text: operator, start: i });
      i += 2;
    } else if (c === "(" || c === ")") {
      tokens.push({ kind: c, text: c, start: i });
      i++;
    } else {
      const token = c === '"' ? quoted(expression, i) : plain(expression, i);
      tokens.push(token.token);
      i = token.end;
    }
  }
  return [...tokens, { kind: "end", text: "the end", start: expression.length }];
}

/** In quotes an operand may hold operators, parentheses and blanks at its ends. */
function quoted(expression: string, start: number): { readonly token: Token; readonly end: number } {
  const close = expression.indexOf('"', start + 1);
  if (close < 0) throw new NotEvaluable("a quote is not closed", start);
  return { token: { kind: "text", text: expression.slice(start + 1, close), start }, end: close + 1 };
}

/** Everything up to the next operator or parenthesis; blanks inside belong to it. */
function plain(expression: string, start: number): { readonly token: Token; readonly end: number } {
  let end = start;
  while (end < expression.length && !/[()]/.test(expression[end] ?? "")) {
    if (OPERATORS.some((candidate) => expression.startsWith(candidate, end))) break;
    end++;
  }
  return { token: { kind: "text", text: expression.slice(start, end).trim(), start }, end };
}

function peek({ tokens, at }: Cursor): Token {
  return tokens[at] ?? { kind: "end", text: "the end", start: 0 };
}

function take(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.at++;
  return token;
}

function readOr(cursor: Cursor): boolean {
  let value = readAnd(cursor);
  while (peek(cursor).kind === "||") {
    take(cursor);
    const right = readAnd(cursor);
    value = value || right;
  }
  return value;
}

function readAnd(cursor: Cursor): boolean {
  let value = readTerm(cursor);
  while (peek(cursor).kind === "&&") {
    take(cursor);
    const right = readTerm(cursor);
    value = value && right;
  }
  return value;
}

function readTerm(cursor: Cursor): boolean {
  if (peek(cursor).kind === "(") {
    const open = take(cursor);
    const value = readOr(cursor);
    if (take(cursor).kind !== ")") throw new NotEvaluable("a parenthesis is not closed", open.start);
    return value;
  }
  // A placeholder may have an empty value: then nothing stands beside the operator.
  const left = peek(cursor).kind === "text" ? take(cursor) : undefined;
  const next = peek(cursor);
  if (next.kind === "==" || next.kind === "!=") {
    take(cursor);
    const right = peek(cursor).kind === "text" ? take(cursor).text : "";
    return ((left?.text ?? "") === right) === (next.kind === "==");
  }
  return truth(left, next);
}

function truth(token: Token | undefined, next: Token): boolean {
  if (token === undefined) throw new NotEvaluable(`a value is expected before ${next.text}`, next.start);
  const lower = token.text.toLowerCase();
  if (lower === "true" || lower === "false") return lower === "true";
  throw new NotEvaluable(`"${token.text}" is neither true nor false nor a comparison`, token.start);
}
