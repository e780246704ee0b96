// Names fit into 63 bytes.

import { isNamePart, nameEnd } from "../../sql/characters.ts";
import { Kind, Lexer } from "../../sql/lex.ts";
import { ACTION_KINDS, type ActionKind } from "../../tree/action.ts";
import { fixInFile, replacement } from "../edits.ts";
import { rule } from "../rule.ts";

/** As PostgreSQL does it (truncate_identifier): whole characters, at most 63 bytes. */
function cut(name: string): string {
  let kept = "";
  let bytes = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > 63) break;
    kept += character;
  }
  return kept;
}

/** Cheaper than to read the words: most texts have nothing of the kind. */
function mayHaveLongName(text: string): boolean {
  if (/[^\0-\x7f]|"/.test(text)) return true;
  // A longer name has a character at one of every 64 places.
  for (let i = LONGEST; i < text.length; i += LONGEST + 1) {
    if (!isNamePart(text.charCodeAt(i))) continue;
    let start = i;
    while (isNamePart(text.charCodeAt(start - 1))) start--;
    if (nameEnd(text, i) - start > LONGEST) return true;
  }
  return false;
}

const LONGEST = 63;

const NAMING: ReadonlySet<ActionKind> = new Set(
  ACTION_KINDS.filter((kind) => /^(?:create|add|rename)/.test(kind)),
);

export default rule({
  id: "name-length",
  family: "shape",
  severity: "error",
  presets: ["recommended"],
  summary: "Names are at most 63 bytes long",
  why: "PostgreSQL cuts longer names with a notice: two of them may become one, and nothing finds the object under its full name.",
  instead: "A shorter name.",
  bad: [
    {
      sql: "CREATE TABLE app.a_name_that_is_very_much_longer_than_sixty_three_bytes_can_ever_hold (b int);",
      fixed: "CREATE TABLE app.a_name_that_is_very_much_longer_than_sixty_three_bytes_can_ever (b int);",
    },
    {
      sql: 'CREATE TABLE app."A name that is very much longer than sixty-three bytes can ever hold" (b int);',
      fixed: 'CREATE TABLE app."A name that is very much longer than sixty-three bytes can ever" (b int);',
    },
  ],
  good: [
    "CREATE TABLE app.a_name (b int);",
    "SELECT 'a text that is very much longer than the sixty-three bytes of a name';",
    "SELECT a_name_that_is_very_much_longer_than_sixty_three_bytes_can_ever_hold FROM app.a;",
    "CREATE TABLE app.a_name_that_is_as_long_as_half_of_it (b int);",
    "CREATE TABLE app.a (b text DEFAULT 'a text that is very much longer than the sixty-three bytes of a name');",
  ],
  fix: {
    gives: "same",
    note: "The name is written as the server cuts it; a shorter one of your own is better.",
  },
  statement: ({ statement, actions }, { report }) => {
    if (!actions.some((a) => NAMING.has(a.kind))) return;
    if (!mayHaveLongName(statement.text)) return;
    const lexer = new Lexer(statement.text);
    while (lexer.next()) {
      if (lexer.kind !== Kind.word && lexer.kind !== Kind.quotedName) continue;
      const name = statement.text.slice(lexer.start, lexer.end).replace(/^"|"$/g, "");
      if (name.length * 3 > 63 && Buffer.byteLength(name) > 63) {
        const place = { start: statement.start + lexer.start, end: statement.start + lexer.end };
        const quote = lexer.kind === Kind.quotedName ? '"' : "";
        report(
          place,
          `The name ${name} is ${Buffer.byteLength(name)} bytes long and is cut to 63.`,
          name.includes('"') ? undefined : fixInFile(replacement(place, `${quote}${cut(name)}${quote}`)),
        );
      }
    }
  },
});
