// A fragment into what its statements do. Of many statements of one shape two are parsed: a run over thousands of
// migrations meets most shapes again and again.
import { offsetOfCodePoint } from "../base/place.ts";
import type { Action, Inside, Reference } from "./action.ts";
import { byteMap, type Fragment } from "./fragment.ts";
import type { ToScript } from "./names.ts";
import type { Node, Parser, SyntaxProblem } from "./parser.ts";
import { readNode, searchIn, type TextSearch } from "./read.ts";
import type { Problem } from "./read-statement.ts";
import { references } from "./references.ts";
import { type Shape, ShapeReader, type Specimen, specimen } from "./shape.ts";
import { ANYWHERE, NoPlace, placeIn, templateOf, textOf } from "./template.ts";

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
type ReadShape = (fragment: Fragment, shape: Shape, inside: Inside) => NodeRead | undefined;

const byItself: ReadShape = () => undefined;

/** Shapes known at once, and those met once. */
const MOST_SHAPES = 3_000;

/** So many fragments are read as they come: where there are no more, shapes would cost more than they save. */
export const FEW_FRAGMENTS = 64;

const READERS = new WeakMap<Parser, FragmentReader>();

/** One a parser, which keeps what it learns. */
export function fragmentReader(parser: Parser): FragmentReader {
  const known = READERS.get(parser);
  if (known !== undefined) return known;
  const made = new FragmentReader(parser);
  READERS.set(parser, made);
  return made;
}

export class FragmentReader {
  readonly #parser: Parser;
  readonly #shapes: ShapeReader;
  #count = 0;
  readonly #known = new Map<string, ReadShape>();
  readonly #metOnce = new Set<string>();
  readonly #rightCode = new Set<string>();

  constructor(parser: Parser) {
    this.#parser = parser;
    this.#shapes = new ShapeReader(parser.isKeyword);
  }

  read(fragment: Fragment, inside: Inside): FragmentRead {
    const known = this.#count++ < FEW_FRAGMENTS ? undefined : this.#readKnown(fragment, inside);
    if (known !== undefined) return { ok: true, nodes: [known] };
    const { text, toScript } = fragment;
    const parsed = this.#parser.parse(text);
    if (!parsed.ok) {
      const { message, codePoint = 0 } = parsed.problem;
      return { ok: false, problem: { message, start: toScript(offsetOfCodePoint(text, codePoint)) } };
    }
    const nodes = parsed.nodes.map((node) => nodeRead(node, fragment, inside, searchIn(text)));
    return { ok: true, nodes };
  }

  /** As Parser.checkPlpgsql, for a statement whose body is the literal of `body`. */
  checkPlpgsql(text: string, body: string): SyntaxProblem | undefined {
    if (this.#count <= FEW_FRAGMENTS) return this.#parser.checkPlpgsql(text);
    const at = text.indexOf(body);
    // Out of its quotes, so that names in it are names.
    const flat = `${text.slice(0, at)}${text.slice(at + body.length)}\x04${body}`;
    const key = at === -1 ? undefined : this.#shapes.read(flat, true)?.key;
    if (key !== undefined && this.#rightCode.has(key)) return undefined;
    const problem = this.#parser.checkPlpgsql(text);
    if (key !== undefined && problem === undefined) {
      if (this.#rightCode.size >= MOST_SHAPES) this.#rightCode.clear();
      this.#rightCode.add(key);
    }
    return problem;
  }

  #readKnown(fragment: Fragment, inside: Inside): NodeRead | undefined {
    const shape = this.#shapes.read(fragment.text);
    if (shape === undefined) return undefined;
    const { key } = shape;
    const known = this.#known.get(key);
    if (known !== undefined) return known(fragment, shape, inside);
    if (!this.#metOnce.delete(key)) {
      if (this.#metOnce.size >= MOST_SHAPES) this.#metOnce.clear();
      this.#metOnce.add(key);
      return undefined;
    }
    if (this.#known.size >= MOST_SHAPES) this.#known.clear();
    const read = this.#learn(fragment.text, shape);
    this.#known.set(key, read);
    return read(fragment, shape, inside);
  }

  #learn(text: string, shape: Shape): ReadShape {
    const made = specimen(text, shape);
    const parsed = made === undefined ? undefined : this.#parser.parse(made.text);
    const [node, ...others] = parsed?.ok === true ? parsed.nodes : [];
    if (made === undefined || node === undefined || others.length > 0) return byItself;
    const searches: Search[] = [];
    const same: Fragment = { text: made.text, toScript: (offset) => offset };
    const read = nodeRead(node, same, ANYWHERE, recording(searchIn(made.text), searches));
    try {
      const actions = templateOf(read.actions, made);
      const named = templateOf(read.references, made);
      const bodyAt = placeIn(read.body?.from ?? 0, made);
      const checks = searches.map((search) => checkOf(search, made));
      return (fragment, shape, inside) => {
        const { toScript } = fragment;
        const find = searchIn(fragment.text);
        if (!checks.every((isSame) => isSame(find, shape))) return undefined;
        const use = { shape, inside, toScript };
        return {
          actions: actions(use),
          references: named(use),
          body: read.body === undefined ? undefined : { ...read.body, from: bodyAt(shape) },
        };
      };
    } catch (error) {
      if (error instanceof NoPlace) return byItself;
      throw error;
    }
  }
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
