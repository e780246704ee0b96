// Which files get which numbers. Pure: files in, new names out.
import type { MoveReason } from "../lint/move.ts";
import type { Version } from "../migrations/migration.ts";
import { compareVersions, equalVersions, parseVersion } from "../migrations/version.ts";

export interface Numbered {
  /** Path as the user knows it. */
  readonly path: string;
  readonly name: string;
  /** What stands before the version in the name. */
  readonly prefix: string;
  readonly version: Version;
  readonly description: string;
}

export interface NewNumber<T extends Numbered> {
  readonly file: T;
  /** As it will stand in the name. */
  readonly version: Version;
  readonly reason: Exclude<MoveReason, "belongs">;
  /** The path of the file that is in the way. */
  readonly because: string;
}

export interface PlanInput<T extends Numbered> {
  /** What may move. */
  readonly own: readonly T[];
  /** What keeps its number: the main branch's files. */
  readonly fixed: readonly Numbered[];
  /** Only equal versions collide: migrate runs lower ones too. */
  readonly outOfOrder: boolean;
  readonly above: (raw: string) => string;
}

/** Files keep their own order: one that would come before its predecessor's new number moves too. */
export function planNumbers<T extends Numbered>(input: PlanInput<T>): readonly NewNumber<T>[] {
  const { own, fixed, outOfOrder } = input;
  const highest = [...fixed].sort(byVersion).at(-1);
  const moves: NewNumber<T>[] = [];
  let last: { readonly version: Version; readonly path: string } | undefined;
  for (const file of [...own].sort(byVersion)) {
    const twin = fixed.find((f) => equalVersions(f.version, file.version));
    const ahead = highest !== undefined && compareVersions(file.version, highest.version) < 0;
    const behind = last !== undefined && compareVersions(file.version, last.version) <= 0 ? last : undefined;
    const found =
      twin !== undefined
        ? ({ reason: "version-taken", because: twin.path } as const)
        : ahead && !outOfOrder
          ? ({ reason: "out-of-order", because: highest.path } as const)
          : behind !== undefined
            ? ({ reason: "keeps-order", because: behind.path } as const)
            : undefined;
    if (found === undefined) {
      last = file;
      continue;
    }
    const version = freeAbove(last, highest, input);
    moves.push({ file, version, ...found });
    last = { version, path: file.path };
  }
  return moves;
}

const byVersion = (a: Numbered, b: Numbered): number =>
  compareVersions(a.version, b.version) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

function freeAbove(
  last: { readonly version: Version } | undefined,
  highest: Numbered | undefined,
  { above }: Pick<PlanInput<Numbered>, "above">,
): Version {
  const first = last?.version ?? highest?.version;
  const second = highest?.version ?? first;
  if (first === undefined || second === undefined) throw new Error("nothing is in the way");
  const from = compareVersions(first, second) > 0 ? first : second;
  return parseVersion(above(from.raw));
}

/** The name with another version in it. */
export const renumbered = ({ name, prefix, version }: Numbered, to: Version): string =>
  prefix + to.raw + name.slice(prefix.length + version.raw.length);
