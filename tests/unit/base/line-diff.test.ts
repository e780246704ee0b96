// Which lines differ.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineDiff } from "../../../src/base/line-diff.ts";

const said = (before: string, after: string): readonly string[] =>
  lineDiff(before, after).map((c) => `${c.kind === "added" ? "+" : "-"}${c.line} ${c.text}`);

describe("the lines that differ", () => {
  it("are told with their numbers in their own text", () => {
    expect(said("a\nb\nc\nd\ne", "a\nB\nc\ne\nf")).toEqual(["-2 b", "+2 B", "-4 d", "+5 f"]);
  });

  it("are none when only line ends differ", () => {
    expect(said("a\r\nb", "a\nb")).toEqual([]);
  });

  it("make the new text of the old one", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 }).map((l) => l.join("\n"));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const changes = lineDiff(before, after);
        const removed = new Set(changes.filter((c) => c.kind === "removed").map((c) => c.line));
        const lines = before.split("\n").filter((_, i) => !removed.has(i + 1));
        for (const c of changes) if (c.kind === "added") lines.splice(c.line - 1, 0, c.text);
        expect(lines.join("\n")).toBe(after);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
