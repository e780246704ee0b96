// A column more at the end of a CREATE TABLE that is written out.
import { Kind } from "../sql/lex.ts";
import { closing, type Edits, insertion, isReadable, statementAt, type Token, tokensFrom } from "./edits.ts";
import type { ModelTable } from "./model.ts";
import type { Script } from "./rule.ts";

/** `column`: its definition. undefined where the table has no plain list of columns, or COPY would miss the new one. */
export function addedColumn(script: Script | undefined, table: ModelTable, column: string): Edits {
  if (script === undefined || !isReadable(script.text) || /^\s*copy\b/im.test(script.text)) return undefined;
  const { text, statements } = script;
  const span = statementAt(statements, table.origin.start);
  if (span === undefined || span.start !== table.origin.start) return undefined;
  const open = listOf(text, span.start, table.name);
  const close = open === undefined ? undefined : closing(text, open.start);
  if (open === undefined || close === undefined) return undefined;
  const [...inner] = tokensFrom(text, open.end, close);
  const [first, last] = [inner[0], inner.at(-1)];
  if (first === undefined || last === undefined) return insertion(open.end, column);
  if (!text.slice(open.end, close).includes("\n")) return insertion(last.end, `, ${column}`);
  const indent = text.slice(text.lastIndexOf("\n", first.start) + 1, first.start);
  const line = `\n${/^[ \t]*$/.test(indent) ? indent : "  "}${column}`;
  const comment = /^[ \t]*--[^\r\n]*/.exec(text.slice(last.end, close));
  if (comment === null) return insertion(last.end, `,${line}`);
  return [...insertion(last.end, ","), ...insertion(last.end + comment[0].length, line)];
}

/** The parenthesis behind the name: not that of OF, PARTITION OF or AS. */
function listOf(text: string, start: number, name: string): Token | undefined {
  let before = "";
  for (const token of tokensFrom(text, start)) {
    if (token.kind === Kind.open)
      return before.replaceAll('"', "").toLowerCase() === name.toLowerCase() ? token : undefined;
    if (token.kind === Kind.semicolon) return undefined;
    before = token.text;
  }
  return undefined;
}
