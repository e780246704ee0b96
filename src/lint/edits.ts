// What fixes are made of: edits of a script, found in its text. Each gives undefined rather than a guess where the text
// is not what it knows.
import { countUpTo } from "../base/place.ts";
import { isNamePart } from "../sql/characters.ts";
import { Kind, Lexer } from "../sql/lex.ts";
import type { Action, ColumnFacts, TypeFacts } from "../tree/action.ts";
import type { ReadStatement } from "../tree/script.ts";
import type { Edit } from "./finding.ts";
import type { FileFacts, RuleContext } from "./rule.ts";
import { behind } from "./shapes.ts";
import type { Project } from "./source.ts";

export type Edits = readonly Edit[] | undefined;

/** A stretch of a script. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Token extends Span {
  readonly kind: Kind;
  readonly text: string;
}

export const insertion = (at: number, text: string): readonly Edit[] => [{ start: at, end: at, text }];

export const replacement = ({ start, end }: Span, text: string): readonly Edit[] => [{ start, end, text }];

/**
 * The fix of an action, where its text may be edited. The strings of EXECUTE are put together at run time, and what
 * stands in a quoted body must not bring a quote along.
 */
export function fixOf(
  { inside }: Pick<Action, "inside">,
  edits: Edits,
): { readonly fix: readonly Edit[] } | undefined {
  if (edits === undefined || edits.length === 0) return undefined;
  if (inside.dynamic && edits.some((e) => e.start !== e.end || /['"%\\$]/.test(e.text))) return undefined;
  if (inside.body !== "none" && edits.some((e) => /['\\$]/.test(e.text))) return undefined;
  return { fix: edits };
}

/** A fix at the level of the file, which no string is round. */
export const fixInFile = (edits: Edits): { readonly fix: readonly Edit[] } | undefined =>
  edits === undefined || edits.length === 0 ? undefined : { fix: edits };

/** Tokens from an offset on, without blanks and comments. */
export function* tokensFrom(script: string, from: number, to = script.length): Generator<Token, void> {
  const lexer = new Lexer(script, from);
  while (lexer.next() && lexer.start < to) {
    const { kind, start, end } = lexer;
    if (kind > Kind.blockComment) yield { kind, start, end, text: script.slice(start, end) };
  }
}

export const isWord = ({ kind, text }: Token, word: string): boolean =>
  kind === Kind.word && text.toUpperCase() === word;

/** The parenthesis that closes one, which stands at `open`. */
export function closing(script: string, open: number): number | undefined {
  let depth = 0;
  for (const { kind, start } of tokensFrom(script, open)) {
    if (kind === Kind.open) depth++;
    else if (kind === Kind.close && --depth === 0) return start;
  }
  return undefined;
}

/** The first place of a word outside parentheses. */
export function wordIn(script: string, { start, end }: Span, word: string): Token | undefined {
  let depth = 0;
  for (const token of tokensFrom(script, start, end)) {
    if (token.kind === Kind.open) depth++;
    else if (token.kind === Kind.close) depth--;
    else if (depth === 0 && isWord(token, word)) return token;
  }
  return undefined;
}

/** Takes out the last word of a stretch, with the blanks before it. */
export function withoutLast(script: string, span: Span, word: string): Edits {
  const [...tokens] = tokensFrom(script, span.start, span.end);
  const last = tokens.at(-1);
  const previous = tokens.at(-2);
  if (last === undefined || previous === undefined || !isWord(last, word)) return undefined;
  return replacement({ start: previous.end, end: last.end }, "");
}

/** Takes WITH GRANT OPTION or WITH ADMIN OPTION from the end of a GRANT. */
export function withoutOption(script: string, { start, end }: Span, option: "grant" | "admin"): Edits {
  const pattern = new RegExp(String.raw`\s+with\s+${option}\s+option\s*$`, "i");
  const found = pattern.exec(script.slice(start, end));
  return found === null ? undefined : replacement({ start: start + found.index, end }, "");
}

/** Behind a name, dotted or not, that stands at an offset. */
export function nameEnd(script: string, start: number): number {
  let end = start;
  let isDot = true;
  for (const token of tokensFrom(script, start)) {
    if (isDot ? token.kind !== Kind.word && token.kind !== Kind.quotedName : token.text !== ".") break;
    end = token.end;
    isDot = !isDot;
  }
  return end;
}

/** Another type in the place of one that is written as the pattern says. */
export function retyped(
  script: string,
  { array, start }: TypeFacts,
  pattern: RegExp,
  text: (written: string) => string,
): Edits {
  const end = array ? undefined : behind(script, start, pattern);
  return end === undefined ? undefined : replacement({ start, end }, text(script.slice(start, end)));
}

// --- statements --------------------------------------------------------------------------------------------------------

/** How many statements begin at an offset or before it. */
const startingBy = (statements: readonly Span[], offset: number): number =>
  countUpTo(statements.length, (i) => statements[i]?.start ?? 0, offset);

/** The statement that an offset of the script is in. */
export function statementAt(statements: readonly Span[], offset: number): Span | undefined {
  const found = statements[startingBy(statements, offset) - 1];
  return found !== undefined && offset <= found.end ? found : undefined;
}

/** Offset behind the semicolon of a statement; behind the statement where it has none. */
function endOf(script: string, { end }: Span): { readonly at: number; readonly isClosed: boolean } {
  const [next] = tokensFrom(script, end);
  return next?.kind === Kind.semicolon ? { at: next.end, isClosed: true } : { at: end, isClosed: false };
}

/** A statement of its own in front of another one; comments that suppress findings of that one stay with it. */
export function before(script: string, { start }: Span, statements: readonly Span[], text: string): Edits {
  const previous = statements[startingBy(statements, start) - 2];
  const from = previous === undefined ? 0 : endOf(script, previous).at;
  const ignore = script.slice(from, start).search(/^[ \t]*(?:--|\/\*)\s*godwit-ignore\b/m);
  const at = ignore === -1 ? start : from + ignore;
  const lineStart = script.lastIndexOf("\n", at - 1) + 1;
  const indent = /^[ \t]*$/.test(script.slice(lineStart, at)) ? script.slice(lineStart, at) : "";
  return insertion(at, `${text}\n${indent}`);
}

/** A statement of its own behind another one. */
export function after(script: string, span: Span, text: string): Edits {
  const { at, isClosed } = endOf(script, span);
  const rest = /^[ \t]*(?:--[^\r\n]*)?(?=\r?\n|$)/.exec(
    script.slice(at, script.indexOf("\n", at) + 1 || undefined),
  );
  const close = isClosed ? "" : ";";
  if (rest === null || rest[0] === "") return insertion(at, `${close}\n${text}`);
  if (close === "") return insertion(at + rest[0].length, `\n${text}`);
  return [...insertion(at, close), ...insertion(at + rest[0].length, `\n${text}`)];
}

/** Takes a statement out, with its line when it has it for itself. */
export function without(script: string, span: Span): Edits {
  const end = endOf(script, span).at;
  const lineStart = script.lastIndexOf("\n", span.start - 1) + 1;
  const isFirst = script.slice(lineStart, span.start).trim() === "";
  const rest = /^[ \t]*(?:\r?\n|$)/.exec(script.slice(end));
  if (isFirst && rest !== null) return replacement({ start: lineStart, end: end + rest[0].length }, "");
  if (rest !== null)
    return replacement({ start: lineStart + script.slice(lineStart, span.start).trimEnd().length, end }, "");
  const blank = /^[ \t]+/.exec(script.slice(end));
  return replacement({ start: span.start, end: end + (blank?.[0].length ?? 0) }, "");
}

/** What was read of the statement that an offset is in. */
export function readAt({ statements }: FileFacts, offset: number): ReadStatement | undefined {
  return statements[countUpTo(statements.length, (i) => statements[i]?.statement.start ?? 0, offset) - 1];
}

/** The statement of an action, when the action is all that it does and it stands in no body. */
export function wholeStatement({ start, inside }: Action, file: FileFacts): Span | undefined {
  if (inside.body !== "none" || inside.dynamic) return undefined;
  const read = readAt(file, start);
  return read?.actions.length === 1 ? read.statement : undefined;
}

export const spansOf = ({ statements }: FileFacts): readonly Span[] => statements.map((r) => r.statement);

// --- names ---------------------------------------------------------------------------------------------------------------

/** Names without a schema mean what they mean here: the path is the configuration's or the file's own. */
export const isPathKnown = ({ catalog, project }: Pick<RuleContext, "catalog" | "project">): boolean =>
  project.knowsDefaultSchema || catalog.searchPath !== project.searchPath;

/** Where a new object without a schema goes, when that is known. */
export const creationSchema = (context: Pick<RuleContext, "catalog" | "project">): string | undefined =>
  isPathKnown(context) ? context.catalog.creationSchema : undefined;

/** Words of PostgreSQL that are no names without quotes (reserved, and those of types and functions). */
const RESERVED = new Set(
  (
    "all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast " +
    "char character check coalesce collate collation column concurrently constraint create cross current_catalog " +
    "current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable " +
    "desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group " +
    "grouping having ilike in initially inner inout int integer intersect interval into is isnull join lateral leading " +
    "least left like limit localtime localtimestamp national natural nchar none normalize not notnull null nullif numeric " +
    "offset on only or order out outer overlaps overlay placing position precision primary real references returning " +
    "right row select session_user setof similar smallint some substring symmetric table tablesample then time timestamp " +
    "to trailing treat trim true union unique user using values varchar variadic verbose when where window with"
  ).split(" "),
);

export const isPlainName = (name: string): boolean => /^[a-z_][a-z0-9_$]*$/.test(name) && !RESERVED.has(name);

/** A name as it is written: with quotes only where it needs them. */
export const written = (name: string): string =>
  isPlainName(name) ? name : `"${name.replaceAll('"', '""')}"`;

export const writtenName = ({ schema, name }: { readonly schema: string; readonly name: string }): string =>
  `${written(schema)}.${written(name)}`;

/** A name that PostgreSQL does not cut. */
export const isShortName = (name: string): boolean => Buffer.byteLength(name) <= 63;

/** How often a word stands in a text, in strings and comments too. */
export function mentions(text: string, word: string): number {
  const lower = text.toLowerCase();
  const sought = word.toLowerCase();
  if (sought === "" || !lower.includes(sought)) return 0;
  if (isAscii(text) && isAscii(word)) return countWords(lower, sought);
  return [...text.matchAll(new RegExp(`(?<![\\p{L}\\p{N}_$])${escaped(word)}(?![\\p{L}\\p{N}_$])`, "giu"))]
    .length;
}

const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

/** The same for ASCII, ten times as fast. */
function countWords(text: string, word: string): number {
  let count = 0;
  for (let at = text.indexOf(word); at !== -1; ) {
    const end = at + word.length;
    const isWhole = !isNamePart(text.charCodeAt(at - 1)) && !isNamePart(text.charCodeAt(end));
    if (isWhole) count++;
    at = text.indexOf(word, isWhole ? end : at + 1);
  }
  return count;
}

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * A view of the old name behind a statement that gives a table another one, in the same transaction. Not where the file
 * goes on with one of the two: it may make something else of the old name, or do with the table what a view forbids.
 */
export function viewBehind(
  action: Action,
  file: FileFacts,
  table: { readonly schema: string; readonly name: string } | undefined,
  now: { readonly schema?: string; readonly name?: string },
): Edits {
  const span = wholeStatement(action, file);
  if (span === undefined || table === undefined || !file.transactional) return undefined;
  const { schema, name } = table;
  if (!isReadable(file.script)) return undefined;
  const rest = file.script.slice(span.end);
  if (mentions(rest, name) + mentions(rest, now.name ?? name) > 0) return undefined;
  const text = `CREATE VIEW ${writtenName({ schema, name })} AS SELECT * FROM ${writtenName({ schema, name, ...now })};`;
  return after(file.script, span, text);
}

/** Fixes that ask the whole text are for files that somebody wrote, not for dumps: each would read it again. */
const LARGEST = 500_000;

export const isReadable = (script: string): boolean => script.length <= LARGEST;

const RETYPED = new WeakMap<Project, ReadonlySet<string>>();

/** Names of columns whose type some file changes, found once. */
function retypedColumns(project: Project): ReadonlySet<string> {
  const known = RETYPED.get(project);
  if (known !== undefined) return known;
  const pattern = /\balter\s+(?:column\s+)?"?([^\s"]+)"?\s+(?:set\s+data\s+)?type\b/gi;
  const names = new Set<string>();
  for (const { text = "" } of project.files)
    for (const [, name = ""] of text.matchAll(pattern)) names.add(name.toLowerCase());
  RETYPED.set(project, names);
  return names;
}

/**
 * True when nothing in the file depends on the type of a column: beside its own definition its name stands in comments
 * and in plain indexes only, no file gives it another type, and its table has no parent and no partitions, whose columns
 * must be of one type. Columns of one name are not told apart.
 */
export function isTypeFree(column: string, { script, statements }: FileFacts, project: Project): boolean {
  if (!isReadable(script) || retypedColumns(project).has(column.toLowerCase())) return false;
  const tables = new Set<string>();
  for (const { statement, actions } of statements) {
    const count = mentions(statement.text, column);
    if (count === 0) continue;
    const makers = actions.filter((action) => madeBy(action).some((c) => c.name === column));
    for (const action of makers) for (const name of tableOf(action)) tables.add(name);
    const made = makers.flatMap(madeBy).filter((c) => c.name === column).length;
    if (made > 0 ? made !== count || makers.some(hasParent) : !actions.every(suitsAnyType)) return false;
  }
  return statements.every(({ statement, actions }) =>
    [...tables].every((table) => {
      if (mentions(statement.text, table) === 0) return true;
      return !TAKES_ALL_COLUMNS.test(statement.text) && !actions.some(tiesTables);
    }),
  );
}

const madeBy = (action: Action): readonly ColumnFacts[] =>
  action.kind === "create-table" ? action.columns : action.kind === "add-column" ? [action.column] : [];

const tableOf = (action: Action): readonly string[] =>
  action.kind === "create-table"
    ? [action.name.name]
    : action.kind === "add-column"
      ? [action.table.name]
      : [];

const hasParent = (action: Action): boolean =>
  action.kind === "create-table" && (action.inherits.length > 0 || action.partitionOf !== undefined);

const tiesTables = (action: Action): boolean =>
  action.kind === "attach-partition" || action.kind === "inherit" || hasParent(action);

/** A view that is replaced, or a function that gives a row back, may be held to the types. */
const TAKES_ALL_COLUMNS = /(?:\bselect|,|\.)\s*\*/i;

/** Of an index only its order is left to any type: an operator class is for one. */
const suitsAnyType = (action: Action): boolean =>
  action.kind === "comment" ||
  (action.kind === "create-index" &&
    !action.partial &&
    action.parts.every((p) => p.column !== undefined && ORDER.test(p.manner)));

const ORDER = /^(?:desc)? ?(?:nulls (?:first|last))?$/;
