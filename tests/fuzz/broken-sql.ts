// Migrations that somebody broke: tokens of good SQL deleted, doubled, swapped and put among those of another file, the
// text cut, strange characters put in.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Example } from "../../src/lint/rule.ts";
import { RULES } from "../../src/lint/rules/index.ts";
import { tokenize } from "../../src/sql/lex.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/insurance/db/migration");

const textsOf = (example: Example): readonly string[] =>
  typeof example === "string"
    ? [example]
    : [example.before, example.sql, ...Object.values(example.files ?? {})].filter((t) => t !== undefined);

/** The examples of all rules and the files of the example project. */
const SOURCES: readonly string[] = [
  ...RULES.flatMap((rule) => [...rule.bad, ...rule.good].flatMap(textsOf)),
  ...readdirSync(EXAMPLES)
    .filter((name) => name.endsWith(".sql"))
    .map((name) => readFileSync(join(EXAMPLES, name), "utf8")),
];

const source = fc.constantFrom(...SOURCES);
const place = fc.double({ min: 0, max: 1, noNaN: true });

type Change = (text: string) => string;

/** Pieces between which nothing is lost: the tokens and the blanks between them. */
const piecesOf = (text: string): readonly string[] =>
  tokenize(text).map(({ start, end }) => text.slice(start, end));

const at = (length: number, share: number): number => Math.min(length - 1, Math.floor(length * share));

const onTokens =
  (change: (pieces: readonly string[]) => readonly string[]): Change =>
  (text) => {
    const pieces = piecesOf(text);
    return pieces.length === 0 ? text : change(pieces).join("");
  };

const deletion = fc.tuple(place, fc.integer({ min: 1, max: 4 })).map(([share, count]) =>
  onTokens((pieces) => {
    const from = at(pieces.length, share);
    return [...pieces.slice(0, from), ...pieces.slice(from + count)];
  }),
);

const duplication = fc.tuple(place, place, fc.integer({ min: 1, max: 6 })).map(([share, other, count]) =>
  onTokens((pieces) => {
    const from = at(pieces.length, share);
    const to = at(pieces.length, other);
    return [...pieces.slice(0, to), ...pieces.slice(from, from + count), ...pieces.slice(to)];
  }),
);

const splice = fc.tuple(source, place, place, place).map(([other, share, from, to]) =>
  onTokens((pieces) => {
    const more = piecesOf(other);
    const [first, last] = [at(more.length, Math.min(from, to)), at(more.length, Math.max(from, to))];
    const cut = at(pieces.length, share);
    return [...pieces.slice(0, cut), " ", ...more.slice(first, last + 1), " ", ...pieces.slice(cut)];
  }),
);

const cut = place.map(
  (share): Change =>
    (text) =>
      text.slice(0, at(text.length + 1, share)),
);

/** Whatever a file may hold: lone surrogates, no-break spaces, quotes, marks of comments and dollar strings. */
const STRANGE = [
  "'",
  '"',
  "$$",
  "/*",
  "--",
  "\\",
  "\u00a0",
  "\ufeff",
  "\ud800",
  "\u0000",
  "😀",
  "é",
  "${a}",
  "\r",
];

const strange = fc
  .tuple(place, fc.oneof(fc.constantFrom(...STRANGE), fc.string({ unit: "binary", maxLength: 8 })))
  .map(
    ([share, added]): Change =>
      (text) => {
        const from = Math.floor(text.length * share);
        return text.slice(0, from) + added + text.slice(from);
      },
  );

const change = fc.oneof(deletion, duplication, splice, cut, strange);

/** Up to six changes; sometimes none. */
export const brokenSql: fc.Arbitrary<string> = fc
  .tuple(fc.array(source, { minLength: 1, maxLength: 4 }), fc.array(change, { maxLength: 6 }))
  .map(([texts, changes]) => changes.reduce((text, apply) => apply(text), texts.join("\n")));
