// What is known of shapes. A shape is looked up by a number that is made as its statement is read, and compared piece by
// piece: no text is put together for it.
import { isAt, type Shape } from "./shape.ts";

interface Known<T> extends Pick<Shape, "gaps" | "kinds"> {
  /** The text round the gaps. */
  readonly pieces: readonly string[];
  readonly what: T;
  /** Another shape with the same number. */
  readonly next: Known<T> | undefined;
}

/** Shapes known at once, and those met once. */
const MOST = 3_000;

export class ShapeTable<T> {
  readonly #known = new Map<number, Known<T>>();
  readonly #metOnce = new Set<number>();

  get(shape: Shape): T | undefined {
    let known = this.#known.get(shape.hash);
    while (known !== undefined && !isSame(known, shape)) known = known.next;
    return known?.what;
  }

  /** True every second time, for a shape that is not known; by its number alone. */
  isMetAgain({ hash }: Shape): boolean {
    if (this.#metOnce.delete(hash)) return true;
    if (this.#metOnce.size >= MOST) this.#metOnce.clear();
    this.#metOnce.add(hash);
    return false;
  }

  set(shape: Shape, what: T): void {
    if (this.#known.size >= MOST) this.#known.clear();
    const { hash, count } = shape;
    const gaps = shape.gaps.slice(0, count);
    const kinds = shape.kinds.slice(0, count);
    this.#known.set(hash, { pieces: piecesOf(shape), gaps, kinds, what, next: this.#known.get(hash) });
  }
}

/** As texts of their own: parts of the file would keep all of it. */
function piecesOf({ text, count, starts, ends }: Shape): readonly string[] {
  const from = [0, ...ends.slice(0, count)];
  return from
    .map((start, i) => text.slice(start, i < count ? starts[i] : undefined))
    .join(BETWEEN)
    .split(BETWEEN);
}

/** In none of them. */
const BETWEEN = "\0";

function isSame<T>(known: Known<T>, { text, count, gaps, kinds, starts, ends }: Shape): boolean {
  const { pieces } = known;
  if (known.gaps.length !== count) return false;
  let from = 0;
  for (let i = 0; i <= count; i++) {
    const piece = pieces[i] ?? "";
    const to = i < count ? (starts[i] ?? 0) : text.length;
    if (from + piece.length !== to || !isAt(piece, text, from)) return false;
    if (i < count && (known.gaps[i] !== gaps[i] || known.kinds[i] !== kinds[i])) return false;
    from = ends[i] ?? 0;
  }
  return true;
}
