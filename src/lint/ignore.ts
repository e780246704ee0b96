// Where a comment has to stand to take a finding away: the way back from suppress.ts.
import { Kind, Lexer } from "../sql/lex.ts";
import type { Edit } from "./finding.ts";

interface Spot {
  readonly start: number;
  readonly end: number;
}

/** A comment that wants a reason: what stands before and behind it. */
export interface IgnoreComment extends Omit<Edit, "text"> {
  readonly before: string;
  readonly after: string;
}

/**
 * The comment that ignores one rule for a finding. Above the line where that holds for the
 * statement, or for that line of it; behind the line where another statement begins on it, too; undefined where only the
 * whole file can be meant. `statements` and the finding: offsets in the text, in
 * order.
 */
export function ignoreComment(
  text: string,
  statements: readonly Spot[],
  rule: string,
  finding: Spot,
): IgnoreComment | undefined {
  // What is said of a whole file stands at its beginning, and has no length.
  if (finding.end === 0) return undefined;
  const offset = finding.start;
  const statement = statements.find(({ start, end }) => start <= offset && offset <= end);
  if (statement === undefined) return undefined;
  const quoted = quotedSpots(text);
  const isQuoted = (at: number): boolean => quoted.some(({ start, end }) => start < at && at < end);
  const own = lineStart(text, offset);
  if (own > statement.start && !isQuoted(own)) return above(text, own, rule);
  const first = lineStart(text, statement.start);
  if (text.slice(first, statement.start).trim() === "") return above(text, first, rule);
  const end = lineEnd(text, offset);
  return isQuoted(end) || own > statement.start
    ? undefined
    : { start: end, end, before: ` -- godwit-ignore ${rule}: `, after: "" };
}

/** The comment that ignores one rule in the whole file, at its top. */
export const ignoreInFile = (text: string, rule: string): IgnoreComment => ({
  start: 0,
  end: 0,
  before: `-- godwit-ignore-file ${rule}: `,
  after: lineBreak(text),
});

function above(text: string, start: number, rule: string): IgnoreComment {
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? "";
  return { start, end: start, before: `${indent}-- godwit-ignore ${rule}: `, after: lineBreak(text) };
}

const QUOTED: ReadonlySet<Kind> = new Set([
  Kind.string,
  Kind.dollarString,
  Kind.quotedName,
  Kind.blockComment,
]);

/** Strings, bodies and comments: a comment inside them is none. */
function quotedSpots(text: string): readonly Spot[] {
  const found: Spot[] = [];
  const lexer = new Lexer(text);
  while (lexer.next()) if (QUOTED.has(lexer.kind)) found.push({ start: lexer.start, end: lexer.end });
  return found;
}

const lineBreak = (text: string): string => (/\r\n/.test(text) ? "\r\n" : "\n");

const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  const last = end === -1 ? text.length : end;
  return text[last - 1] === "\r" ? last - 1 : last;
}
