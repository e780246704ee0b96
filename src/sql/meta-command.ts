// psql's own commands (\set, \i ...) in a file. The server does not know them: this is only for a message that says
// so better than its "syntax error at or near \".
import { lineColumnAt } from "../base/place.ts";
import { Kind, Lexer } from "./lex.ts";

export interface MetaCommand {
  /** With its backslash: "\\set". */
  readonly name: string;
  /** Offset of the backslash, and its place. */
  readonly start: number;
  readonly line: number;
  readonly column: number;
  /** What to write instead: one or two imperative sentences. */
  readonly advice: string;
}

/**
 * The first command of psql outside strings and comments, if any. Give it the text of a statement that the server
 * refused, or of a whole script; COPY data must not be in it.
 */
export function findMetaCommand(text: string): MetaCommand | undefined {
  // Most texts have no backslash at all.
  if (!text.includes("\\")) return undefined;
  const lexer = new Lexer(text);
  while (lexer.next()) {
    if (lexer.kind !== Kind.other || text.charCodeAt(lexer.start) !== 92) continue;
    const name = /^\\(?:[A-Za-z_]+\+?|[!?.;])/.exec(text.slice(lexer.start, lexer.start + 40))?.[0];
    if (name === undefined) continue;
    return { name, start: lexer.start, ...lineColumnAt(text, lexer.start), advice: adviceFor(name) };
  }
  return undefined;
}

const INSTEAD: readonly (readonly [readonly string[], string])[] = [
  [
    ["\\i", "\\ir", "\\include", "\\include_relative"],
    "Put the content of the included file here, or make it a migration of its own.",
  ],
  [
    ["\\set", "\\unset", "\\gset", "\\prompt"],
    "Use a placeholder (flyway.placeholders.name=value, written ${name}) instead of a psql variable.",
  ],
  [["\\copy"], "Write COPY ... FROM STDIN; with the rows below it and a last line that holds only \\."],
  [["\\c", "\\connect"], "Name the database in the connection settings; a migration runs on one connection."],
  [["\\restrict", "\\unrestrict"], "pg_dump writes these two lines for psql. Delete both."],
  [
    ["\\echo", "\\qecho", "\\warn", "\\timing", "\\pset", "\\x", "\\o", "\\t", "\\a", "\\encoding"],
    "Delete the line: it only tells psql how to show results.",
  ],
  [["\\if", "\\elif", "\\else", "\\endif"], "Use a DO block with IF instead."],
  [
    ["\\g", "\\gx", "\\gexec", "\\gdesc", "\\crosstabview", "\\watch"],
    "End the statement with a semicolon. For \\gexec, EXECUTE the texts in a DO block.",
  ],
  [
    ["\\."],
    "A line \\. ends the data of COPY ... FROM STDIN. Check that the COPY statement above ends with a semicolon and says FROM STDIN.",
  ],
];

function adviceFor(name: string): string {
  const found = INSTEAD.find(([names]) => names.includes(name));
  return found?.[1] ?? "Remove it, or run this file with psql.";
}
