// The shape of a statement: its text with the names and strings that may be any others taken out. Statements of one
// shape have one tree but for those.
import { Kind, Lexer } from "../sql/lex.ts";

/** Holds until the next statement is read. */
export interface Shape {
  /** Equal for equal shapes, and hardly ever for others. */
  readonly hash: number;
  readonly text: string;
  /** What was taken out; a name that stands there more than once is one value. */
  readonly values: readonly string[];
  /** How many gaps there are; the lists may be longer. */
  readonly count: number;
  // Of each gap, in order: the index of its value, where it stands, and what it is.
  readonly gaps: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly kinds: readonly GapKind[];
}

export type GapKind = "name" | "string" | "body";

/** The server cuts longer names, in bytes. */
const LONGEST_NAME = 63;
/** Longer statements are hardly ever alike. */
const LONGEST = 20_000;
/** Words that are known at once. */
const MOST_WORDS = 50_000;

/**
 * Words that are no keywords of SQL, and yet more than names: to the grammar (gram.y compares them as texts), to the
 * parser of PL/pgSQL (its keywords and the variables it makes; types that it tells apart), or to our own readers.
 */
const MEANT = new Set(
  `public pg_catalog information_schema pg_temp search_path __dynamic__ plpgsql c internal
superuser nosuperuser createrole nocreaterole createuser nocreateuser replication noreplication createdb nocreatedb
login nologin bypassrls nobypassrls noinherit permissive restrictive list hash modulus remainder safe unsafe restricted
full verbose analyze concurrently admin password schema new_version immutable stable volatile
trigger event_trigger void record refcursor cstring language_handler uuid json jsonb timestamptz timetz date bytea int2
int4 int8 float4 float8 bool varchar bpchar oid regclass regtype regproc inet cidr macaddr money tsvector tsquery citext
serial bigserial smallserial serial2 serial4 serial8 anyelement anyarray anynonarray anyenum anyrange anycompatible
new old found sqlstate sqlerrm tg_name tg_when tg_level tg_op tg_relid tg_relname tg_table_name tg_table_schema tg_nargs
tg_argv tg_event tg_tag
alias array assert backward begin by call case chain close collate column column_name commit constant constraint
constraint_name continue current cursor datatype debug declare default detail diagnostics do dump else elsif elseif end
errcode error exception execute exit fetch first for foreach forward from get goto hint if import in info insert into is
last log loop merge message message_text move next no not notice null open option or perform pg_context
pg_datatype_name pg_exception_context pg_exception_detail pg_exception_hint pg_routine_oid print_strict_params prior
query raise relative return returned_sqlstate reverse rollback row_count rowtype schema_name scroll slice stacked strict
table table_name then to type use_column use_variable using variable_conflict warning when while true false on off yes
`.split(/\s+/),
);

/** Its arguments decide what the statement is. */
const UNFORESEEABLE = "set_config";

/** Behind these stands the name of an error, in PL/pgSQL. */
const CONDITIONS = /^(?:when|or|raise|exception|notice|warning|info|log|debug)$/;

/** The format of RAISE has as many % as there are arguments; SQLSTATE has five characters. */
const isRead = (text: string): boolean => text.includes("%") || text.length <= 5;

interface Word {
  readonly text: string;
  readonly isName: boolean;
  /** Another word with the same number. */
  readonly next: Word | undefined;
  /** The statement that it was met in last, and which value it is there. */
  statement: number;
  value: number;
}

class Shaping implements Shape {
  hash = 0;
  text = "";
  count = 0;
  valueCount = 0;
  readonly values: string[] = [];
  readonly gaps: number[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly kinds: GapKind[] = [];
  /** Up to here the text is in the hash. */
  #from = 0;

  begin(text: string): void {
    this.hash = 0;
    this.text = text;
    this.count = 0;
    this.valueCount = 0;
    this.#from = 0;
  }

  /** Gives its index. */
  value(text: string): number {
    this.values[this.valueCount] = text;
    return this.valueCount++;
  }

  take(value: number, kind: GapKind, start: number, end: number): void {
    this.#mix(start);
    this.hash = (Math.imul(this.hash, 31) + value) | 0;
    this.#from = end;
    const i = this.count++;
    this.gaps[i] = value;
    this.starts[i] = start;
    this.ends[i] = end;
    this.kinds[i] = kind;
  }

  finish(): this {
    this.#mix(this.text.length);
    return this;
  }

  #mix(to: number): void {
    const { text } = this;
    let hash = this.hash;
    for (let i = this.#from; i < to; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
    this.hash = hash;
  }
}

export class ShapeReader {
  readonly #isKeyword: (word: string) => boolean;
  #words = new Map<number, Word>();
  #statement = 0;
  /** One for all: there are as many as statements. */
  readonly #into = new Shaping();

  /** `isKeyword` is asked once a word, which is all lower case. */
  constructor(isKeyword: (word: string) => boolean) {
    this.#isKeyword = isKeyword;
  }

  /**
   * Undefined for a statement that has to be read by itself. "code": PL/pgSQL stands in it, which looks into some names
   * and strings. "header": what stands in its body is part of its shape.
   */
  read(text: string, part: "statement" | "code" | "header" = "statement"): Shape | undefined {
    if (text.length > LONGEST) return undefined;
    if (this.#words.size > MOST_WORDS) this.#words = new Map();
    this.#statement++;
    const into = this.#into;
    into.begin(text);
    return this.#read(text, 0, part, into) ? into.finish() : undefined;
  }

  /** `text` stands at `at` of the whole. False: it has to be read by itself. */
  #read(text: string, at: number, part: Part, into: Shaping): boolean {
    const isCode = part !== "statement";
    let before = "";
    let isExecuted = false;
    const lexer = new Lexer(text);
    while (lexer.next()) {
      const { kind, start, end } = lexer;
      if (kind === Kind.word) {
        const isCondition = isCode && CONDITIONS.test(before);
        const hash = lowerCaseHash(text, start, end);
        if (hash === -1) {
          before = isCode || end - start === 8 ? text.slice(start, end).toLowerCase() : "";
          isExecuted ||= before === "execute";
          continue;
        }
        const word = this.#word(text, start, end, hash);
        before = word.text;
        isExecuted ||= before === "execute";
        if (end - start > LONGEST_NAME || before === UNFORESEEABLE) return false;
        if (!word.isName || isCondition) continue;
        const value = this.#valueOf(word, into);
        into.take(value, "name", at + start, at + end);
      } else if (kind === Kind.semicolon) {
        isExecuted = false;
      } else if (kind === Kind.string || kind === Kind.dollarString) {
        const isBody = kind === Kind.dollarString;
        const value = isBody ? inDollars(text, start, end) : plain(text, start, end);
        if (value === undefined) continue;
        if (part === "header") {
          if (isBody && !this.#read(value, at + text.indexOf("$", start + 1) + 1, "body", into)) return false;
          continue;
        }
        // Our readers fold the name of a language.
        if (before === "language" || (isCode && isRead(value))) continue;
        if (part === "body" && (isBody || isExecuted)) {
          const isWhole = !isBody && before === "execute" && !value.includes("$") && isLast(text, end);
          if (isWhole && !this.#read(value, at + start + 1, "body", into)) return false;
          continue;
        }
        const index = into.value(value);
        into.take(index, isBody ? "body" : "string", at + start, at + end);
      }
    }
    return true;
  }

  #word(text: string, start: number, end: number, hash: number): Word {
    const first = this.#words.get(hash);
    for (let known = first; known !== undefined; known = known.next)
      if (known.text.length === end - start && isAt(known.text, text, start)) return known;
    const own = copied(text.slice(start, end));
    // No keyword is longer, or has a digit.
    const isName = !MEANT.has(own) && !(/^[a-z_]{1,20}$/.test(own) && this.#isKeyword(own));
    const made = { text: own, isName, next: first, statement: 0, value: 0 };
    this.#words.set(hash, made);
    return made;
  }

  #valueOf(word: Word, into: Shaping): number {
    if (word.statement !== this.#statement) {
      word.statement = this.#statement;
      word.value = into.value(word.text);
    }
    return word.value;
  }
}

type Part = "statement" | "code" | "header" | "body";

/** Of its statement: what is executed is no more than the string in front. */
const isLast = (text: string, from: number): boolean => /^\s*;/.test(text.slice(from, from + 40));

/** `part` stands there. Most parts are shorter than a call of startsWith is long. */
export function isAt(part: string, text: string, at: number): boolean {
  for (let i = 0; i < part.length; i++) if (part.charCodeAt(i) !== text.charCodeAt(at + i)) return false;
  return true;
}

/** As a text of its own: a part of the file would keep all of it. */
const copied = (text: string): string => ` ${text}`.slice(1);

/** Of a word; -1 for others than the server folds, and for those that are not ASCII: they stay as they are. */
function lowerCaseHash(text: string, start: number, end: number): number {
  let hash = 0;
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0x80 || (c >= 65 && c <= 90)) return -1;
    hash = (Math.imul(hash, 31) + c) & 0x3fffffff;
  }
  return hash;
}

/** What a string says; undefined for one that may be more than any other, or is not written in the plainest way. */
function plain(text: string, start: number, end: number): string | undefined {
  if (text.charCodeAt(start) !== 39 || text.charCodeAt(end - 1) !== 39 || end - start < 3) return undefined;
  const value = text.slice(start + 1, end - 1);
  return value.includes("'") || (value.length < 24 && MEANT.has(value.toLowerCase())) ? undefined : value;
}

function inDollars(text: string, start: number, end: number): string | undefined {
  const tag = text.slice(start, text.indexOf("$", start + 1) + 1);
  const isWhole = end - start > 2 * tag.length && text.startsWith(tag, end - tag.length);
  return isWhole ? text.slice(start + tag.length, end - tag.length) : undefined;
}

/** A text of the shape in which each value is another word, that stands nowhere else; undefined where there is one. */
export function specimen(shape: Shape): Specimen | undefined {
  const { text } = shape;
  if (text.includes(SPECIMEN) || text.includes("\0")) return undefined;
  let made = "";
  let from = 0;
  const starts = [0];
  const ends: number[] = [];
  for (const [i, value] of shape.gaps.slice(0, shape.count).entries()) {
    made += text.slice(from, shape.starts[i]);
    ends.push(made.length);
    const word = wordOf(value);
    const kind = shape.kinds[i];
    made += kind === "name" ? word : kind === "string" ? `'${word}'` : `$$${word}$$`;
    starts.push(made.length);
    from = shape.ends[i] ?? from;
  }
  made += text.slice(from);
  return { text: made, starts, ends: [...ends, made.length] };
}

export interface Specimen {
  readonly text: string;
  /** Where the pieces between the gaps begin and end in it. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

const SPECIMEN = "zq_";

const wordOf = (value: number): string => `${SPECIMEN}${value}q`;

export const hasValues = (text: string): boolean => text.includes(SPECIMEN);

/** Texts of the specimen cut where values stand in them: texts and indexes of values in turn. */
export const valuesIn = (text: string): readonly string[] => text.split(/zq_(\d+)q/);
