// The lines that differ between two texts, for a person to look at. As a patch: unified-diff.ts.

export interface LineChange {
  readonly kind: "removed" | "added";
  /** 1-based: in the old text for removed lines, in the new one for added ones. */
  readonly line: number;
  readonly text: string;
}

/** Above this many lines in the part that differs, all of it is told instead of the least that differs. */
const LARGEST_TABLE = 1000;

/** Removed and added lines, in the order of the texts. Line ends do not count, as they do not for checksums. */
export function lineDiff(before: string, after: string): readonly LineChange[] {
  return lineChanges(before.split(/\r\n|\r|\n/), after.split(/\r\n|\r|\n/));
}

/** The same of texts that are lines already. */
export function lineChanges(old: readonly string[], now: readonly string[]): readonly LineChange[] {
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  const most = Math.min(old.length, now.length) - start;
  while (end < most && old[old.length - 1 - end] === now[now.length - 1 - end]) end++;
  const left = old.slice(start, old.length - end);
  const right = now.slice(start, now.length - end);
  const kept = left.length > LARGEST_TABLE || right.length > LARGEST_TABLE ? [] : commonLines(left, right);
  return merge(left, right, kept, start);
}

/** Pairs of indexes of a longest common subsequence. */
function commonLines(
  left: readonly string[],
  right: readonly string[],
): readonly (readonly [number, number])[] {
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        left[i] === right[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) pairs.push([i++, j++]);
    else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i++;
    else j++;
  }
  return pairs;
}

function merge(
  left: readonly string[],
  right: readonly string[],
  kept: readonly (readonly [number, number])[],
  offset: number,
): readonly LineChange[] {
  const changes: LineChange[] = [];
  let i = 0;
  let j = 0;
  for (const [nextLeft, nextRight] of [...kept, [left.length, right.length] as const]) {
    for (; i < nextLeft; i++) changes.push({ kind: "removed", line: offset + i + 1, text: left[i] ?? "" });
    for (; j < nextRight; j++) changes.push({ kind: "added", line: offset + j + 1, text: right[j] ?? "" });
    i++;
    j++;
  }
  return changes;
}
