// What was read of one statement, made into what is read of any other of the same shape. A template is compiled: a run
// over thousands of files makes millions of small records, and one that is written out as a literal is made many times
// as fast as one that is copied and changed.
import { compileFunction } from "node:vm";
import type { Action, Inside, Reference } from "./action.ts";
import type { Fragment } from "./fragment.ts";
import { hasValues, type Shape, type Specimen, valuesIn } from "./shape.ts";

/** A statement of the shape, and where it stands. */
export interface Use {
  readonly shape: Shape;
  readonly inside: Inside;
  readonly fragment: Fragment;
}

/** Stands for where the specimen is. */
export const ANYWHERE: Inside = { body: "none", dynamic: false, depth: 0, guard: "" };

/** A place of the specimen cannot be told in other statements: it is inside of a value. */
export class NoPlace extends Error {}

/** The offsets of `read` are those of the specimen. @throws NoPlace */
export function templateOf<T extends Action | Reference>(
  read: readonly T[],
  specimen: Specimen,
): (use: Use) => readonly T[] {
  const compiled = (place: Place): Make<T> => {
    const writer = new Writer(specimen, place);
    const code = writer.code(read);
    if (code === undefined) return () => read;
    const { constants } = writer;
    const make = compileFunction(`return ${code};`, ["constants", "values", "ends", "origin", "inside"]);
    return ({ values, ends }, inside, origin) => make(constants, values, ends, origin, inside);
  };
  // Where the statement stands in the script as it is, places are sums, which are compiled in no time.
  const plain = compiled("(origin+");
  let other: Make<T> | undefined;
  return ({ shape, inside, fragment: { start, toScript } }) => {
    if (start !== undefined) return plain(shape, inside, start);
    other ??= compiled("origin(");
    return other(shape, inside, toScript);
  };
}

/** How a place in the script begins in code. */
type Place = "(origin+" | "origin(";

type Make<T> = (
  shape: Shape,
  inside: Inside,
  origin: Fragment["start"] | Fragment["toScript"],
) => readonly T[];

/** Writes JavaScript. Nothing of it is the statement's: texts are JSON. */
class Writer {
  readonly #specimen: Specimen;
  readonly #before: Place;
  readonly constants: unknown[] = [];

  constructor(specimen: Specimen, before: Place) {
    this.#specimen = specimen;
    this.#before = before;
  }

  /** Undefined for what is the same in every statement of the shape. */
  code(value: unknown): string | undefined {
    if (value === ANYWHERE) return "inside";
    if (typeof value === "string") return hasValues(value) ? textCode(value) : undefined;
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value)) {
      const items = value.map((item: unknown) => this.code(item));
      if (items.every((item) => item === undefined)) return undefined;
      return `[${items.map((item, i) => item ?? this.#constant(value[i])).join()}]`;
    }
    const fields = Object.entries(value).map(([key, field]: readonly [string, unknown]) => {
      const isPlace = (key === "start" || key === "end") && typeof field === "number";
      return { key, field, code: isPlace ? this.#place(field) : this.code(field) };
    });
    if (fields.every(({ code }) => code === undefined)) return undefined;
    const written = fields.map(
      ({ key, field, code }) => `${JSON.stringify(key)}:${code ?? this.#constant(field)}`,
    );
    return `{${written.join()}}`;
  }

  #place(offset: number): string {
    const { piece, behind } = pieceAt(offset, this.#specimen);
    return `${this.#before}${piece === 0 ? "" : `ends[${piece - 1}]+`}${behind})`;
  }

  #constant(value: unknown): string {
    if (typeof value === "boolean" || typeof value === "number" || value === undefined) return String(value);
    return `constants[${this.constants.push(value) - 1}]`;
  }
}

function textCode(text: string): string {
  const pieces = valuesIn(text).map((piece, i) => (i % 2 === 0 ? JSON.stringify(piece) : `values[${piece}]`));
  return pieces.filter((piece) => piece !== '""').join("+");
}

/** A text of the specimen, with the values of another statement. */
export function textOf(text: string): (shape: Shape) => string {
  const pieces = valuesIn(text);
  return ({ values }) => pieces.map((piece, i) => (i % 2 === 0 ? piece : values[Number(piece)])).join("");
}

/** An offset of the specimen in a text of its shape. @throws NoPlace inside of a value. */
export function placeIn(offset: number, specimen: Specimen): (shape: Shape) => number {
  const { piece, behind } = pieceAt(offset, specimen);
  return piece === 0 ? () => behind : ({ ends }) => (ends[piece - 1] ?? 0) + behind;
}

function pieceAt(offset: number, { starts, ends }: Specimen): { piece: number; behind: number } {
  let piece = starts.length - 1;
  while (piece > 0 && (starts[piece] ?? 0) > offset) piece--;
  if (offset > (ends[piece] ?? 0)) throw new NoPlace();
  return { piece, behind: offset - (starts[piece] ?? 0) };
}
