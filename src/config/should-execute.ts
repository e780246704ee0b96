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

interface Problem {
  readonly message: string;
  /** From 0. */
  readonly position: number;
}

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
  /** The first one; nothing behind it is read. */
  problem: Problem | undefined;
}

export function evaluateShouldExecute(expression: string): Evaluated {
  const { tokens, problem } = tokenize(expression);
  const cursor: Cursor = { tokens, at: 0, problem };
  const value = readOr(cursor);
  const rest = peek(cursor);
  if (rest.kind !== "end") fail(cursor, `${rest.text} is not expected here`, rest.start);
  if (cursor.problem === undefined) return { ok: true, value };
  return { ok: false, message: cursor.problem.message, position: cursor.problem.position + 1 };
}

/** Notes the problem and goes to the end, so that no further one is found. */
function fail(cursor: Cursor, message: string, position: number): false {
  cursor.problem ??= { message, position };
  cursor.at = cursor.tokens.length;
  return false;
}

const OPERATORS = ["==", "!=", "&&", "||"] as const;

function tokenize(expression: string): {
  readonly tokens: readonly Token[];
  readonly problem: Problem | undefined;
} {
  const tokens: Token[] = [];
  let problem: Problem | undefined;
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
      const { token, end, closed } = c === '"' ? quoted(expression, i) : plain(expression, i);
      tokens.push(token);
      if (!closed) problem ??= { message: "a quote is not closed", position: i };
      i = end;
    }
  }
  return { tokens: [...tokens, { kind: "end", text: "the end", start: expression.length }], problem };
}

interface Operand {
  readonly token: Token;
  readonly end: number;
  readonly closed: boolean;
}

/** In quotes an operand may hold operators, parentheses and blanks at its ends. */
function quoted(expression: string, start: number): Operand {
  const close = expression.indexOf('"', start + 1);
  const end = close < 0 ? expression.length : close;
  const token: Token = { kind: "text", text: expression.slice(start + 1, end), start };
  return { token, end: end + 1, closed: close >= 0 };
}

/** Everything up to the next operator or parenthesis; blanks inside belong to it. */
function plain(expression: string, start: number): Operand {
  let end = start;
  while (end < expression.length && !/[()]/.test(expression[end] ?? "")) {
    if (OPERATORS.some((candidate) => expression.startsWith(candidate, end))) break;
    end++;
  }
  return { token: { kind: "text", text: expression.slice(start, end).trim(), start }, end, closed: true };
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
    if (take(cursor).kind !== ")") return fail(cursor, "a parenthesis is not closed", open.start);
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
  return truth(cursor, left, next);
}

function truth(cursor: Cursor, token: Token | undefined, next: Token): boolean {
  if (token === undefined) return fail(cursor, `a value is expected before ${next.text}`, next.start);
  const lower = token.text.toLowerCase();
  if (lower === "true" || lower === "false") return lower === "true";
  return fail(cursor, `"${token.text}" is neither true nor false nor a comparison`, token.start);
}
