// A fragment into what its statements do. Of many statements of one shape two are parsed: a run over thousands of
// migrations meets most shapes again and again.
import { offsetOfCodePoint } from "../base/place.ts";
import { type Action, type Inside, type Reference, TOP } from "./action.ts";
import { byteMap, type Fragment } from "./fragment.ts";
import { isLasting } from "./lasting.ts";
import type { ToScript } from "./names.ts";
import type { Node, Parser, SyntaxProblem } from "./parser.ts";
import { readNode, searchIn, type TextSearch } from "./read.ts";
import type { Problem } from "./read-statement.ts";
import { references } from "./references.ts";
import { type Shape, ShapeReader, type Specimen, specimen } from "./shape.ts";
import { ShapeTable } from "./shape-table.ts";
import { ANYWHERE, NoPlace, placeIn, templateOf, textOf, type Use } from "./template.ts";

/** What was read of one node of a fragment. */
export interface NodeRead {
  readonly actions: readonly Action[];
  readonly references: readonly Reference[];
  /** The body of a function or DO statement: the literal behind this offset of the fragment. */
  readonly body: BodyPlace | undefined;
}

export interface BodyPlace {
  readonly language: string;
  readonly from: number;
  readonly isDo: boolean;
}

export type FragmentRead =
  | { readonly ok: true; readonly nodes: readonly NodeRead[] }
  | { readonly ok: false; readonly problem: Problem };

/** How any statement of a shape is read; undefined for one that is read by itself. */
type ReadShape = (use: FragmentUse) => NodeRead | undefined;

interface FragmentUse extends Use {
  readonly only: Only;
}

/** "lasting": the actions that isLasting knows, and no references. */
export type Only = "all" | "lasting";

const byItself: ReadShape = () => undefined;

/** So many fragments are read as they come: where there are no more, shapes would cost more than they save. */
export const FEW_FRAGMENTS = 64;

const READERS = new WeakMap<Parser, FragmentReader>();

/** Reads fragments, one after another. */
export interface ReadsFragments {
  read(fragment: Fragment, inside: Inside, only: Only): FragmentRead;
  /** As Parser.checkPlpgsql, for a statement whose body is the literal of `body`. */
  checkPlpgsql(text: string, body: string): SyntaxProblem | undefined;
}

/** What a whole statement does, with what stands in its body. */
export interface WholeRead {
  readonly actions: readonly Action[];
  readonly references: readonly Reference[];
}

/** Reads a text, with what stands in it; undefined where something is wrong with it. */
export type ReadWhole = (reader: ReadsFragments, text: string) => WholeRead | undefined;

type MakeWhole = (use: FragmentUse) => WholeRead | undefined;

/** One a parser, which keeps what it learns. */
export function fragmentReader(parser: Parser): FragmentReader {
  const known = READERS.get(parser);
  if (known !== undefined) return known;
  const made = new FragmentReader(parser);
  READERS.set(parser, made);
  return made;
}

export class FragmentReader implements ReadsFragments {
  readonly #parser: Parser;
  readonly #shapes: ShapeReader;
  #count = 0;
  readonly #known = new ShapeTable<ReadShape>();
  readonly #wholes = new ShapeTable<MakeWhole>();
  readonly #rightCode = new ShapeTable<true>();

  constructor(parser: Parser) {
    this.#parser = parser;
    this.#shapes = new ShapeReader(parser.isKeyword);
  }

  read(fragment: Fragment, inside: Inside, only: Only): FragmentRead {
    const known = this.#count++ < FEW_FRAGMENTS ? undefined : this.#readKnown(fragment, inside, only);
    if (known !== undefined) return { ok: true, nodes: [known] };
    return readAlone(this.#parser, fragment, inside, searchIn(fragment.text));
  }

  /** Of a statement with a body, of a shape that was met before. */
  readWhole(fragment: Fragment, only: Only, readWhole: ReadWhole): WholeRead | undefined {
    if (this.#count++ < FEW_FRAGMENTS) return undefined;
    const shape = this.#shapes.read(fragment.text, "header");
    if (shape === undefined) return undefined;
    const use: FragmentUse = { shape, inside: TOP, fragment, only };
    const known = this.#wholes.get(shape);
    if (known !== undefined) return known(use);
    if (!this.#wholes.isMetAgain(shape)) return undefined;
    const make = this.#learnWhole(shape, readWhole);
    this.#wholes.set(shape, make);
    return make(use);
  }

  checkPlpgsql(text: string, body: string): SyntaxProblem | undefined {
    if (this.#count <= FEW_FRAGMENTS) return this.#parser.checkPlpgsql(text);
    const at = text.indexOf(body);
    // Out of its quotes, so that names in it are names.
    const flat = `${text.slice(0, at)}${text.slice(at + body.length)}\x04${body}`;
    const shape = at === -1 ? undefined : this.#shapes.read(flat, "code");
    if (shape !== undefined && this.#rightCode.get(shape) === true) return undefined;
    const problem = this.#parser.checkPlpgsql(text);
    if (shape !== undefined && problem === undefined) this.#rightCode.set(shape, true);
    return problem;
  }

  #readKnown(fragment: Fragment, inside: Inside, only: Only): NodeRead | undefined {
    const shape = this.#shapes.read(fragment.text);
    if (shape === undefined) return undefined;
    const use: FragmentUse = { shape, inside, fragment, only };
    const known = this.#known.get(shape);
    if (known !== undefined) return known(use);
    if (!this.#known.isMetAgain(shape)) return undefined;
    const read = this.#learn(shape);
    this.#known.set(shape, read);
    return read(use);
  }

  #learnWhole(shape: Shape, readWhole: ReadWhole): MakeWhole {
    const made = specimen(shape);
    if (made === undefined) return () => undefined;
    const reader = new SpecimenReader(this.#parser);
    const read = readWhole(reader, made.text);
    if (read === undefined || reader.looksInside) return () => undefined;
    try {
      return wholeOf(read, reader.searches, made);
    } catch (error) {
      if (error instanceof NoPlace) return () => undefined;
      throw error;
    }
  }

  #learn(shape: Shape): ReadShape {
    const made = specimen(shape);
    const parsed = made === undefined ? undefined : this.#parser.parse(made.text);
    const [node, ...others] = parsed?.ok === true ? parsed.nodes : [];
    if (made === undefined || node === undefined || others.length > 0) return byItself;
    const searches: Search[] = [];
    const same: Fragment = { text: made.text, toScript: (offset) => offset };
    const read = nodeRead(node, same, ANYWHERE, recording(searchIn(made.text), searches));
    try {
      const make = wholeOf(read, searches, made);
      const bodyAt = placeIn(read.body?.from ?? 0, made);
      return (use) => {
        const known = make(use);
        if (known === undefined) return undefined;
        const body = read.body === undefined ? undefined : { ...read.body, from: bodyAt(use.shape) };
        return { actions: known.actions, references: known.references, body };
      };
    } catch (error) {
      if (error instanceof NoPlace) return byItself;
      throw error;
    }
  }
}

/** What was read of a specimen, made into what is read of others. @throws NoPlace */
function wholeOf(read: WholeRead, searches: readonly Search[], made: Specimen): MakeWhole {
  const actions = templateOf(read.actions, made);
  const lasting = templateOf(read.actions.filter(isLasting), made);
  const named = templateOf(read.references, made);
  const checks = searches.map((search) => checkOf(search, made));
  return (use) => {
    const find = searchIn(use.fragment.text);
    for (const isSame of checks) if (!isSame(find, use.shape)) return undefined;
    return use.only === "all"
      ? { actions: actions(use), references: named(use) }
      : { actions: lasting(use), references: [] };
  };
}

/** Reads a specimen and what stands in it, with nothing kept. */
class SpecimenReader implements ReadsFragments {
  readonly #parser: Parser;
  #count = 0;
  /** In the whole text. */
  readonly searches: Search[] = [];
  /** Something was looked for in a text out of its body. */
  looksInside = false;

  constructor(parser: Parser) {
    this.#parser = parser;
  }

  read(fragment: Fragment, inside: Inside): FragmentRead {
    const searches = this.#count++ === 0 ? this.searches : [];
    const find = recording(searchIn(fragment.text), searches);
    const read = readAlone(this.#parser, fragment, inside, find);
    if (searches !== this.searches && searches.length > 0) this.looksInside = true;
    return read;
  }

  checkPlpgsql(text: string): SyntaxProblem | undefined {
    return this.#parser.checkPlpgsql(text);
  }
}

function readAlone(parser: Parser, fragment: Fragment, inside: Inside, find: TextSearch): FragmentRead {
  const { text, toScript } = fragment;
  const parsed = parser.parse(text);
  if (parsed.ok)
    return { ok: true, nodes: parsed.nodes.map((node) => nodeRead(node, fragment, inside, find)) };
  const { message, codePoint = 0 } = parsed.problem;
  return { ok: false, problem: { message, start: toScript(offsetOfCodePoint(text, codePoint)) } };
}

/** `find`: in the text of the fragment. */
function nodeRead(node: Node, { text, toScript }: Fragment, inside: Inside, find: TextSearch): NodeRead {
  const bytes = byteMap(text);
  const at: ToScript = (byte) => toScript(bytes(Math.max(0, byte ?? 0)));
  const where = { start: toScript(0), end: toScript(text.length), inside };
  return {
    actions: readNode(node, { text, find, at, toScript, where }),
    references: references(node, at, inside),
    body: bodyPlace(node, bytes),
  };
}

function bodyPlace(node: Node, bytes: (byte: number) => number): BodyPlace | undefined {
  const isDo = "DoStmt" in node;
  const options = isDo
    ? node.DoStmt.args
    : "CreateFunctionStmt" in node
      ? node.CreateFunctionStmt.options
      : undefined;
  if (options === undefined) return undefined;
  let language = isDo ? "plpgsql" : "";
  let from = -1;
  for (const option of options) {
    if (!("DefElem" in option)) continue;
    const { defname, arg, location = 0 } = option.DefElem;
    if (defname === "language" && arg !== undefined && "String" in arg)
      language = (arg.String.sval ?? "").toLowerCase();
    else if (defname === "as") from = bytes(location);
  }
  return from === -1 || (language !== "plpgsql" && language !== "sql") ? undefined : { language, from, isDo };
}

// --- what the readers look for in the text ------------------------------------------------------------------------

/** A question to the text of the specimen, and its answer. */
type Search =
  | { readonly pattern: RegExp; readonly found: number }
  | { readonly name: string; readonly from: number; readonly found: number };

const recording = (find: TextSearch, searches: Search[]): TextSearch => ({
  pattern: (pattern) => {
    const found = find.pattern(pattern);
    searches.push({ pattern, found });
    return found;
  },
  name: (name, from) => {
    const found = find.name(name, from);
    searches.push({ name, from, found });
    return found;
  },
});

/** A text of the shape gives the same answer: a comment or a string in it may hold what is looked for. */
function checkOf(search: Search, made: Specimen): (find: TextSearch, shape: Shape) => boolean {
  const found = search.found === -1 ? () => -1 : placeIn(search.found, made);
  if ("pattern" in search) return (find, shape) => find.pattern(search.pattern) === found(shape);
  const name = textOf(search.name);
  const from = placeIn(search.from, made);
  return (find, shape) => find.name(name(shape), from(shape)) === found(shape);
}
