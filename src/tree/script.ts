// A script (the text of a migration after placeholder replacement) into statements with what they do. Works one
// statement at a time: the parser's trees are dropped at once, so memory stays flat.
import { Kind, Lexer } from "../sql/lex.ts";
import { splitStatements } from "../sql/split.ts";
import type { Statement } from "../sql/statement.ts";
import { type Action, type Inside, type Reference, TOP } from "./action.ts";
import { type BodyStatement, bodyStatements } from "./body.ts";
import { assembled, type Fragment, fragmentAt, literalPieces } from "./fragment.ts";
import {
  type BodyPlace,
  fragmentReader,
  type Only,
  type ReadsFragments,
  type ReadWhole,
} from "./fragment-reader.ts";
import { isLasting } from "./lasting.ts";
import type { Parser } from "./parser.ts";
import { withoutPlainRows } from "./plain-rows.ts";
import type { Problem, ReadStatement } from "./read-statement.ts";

/** @throws GodwitError when the data of COPY ... FROM STDIN has no end. */
export function* readScript(
  parser: Parser,
  text: string,
  only: Only = "all",
): Generator<ReadStatement, void, undefined> {
  for (const statement of splitStatements(text)) yield readStatement(parser, statement, only);
}

/** "lasting": of what later statements do not find, there may be nothing. */
export function readStatement(parser: Parser, statement: Statement, only: Only = "all"): ReadStatement {
  const { text, start } = statement;
  if (text.startsWith("\\")) return { statement, actions: NONE, references: NONE, problems: NONE };
  const reader = fragmentReader(parser);
  const fragment = fragmentAt(text, start);
  const known = hasBody(statement, only) ? reader.readWhole(fragment, only, readAlone(parser)) : undefined;
  if (known !== undefined)
    return { statement, actions: known.actions, references: known.references, problems: NONE };
  const { actions, references, problems } = readAll({ parser, reader, only }, fragment);
  return {
    statement,
    actions: forKeeps(only === "all" ? actions : actions.filter(isLasting)),
    references: forKeeps(references),
    problems: forKeeps(problems),
  };
}

const NONE: readonly never[] = [];

/** A list that grew by push has room for sixteen more; all statements of a file are held at once. */
const forKeeps = <T>(list: readonly T[]): readonly T[] => (list.length === 0 ? NONE : list.slice());

const ROUTINES = ["FUNCTION", "PROCEDURE"];

/** One that matters. */
const hasBody = ({ words }: Statement, only: Only): boolean =>
  words[0] === "DO" ||
  (only === "all" &&
    words[0] === "CREATE" &&
    ROUTINES.includes((words[1] === "OR" ? words[3] : words[1]) ?? ""));

function readAll(reading: Reading, fragment: Fragment): Collected {
  const into: Collected = { actions: [], references: [], problems: [] };
  readFragment(reading, fragment, TOP, into);
  return into;
}

const readAlone =
  (parser: Parser): ReadWhole =>
  (reader, text) => {
    const read = readAll({ parser, reader, only: "all" }, fragmentAt(text, 0));
    return read.problems.length > 0 ? undefined : read;
  };

export type { Problem, ReadStatement } from "./read-statement.ts";

interface Collected {
  readonly actions: Action[];
  readonly references: Reference[];
  readonly problems: Problem[];
}

interface Reading {
  readonly parser: Parser;
  readonly reader: ReadsFragments;
  readonly only: Only;
}

/** Anything deeper (DO in EXECUTE in DO ...) is left unread. */
const DEEPEST = 4;

function readFragment(reading: Reading, whole: Fragment, inside: Inside, into: Collected, level = 0): void {
  const { fragment, rows } = withoutPlainRows(whole);
  const { parser, reader, only } = reading;
  const read = reader.read(fragment, inside, only);
  if (!read.ok) {
    // What stands in bodies may hold variables in the place of names; only the server could tell.
    if (inside.body === "none") into.problems.push(read.problem);
    return;
  }
  for (const { actions, references, body: place } of read.nodes) {
    into.actions.push(...(rows === 0 ? actions : withRows(actions, rows)));
    into.references.push(...inPlace(references));
    const body = place === undefined || level >= DEEPEST ? undefined : bodyAt(place, fragment, inside);
    if (body === undefined || (only === "lasting" && body.inside.body === "function")) continue;
    readBody(reading, body, into, level + 1);
    if (body.language === "plpgsql" && inside.body === "none" && !inside.dynamic) {
      const problem = reader.checkPlpgsql(fragment.text, body.fragment.text);
      if (problem !== undefined)
        into.problems.push({
          message: problem.message,
          start: problemPlace(parser, fragment, body, problem.message),
        });
    }
  }
}

const inPlace = (found: readonly Reference[]): readonly Reference[] =>
  found.length < 2 ? found : found.toSorted((a, b) => a.name.start - b.name.start);

const withRows = (actions: readonly Action[], more: number): readonly Action[] =>
  actions.map((a) => (a.kind === "insert" && a.rows !== undefined ? { ...a, rows: a.rows + more } : a));

/** Each parses the body. */
const MOST_TRIES = 50;

/**
 * The parser of PL/pgSQL names the word it stumbled over, not the place. It is the first such word with which the body,
 * cut off behind it or behind its statement, gives the same complaint.
 */
function problemPlace(parser: Parser, whole: Fragment, { fragment }: Body, message: string): number {
  const { text, toScript } = fragment;
  const word = /at or near "(.+)"$/s.exec(message)?.[1];
  if (word === undefined) return toScript(Math.max(0, text.search(/\S/)));
  const from = whole.toScript(0);
  const tail = whole.text.slice(toScript(text.length) - from);
  const complains = (length: number): boolean =>
    parser.checkPlpgsql(whole.text.slice(0, toScript(length) - from) + tail)?.message === message;
  let at = text.indexOf(word);
  for (let tries = 0; at !== -1 && tries < MOST_TRIES; tries++, at = text.indexOf(word, at + 1)) {
    const end = text.indexOf(";", at + word.length);
    if (complains(at + word.length) || (end !== -1 && complains(end + 1))) return toScript(at);
  }
  return toScript(Math.max(0, text.indexOf(word)));
}

interface Body {
  readonly fragment: Fragment;
  readonly language: string;
  readonly inside: Inside;
}

function bodyAt({ language, from, isDo }: BodyPlace, fragment: Fragment, inside: Inside): Body | undefined {
  const text = bodyLiteral(fragment, from);
  if (text === undefined) return undefined;
  const body = isDo && inside.body !== "function" ? "do" : "function";
  return { fragment: text, language, inside: { ...inside, body } };
}

function bodyLiteral(fragment: Fragment, from: number): Fragment | undefined {
  const lexer = new Lexer(fragment.text, from);
  while (lexer.next()) {
    if (lexer.kind === Kind.string || lexer.kind === Kind.dollarString) {
      return assembled(fragment, literalPieces(fragment.text, lexer.start, lexer.end));
    }
  }
  return undefined;
}

function readBody(
  reading: Reading,
  { fragment, language, inside }: Body,
  into: Collected,
  level: number,
): void {
  if (language === "sql") {
    for (const { text, start } of splitStatements(fragment.text)) {
      const part = { text, toScript: (offset: number) => fragment.toScript(start + offset) };
      readFragment(reading, part, inside, into, level);
    }
    return;
  }
  for (const statement of bodyStatements(fragment))
    readBodyStatement(reading, statement, inside, into, level);
}

function readBodyStatement(
  reading: Reading,
  statement: BodyStatement,
  inside: Inside,
  into: Collected,
  level: number,
): void {
  const around: Inside = {
    ...inside,
    depth: inside.depth + statement.depth,
    guard: [inside.guard, statement.guard].filter((g) => g !== "").join(" AND "),
    dynamic: inside.dynamic || statement.kind !== "sql",
  };
  const { start, end, fragment } = statement;
  if (statement.kind === "opaque") {
    into.actions.push({ kind: "dynamic", expression: fragment.text, start, end, inside: around });
    return;
  }
  const count = into.actions.length;
  readFragment(reading, fragment, around, into, level);
  if (statement.kind === "execute" && into.actions.length === count) {
    into.actions.push({ kind: "dynamic", expression: fragment.text, start, end, inside: around });
  }
}
