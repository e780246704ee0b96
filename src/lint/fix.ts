// Fixes into a text. What goes in at one place stands in the order of the findings; other edits that meet an earlier one
// wait for the next round.
import { countUpTo } from "../base/place.ts";
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
    const fresh = fix.filter((edit) => !isTaken(taken, edit));
    if (fix.length === 0 || fresh.some((edit) => meets(taken, edit))) continue;
    for (const edit of fresh) taken.splice(startingBy(taken, edit.start), 0, edit);
    count++;
  }
  return { text: edited(text, taken), count };
}

/** How many of the edits, which are in order, begin at an offset or before it. */
const startingBy = (edits: readonly Edit[], offset: number): number =>
  countUpTo(edits.length, (i) => edits[i]?.start ?? 0, offset);

/** Several findings may ask for one edit. */
function isTaken(edits: readonly Edit[], { start, end, text }: Edit): boolean {
  for (let i = startingBy(edits, start) - 1; edits[i]?.start === start; i--)
    if (edits[i]?.end === end && edits[i]?.text === text) return true;
  return false;
}

function meets(edits: readonly Edit[], edit: Edit): boolean {
  const next = startingBy(edits, edit.start);
  return [edits[next - 1], edits[next]].some((other) => other !== undefined && meet(edit, other));
}

function edited(text: string, edits: readonly Edit[]): string {
  // Lines that come in end as the file's own do.
  const isDos = text.includes("\r\n");
  const parts: string[] = [];
  let from = 0;
  for (const edit of edits) {
    parts.push(text.slice(from, edit.start), isDos ? withDosLines(edit.text) : edit.text);
    from = edit.end;
  }
  return [...parts, text.slice(from)].join("");
}

export const withDosLines = (text: string): string => text.replace(/\r?\n/g, "\r\n");

const isInsertion = ({ start, end }: Edit): boolean => start === end;

function meet(a: Edit, b: Edit): boolean {
  if (isInsertion(a) && isInsertion(b)) return false;
  return (a.start < b.end && b.start < a.end) || a.start === b.start;
}
