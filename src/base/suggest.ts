// "Did you mean": the nearest of some known words. Not a search; one or two slips of the finger are forgiven.

/**
 * The known word nearest to `word`, when it is near enough to be what was meant: at most one change in short words,
 * two from five letters on, three from nine on. Upper and lower case count as equal.
 */
export function suggest(word: string, words: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const most = wanted.length < 5 ? 1 : wanted.length < 9 ? 2 : 3;
  let best: string | undefined;
  let bestDistance = most + 1;
  for (const candidate of words) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Damerau-Levenshtein (optimal string alignment): insertions, deletions, changes and swapped neighbours. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(
        (previous[j] ?? 0) + 1,
        (current[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + changed,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      current.push(least);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
