// The real PostgreSQL parser and lexer (libpg_query) as a judge of ours. Its places are UTF-8 bytes; ours UTF-16 units.
// It reads C strings: nothing can be learnt from it about a text with a NUL.
import { loadModule, parseSync, scanSync } from "libpg-query";
import { Kind, Lexer } from "../../src/sql/lex.ts";

export interface Range {
  readonly start: number;
  readonly end: number;
}

export const loadJudge = (): Promise<void> => loadModule();

/** The statements by PostgreSQL's parser, without the blanks and comments round them; undefined when it refuses. */
export function parsedRanges(text: string): readonly Range[] | undefined {
  if (text.includes("\0")) return undefined;
  let stmts: readonly { stmt_location?: number; stmt_len?: number }[];
  try {
    stmts = parseSync(text).stmts ?? [];
  } catch {
    return undefined;
  }
  const unit = unitsByByte(text);
  const bytes = Buffer.byteLength(text);
  return stmts.map(({ stmt_location: at = 0, stmt_len: length = 0 }) =>
    withoutMargins(text, unit(at), unit(length === 0 ? bytes : at + length)),
  );
}

/** The tokens by PostgreSQL's lexer, comments too; undefined when it refuses. */
export function scannedRanges(text: string): readonly Range[] | undefined {
  if (text.includes("\0")) return undefined;
  try {
    const unit = unitsByByte(text);
    return scanSync(text).tokens.map(({ start, end }) => ({ start: unit(start), end: unit(end) }));
  } catch {
    return undefined;
  }
}

function withoutMargins(text: string, from: number, to: number): Range {
  const lexer = new Lexer(text, from);
  let start = to;
  let end = from;
  while (lexer.next() && lexer.start < to) {
    if (lexer.kind <= Kind.blockComment) continue;
    start = Math.min(start, lexer.start);
    end = lexer.end;
  }
  return { start, end };
}

function unitsByByte(text: string): (byte: number) => number {
  if (Buffer.byteLength(text) === text.length) return (byte) => byte;
  const bytes = Buffer.from(text);
  return (byte) => bytes.toString("utf8", 0, byte).length;
}
