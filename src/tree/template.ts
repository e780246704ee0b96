// What was read of one statement, made into what is read of any other of the same shape.
import type { Action, Inside, Reference } from "./action.ts";
import { RECORDS } from "./records.ts";
import { hasValues, type Shape, type Specimen, valuesIn } from "./shape.ts";

/** A statement of the shape, and where it stands. */
export interface Use {
  readonly shape: Shape;
  readonly inside: Inside;
  readonly toScript: (offset: number) => number;
}

/** Stands for where the specimen is. */
export const ANYWHERE: Inside = { body: "none", dynamic: false, depth: 0, guard: "" };

type Make<T> = (use: Use) => T;
type Part =
  | { readonly made: false; readonly value: unknown }
  | { readonly made: true; readonly make: Make<unknown> };

/** A place of the specimen cannot be told in other statements: it is inside of a value. */
export class NoPlace extends Error {}

/** The offsets of `read` are those of the specimen. @throws NoPlace */
export function templateOf<T extends Action | Reference>(
  read: readonly T[],
  specimen: Specimen,
): Make<readonly T[]> {
  const makes = read.map((one): Make<T> => {
    const part = partOf(one, specimen);
    if (!part.made) return () => one;
    return (use) => {
      const made = part.make(use);
      return isLike(made, one) ? made : one;
    };
  });
  return (use) => makes.map((make) => make(use));
}

/** What is made has the fields of what it is made from. */
const isLike = <T>(made: unknown, _from: T): made is T => typeof made === "object";

/** A text of the specimen, with the values of another statement. */
export function textOf(text: string): (shape: Shape) => string {
  const pieces = valuesIn(text);
  const [before, index, after, ...more] = pieces;
  if (index === undefined) return () => text;
  if (before === "" && after === "" && more.length === 0) {
    const only = Number(index);
    return ({ values }) => values[only] ?? "";
  }
  return ({ values }) => pieces.map((piece, i) => (i % 2 === 0 ? piece : values[Number(piece)])).join("");
}

const constant = (value: unknown): Part => ({ made: false, value });

function partOf(value: unknown, specimen: Specimen): Part {
  if (value === ANYWHERE) return { made: true, make: (use) => use.inside };
  if (typeof value === "string") {
    if (!hasValues(value)) return constant(value);
    const text = textOf(value);
    return { made: true, make: (use) => text(use.shape) };
  }
  if (typeof value !== "object" || value === null) return constant(value);
  return Array.isArray(value) ? listPart(value, specimen) : objectPart(value, specimen);
}

function listPart(items: readonly unknown[], specimen: Specimen): Part {
  const parts = items.map((item) => partOf(item, specimen));
  if (!parts.some((part) => part.made)) return constant(items);
  const makes = parts.map((part) => (part.made ? part.make : () => part.value));
  return { made: true, make: (use) => makes.map((make) => make(use)) };
}

function objectPart(value: object, specimen: Specimen): Part {
  const fields = Object.entries(value).map(([key, field]): readonly [string, Part] => {
    if ((key !== "start" && key !== "end") || typeof field !== "number")
      return [key, partOf(field, specimen)];
    const at = placeIn(field, specimen);
    return [key, { made: true, make: (use) => use.toScript(at(use.shape)) }];
  });
  if (!fields.some(([, part]) => part.made)) return constant(value);
  const makes = fields.map(([, part]): Make<unknown> => (part.made ? part.make : () => part.value));
  const record = RECORDS.get(fields.map(([key]) => key).join());
  if (record !== undefined) return { made: true, make: record(makes) };
  const made = fields.flatMap(([key, part]) => (part.made ? [{ key, make: part.make }] : []));
  return {
    made: true,
    make: (use) => {
      const copy: Record<string, unknown> = { ...value };
      for (const { key, make } of made) copy[key] = make(use);
      return copy;
    },
  };
}

/** An offset of the specimen in a text of its shape. @throws NoPlace inside of a value. */
export function placeIn(offset: number, { starts, ends }: Specimen): (shape: Shape) => number {
  let piece = starts.length - 1;
  while (piece > 0 && (starts[piece] ?? 0) > offset) piece--;
  if (offset > (ends[piece] ?? 0)) throw new NoPlace();
  const behind = offset - (starts[piece] ?? 0);
  return piece === 0 ? () => behind : ({ gaps }) => (gaps[piece - 1]?.end ?? 0) + behind;
}
