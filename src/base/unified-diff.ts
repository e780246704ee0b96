// The difference of two texts as a patch that git apply and patch take.
import { lineChanges } from "./line-diff.ts";

const CONTEXT = 3;

interface Row {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** `name`: path of the file. Empty when the texts are equal. */
export function unifiedDiff(name: string, before: string, after: string): string {
  if (before === after) return "";
  return [`--- a/${name}\n+++ b/${name}\n`, ...hunks(rowsOf(linesOf(before), linesOf(after)))].join("");
}

/** Lines with their ends: a last one without is another line than one with. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

function rowsOf(old: readonly string[], now: readonly string[]): readonly Row[] {
  const changes = lineChanges(old, now);
  const removed = new Set(changes.flatMap((c) => (c.kind === "removed" ? [c.line] : [])));
  const added = new Set(changes.flatMap((c) => (c.kind === "added" ? [c.line] : [])));
  const rows: Row[] = [];
  for (let i = 1, j = 1; i <= old.length || j <= now.length; ) {
    if (removed.has(i)) rows.push({ sign: "-", text: old[i++ - 1] ?? "" });
    else if (added.has(j)) rows.push({ sign: "+", text: now[j++ - 1] ?? "" });
    else {
      rows.push({ sign: " ", text: old[i++ - 1] ?? "" });
      j++;
    }
  }
  return rows;
}

/** Changes with the lines round them; those whose surroundings touch stand together. */
function hunks(rows: readonly Row[]): readonly string[] {
  const found: string[] = [];
  const lines = { old: 1, now: 1 };
  let done = 0;
  const pass = (to: number): void => {
    for (; done < to; done++) {
      if (rows[done]?.sign !== "+") lines.old++;
      if (rows[done]?.sign !== "-") lines.now++;
    }
  };
  for (let at = nextChange(rows, 0); at < rows.length; at = nextChange(rows, done)) {
    let last = at;
    for (let next = at; next < rows.length && next - last <= 2 * CONTEXT; next = nextChange(rows, next + 1))
      last = next;
    pass(Math.max(done, at - CONTEXT));
    const part = rows.slice(done, last + 1 + CONTEXT);
    found.push(hunkText(part, lines));
    pass(done + part.length);
  }
  return found;
}

function nextChange(rows: readonly Row[], from: number): number {
  let at = from;
  while (at < rows.length && rows[at]?.sign === " ") at++;
  return at;
}

function hunkText(rows: readonly Row[], lines: { readonly old: number; readonly now: number }): string {
  const old = rows.filter((r) => r.sign !== "+").length;
  const now = rows.filter((r) => r.sign !== "-").length;
  // A side without lines is told by the line before it.
  const range = (line: number, count: number): string => `${count === 0 ? line - 1 : line},${count}`;
  const body = rows.map(({ sign, text }) =>
    text.endsWith("\n") ? sign + text : `${sign}${text}\n\\ No newline at end of file\n`,
  );
  return `@@ -${range(lines.old, old)} +${range(lines.now, now)} @@\n${body.join("")}`;
}
