// "already exists, skipping" and its kin: counted and shown with their places, because they hide that a statement
// did nothing.
import type { Finding } from "../base/finding.ts";
import { type Line, warn } from "./line.ts";
import { paint, type Style, textWidth } from "./style.ts";
import { harmless, wrap } from "./width.ts";
import { count, placeText } from "./words.ts";

const SHOWN = 12;

export function renderSkipped(findings: readonly Finding[], style: Style, all: boolean): readonly Line[] {
  if (findings.length === 0) return [];
  const shown = all ? findings : findings.slice(0, SHOWN);
  const title = `${count(findings.length, "statement was", "statements were")} skipped by the server and changed nothing:`;
  const rows = shown.map((f) => {
    const place = f.place === undefined ? "" : `${paint(style, "dim", placeText(f.place))}  `;
    return `  ${place}${harmless(f.message)}`;
  });
  const rest = findings.length - shown.length;
  const more = rest === 0 ? [] : [`  and ${rest} more (-X shows them all)`];
  const advice =
    "What already exists may have another shape than the file says: compare it, or make such skips fail with -failOnSkipNotices=true.";
  const indented = wrap(advice, textWidth(style) - 2).map((line) => `  ${line}`);
  return [warn([title, ...rows, ...more, ...indented].join("\n"))];
}
