// Suppressions: comments that take findings away, with a reason and perhaps a last day.
//   -- godwit-ignore rule-id: reason [until YYYY-MM-DD]     the next statement, or the line it stands behind
//   -- godwit-ignore-file rule-id: reason [until ...]       the whole file
// In application code the same behind # or //, for the next line or the line it stands behind.
import { Kind, Lexer } from "../sql/lex.ts";

export interface Suppression {
  readonly rules: readonly string[];
  readonly reason: string;
  readonly until: string | undefined;
  readonly wholeFile: boolean;
  /** Offset of the comment in the file. */
  readonly start: number;
  readonly end: number;
  /** Offsets in the file between which a finding must begin. */
  readonly from: number;
  readonly to: number;
}

export const SUPPRESSION_WORD = "godwit-ignore";
const COMMENT =
  /^(?:--|\/\*|\/\/|#|<!--)\s*godwit-ignore(-file)?\s+([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)\s*(?::\s*(.*?))?\s*(?:\*\/|-->)?$/is;
const UNTIL = /\s*\buntil\s+(\d{4}-\d{2}-\d{2})\s*\.?$/i;

/** A script behind such comments at its beginning: they are no header. */
export const behindIgnores = (script: string): string =>
  script.replace(/^(?:\s*--\s*godwit-ignore[^\n]*\n?)+/, "");

interface Spot {
  readonly start: number;
  readonly end: number;
}

/**
 * `statements`: offsets in the file, in order.
 * @param comments where the comments stand, in a file that is not SQL
 */
export function suppressionsIn(
  text: string,
  statements: readonly Spot[],
  comments?: readonly Spot[],
): readonly Suppression[] {
  if (!text.includes(SUPPRESSION_WORD)) return [];
  const found: Suppression[] = [];
  for (const { start, end } of comments ?? commentsOf(text)) {
    const match = COMMENT.exec(text.slice(start, end).trim());
    if (match === null) continue;
    const [, file, rules = "", rest = ""] = match;
    const until = UNTIL.exec(rest)?.[1];
    const wholeFile = file !== undefined;
    const reach = wholeFile
      ? { from: 0, to: text.length }
      : comments === undefined
        ? reachOf(text, { start, end }, statements)
        : lineReach(text, { start, end });
    found.push({
      rules: rules.toLowerCase().split(/\s*,\s*/),
      reason: rest.replace(UNTIL, "").trim(),
      until,
      wholeFile,
      start,
      end,
      ...reach,
    });
  }
  return found;
}

function* commentsOf(text: string): Generator<Spot, void, undefined> {
  const lexer = new Lexer(text);
  while (lexer.next()) {
    const { kind, start, end } = lexer;
    if (kind === Kind.lineComment || kind === Kind.blockComment) yield { start, end };
  }
}

interface Reach {
  readonly from: number;
  readonly to: number;
}

/** Behind code: that line. Else the next line that is not blank. */
function lineReach(text: string, comment: Spot): Reach {
  const lineStart = text.lastIndexOf("\n", comment.start - 1) + 1;
  if (text.slice(lineStart, comment.start).trim() !== "")
    return { from: lineStart, to: lineEnd(text, comment.start) };
  let from = lineEnd(text, comment.end) + 1;
  // Over further comments too: each of them means the same line.
  while (from < text.length && /^\s*(?:(?:--|\/\/|#).*)?$/.test(text.slice(from, lineEnd(text, from))))
    from = lineEnd(text, from) + 1;
  return { from, to: lineEnd(text, from) };
}

/** Behind code: that line. On a line of its own inside a statement: the next line. Else: the next statement. */
function reachOf(text: string, comment: Spot, statements: readonly Spot[]): Reach {
  const lineStart = text.lastIndexOf("\n", comment.start - 1) + 1;
  if (text.slice(lineStart, comment.start).trim() !== "") return lineReach(text, comment);
  const around = statements.find((s) => s.start < comment.start && s.end > comment.end);
  if (around !== undefined) return lineReach(text, comment);
  const next = statements.find((s) => s.start >= comment.end);
  return next === undefined ? { from: comment.start, to: comment.start } : { from: next.start, to: next.end };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}
