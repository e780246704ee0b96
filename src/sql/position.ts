// From what the server says about an error to a place in the file: its position counts code points of the statement as
// it was sent, which stands somewhere in the script, which may hold values where the file has placeholders.
import type { SqlErrorFields } from "../base/errors.ts";
import { type LineColumn, lineColumnAt, offsetOfCodePoint } from "../base/place.ts";
import { Kind, Lexer } from "./lex.ts";
import type { Statement } from "./statement.ts";

type Sent = Pick<Statement, "text" | "start" | "line" | "column">;

/** Offset in the script of a server's position (1-based, code points of the statement). */
export function offsetOfPosition(statement: Pick<Statement, "text" | "start">, position: number): number {
  return statement.start + offsetOfCodePoint(statement.text, Math.max(position - 1, 0));
}

/** Offset, line and column in the script of a server's position, or of the statement's start. */
export function placeInStatement(
  statement: Sent,
  position = 1,
): { readonly offset: number; readonly place: LineColumn } {
  const offset = offsetOfPosition(statement, position);
  const inside = lineColumnAt(statement.text, offset - statement.start);
  const column = inside.line === 1 ? statement.column + inside.column - 1 : inside.column;
  return { offset, place: { line: statement.line + inside.line - 1, column } };
}

/** Offset in the script of what an error of the server is about, as near as can be told. */
export function offsetOfError(
  statement: Pick<Statement, "text" | "start" | "copyData">,
  error: SqlErrorFields,
): number {
  if (error.position !== undefined) return offsetOfPosition(statement, error.position);
  const inside =
    positionOfInternalQuery(statement.text, error) ?? positionOfBodyLine(statement.text, error.where);
  return statement.start + (inside ?? 0);
}

/**
 * Line of COPY's data, 1-based, that an error is about. The words are the server's English ones (lc_messages decides);
 * undefined when there are none.
 */
export function copyLineOfError(error: Pick<SqlErrorFields, "where">): number | undefined {
  const line = /^COPY .*, line (\d+)/m.exec(error.where ?? "")?.[1];
  return line === undefined ? undefined : Number(line);
}

/** A query inside a DO block or a function's text, when it stands there as the server says it and only once. */
function positionOfInternalQuery(text: string, error: SqlErrorFields): number | undefined {
  const { internalQuery, internalPosition } = error;
  if (internalQuery === undefined || internalPosition === undefined || internalQuery === "") return undefined;
  const at = text.indexOf(internalQuery);
  if (at === -1 || text.indexOf(internalQuery, at + 1) !== -1) return undefined;
  return at + offsetOfCodePoint(internalQuery, internalPosition - 1);
}

/**
 * PL/pgSQL counts the lines of its body; line 1 is the one the opening quote stands on. Only for DO: the body of a
 * named function is in another statement. The language of the message does not matter, the name of the block does.
 */
function positionOfBodyLine(text: string, where: string | undefined): number | undefined {
  const line = /\binline_code_block\b\D*(\d+)/.exec(where ?? "")?.[1];
  const body = line === undefined ? undefined : bodyStart(text);
  if (body === undefined) return undefined;
  let at = body;
  for (let left = Number(line) - 1; left > 0; left--) {
    const end = text.indexOf("\n", at);
    if (end === -1) return body;
    at = end + 1;
  }
  while (at > body && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at++;
  return at;
}

/** Offset of the inside of the first string of a statement. */
function bodyStart(text: string): number | undefined {
  const lexer = new Lexer(text);
  while (lexer.next()) {
    if (lexer.kind === Kind.dollarString) return text.indexOf("$", lexer.start + 1) + 1;
    if (lexer.kind === Kind.string) return text.indexOf("'", lexer.start) + 1;
  }
  return undefined;
}
