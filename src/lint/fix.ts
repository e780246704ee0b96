// Fixes into a text. Edits that overlap an earlier one wait for the next round.
import type { Edit, LintFinding } from "./finding.ts";

export interface Fixed {
  readonly text: string;
  /** How many findings were fixed. */
  readonly count: number;
}

export function applyFixes(text: string, findings: readonly Pick<LintFinding, "fix">[]): Fixed {
  const taken: Edit[] = [];
  let count = 0;
  for (const { fix } of findings) {
    if (fix.length === 0 || fix.some((edit) => taken.some((other) => overlap(edit, other)))) continue;
    taken.push(...fix);
    count++;
  }
  taken.sort((a, b) => b.start - a.start);
  const fixed = taken.reduce((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text);
  return { text: fixed, count };
}

const overlap = (a: Edit, b: Edit): boolean =>
  (a.start < b.end && b.start < a.end) || (a.start === b.start && a.end === b.end);
