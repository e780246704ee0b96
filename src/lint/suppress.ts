// Suppressions: comments that take findings away, with a reason and perhaps a last day.
//   -- godwit-ignore rule-id: reason [until YYYY-MM-DD]     the next statement, or the line it stands behind
//   -- godwit-ignore-file rule-id: reason [until ...]       the whole file
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

const WORD = "godwit-ignore";
const COMMENT =
  /^(?:--|\/\*)\s*godwit-ignore(-file)?\s+([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)\s*(?::\s*(.*?))?\s*(?:\*\/)?$/is;
const UNTIL = /\s*\buntil\s+(\d{4}-\d{2}-\d{2})\s*\.?$/i;

interface Spot {
  readonly start: number;
  readonly end: number;
}

/** `statements`: offsets in the file, in order. */
export function suppressionsIn(text: string, statements: readonly Spot[]): readonly Suppression[] {
  if (!text.includes(WORD)) return [];
  const found: Suppression[] = [];
  const lexer = new Lexer(text);
  while (lexer.next()) {
    if (lexer.kind !== Kind.lineComment && lexer.kind !== Kind.blockComment) continue;
    const { start, end } = lexer;
    const match = COMMENT.exec(text.slice(start, end).trim());
    if (match === null) continue;
    const [, file, rules = "", rest = ""] = match;
    const until = UNTIL.exec(rest)?.[1];
    const wholeFile = file !== undefined;
    const reach = wholeFile ? { from: 0, to: text.length } : reachOf(text, { start, end }, statements);
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

/** Behind code: that line. On a line of its own inside a statement: the next line. Else: the next statement. */
function reachOf(
  text: string,
  comment: Spot,
  statements: readonly Spot[],
): { readonly from: number; readonly to: number } {
  const lineStart = text.lastIndexOf("\n", comment.start - 1) + 1;
  if (text.slice(lineStart, comment.start).trim() !== "")
    return { from: lineStart, to: lineEnd(text, comment.start) };
  const around = statements.find((s) => s.start < comment.start && s.end > comment.end);
  if (around !== undefined) {
    let from = lineEnd(text, comment.end) + 1;
    while (from < text.length && text.slice(from, lineEnd(text, from)).trim() === "")
      from = lineEnd(text, from) + 1;
    return { from, to: lineEnd(text, from) };
  }
  const next = statements.find((s) => s.start >= comment.end);
  return next === undefined ? { from: comment.start, to: comment.start } : { from: next.start, to: next.end };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}
