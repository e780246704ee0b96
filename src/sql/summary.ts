// A statement in one line, for logs and progress. Passwords do not appear in it.
import { Kind, Lexer } from "./lex.ts";

/** At most `width` characters of the statement without comments, blanks folded, passwords masked. */
export function summarize(text: string, width = 80): string {
  const lexer = new Lexer(text);
  let line = "";
  let secretNext = false;
  while (line.length <= width && lexer.next()) {
    if (lexer.kind === Kind.lineComment || lexer.kind === Kind.blockComment || lexer.kind === Kind.space) {
      if (line !== "" && !line.endsWith(" ")) line += " ";
      continue;
    }
    const token = text.slice(lexer.start, lexer.end);
    line += secretNext && lexer.kind === Kind.string ? "'***'" : token.replace(/\s+/g, " ");
    secretNext = lexer.kind === Kind.word && token.toUpperCase() === "PASSWORD";
  }
  const whole = line.trim();
  return whole.length > width ? `${whole.slice(0, width - 3)}...` : whole;
}
