// Where godwit answers otherwise than Flyway on purpose. Each entry has its reason in docs/flyway-differences.md; an
// entry that no longer matches a difference fails the proof, so that the list stays true.
import type { Difference } from "./compare.ts";

interface Wanted {
  readonly scenario: string;
  /** Where the difference is, as compare.ts names it. */
  readonly at: RegExp;
  /** The words of the page's table that tell of it. */
  readonly page: string;
}

const WANTED: readonly Wanted[] = [
  { scenario: "33", at: /^step 1 .*error\.sqlState$/, page: "an error in COPY data has no SQL state" },
  { scenario: "63", at: /^step [23456] /, page: "`undo`, U files" },
  { scenario: "97", at: /undo(File|a)/, page: "`undo`, U files" },
  { scenario: "125", at: /^step [23] /, page: "`undo`, U files" },
];

/** The differences that are not wanted, and the wanted ones that were not found. */
export function unwanted(scenario: string, differences: readonly Difference[]): readonly Difference[] {
  const entries = WANTED.filter((entry) => entry.scenario === scenario);
  const stale = entries.filter(({ at }) => !differences.some((difference) => at.test(difference.at)));
  return [
    ...differences.filter((difference) => !entries.some(({ at }) => at.test(difference.at))),
    ...stale.map(({ at, page }) => ({ at: `wanted ${at.source}`, expected: page, actual: "no difference" })),
  ];
}

/** For the test that the page tells of each. */
export const WANTED_PAGES: readonly string[] = [...new Set(WANTED.map(({ page }) => page))];
