// A statement in one line, for logs and progress: what is done to which thing. Secrets do not appear in it.
import { Kind, Lexer } from "./lex.ts";

/** Longest token worth looking at; a literal may hold megabytes. */
const TOKEN_LIMIT = 400;

/**
 * At most `width` code points: the statement without comments, its blanks folded, passwords masked, dollar strings
 * left out; of CREATE only what it creates (`CREATE INDEX CONCURRENTLY idx_a ON app.t`).
 */
export function summarize(text: string, width = 80): string {
  const lexer = new Lexer(text);
  let line = "";
  let first = "";
  let blank = false;
  let secretNext = false;
  while (line.length <= 2 * width && lexer.next()) {
    const { kind } = lexer;
    if (kind <= Kind.blockComment) {
      blank = line !== "";
      continue;
    }
    const token = text.slice(lexer.start, Math.min(lexer.end, lexer.start + TOKEN_LIMIT));
    const word = kind === Kind.word ? token.toUpperCase() : "";
    if (first === "") first = word || " ";
    else if (first === "CREATE" && endsName(kind, word, line)) break;
    line += `${blank ? " " : ""}${show(kind, token, secretNext)}`;
    blank = false;
    secretNext = word === "PASSWORD" || (secretNext && kind === Kind.operator);
  }
  return cut(line, width);
}

function endsName(kind: number, word: string, line: string): boolean {
  // Of these the name stands in the parentheses, or behind AS.
  if (/^CREATE CAST\b/i.test(line) || (word === "AS" && /\bRULE\b/i.test(line))) return false;
  return kind === Kind.open || word === "AS";
}

function show(kind: number, token: string, isSecret: boolean): string {
  if (kind === Kind.dollarString)
    return isSecret ? "'***'" : `${token.slice(0, token.indexOf("$", 1) + 1)}...`;
  if (kind !== Kind.string) return token.replace(/\s+/g, " ");
  return isSecret ? "'***'" : mask(token.replace(/\s+/g, " "));
}

/** Connection strings hold passwords too: key=value and URL. */
const mask = (literal: string): string =>
  literal
    .replace(/(\bpassword\s*=\s*)('(?:''|[^'])*'|[^\s';&]+)/gi, "$1***")
    .replace(/(:\/\/[^\s:/@']*:)[^\s@']+@/g, "$1***@");

function cut(line: string, width: number): string {
  const points = [...line];
  return points.length > width
    ? `${points
        .slice(0, Math.max(width - 3, 0))
        .join("")
        .trimEnd()}...`
    : line;
}
