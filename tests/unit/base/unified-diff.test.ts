// Patches.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unifiedDiff } from "../../../src/base/unified-diff.ts";

/** The new text, made of the old one and a patch as its format says. */
function patched(before: string, patch: string): string {
  const old = before.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const made: string[] = [];
  let at = 0;
  const rows = patch.match(/[^\n]*\n/g) ?? [];
  for (const [i, row] of rows.slice(2).entries()) {
    const head = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@\n$/.exec(row);
    const text = rows[i + 3]?.startsWith("\\") === true ? row.slice(1, -1) : row.slice(1);
    if (head !== null) {
      const start = Number(head[1]) - (head[2] === "0" ? 0 : 1);
      while (at < start) made.push(old[at++] ?? "");
      expect(made.length).toBe(Number(head[3]) - (head[4] === "0" ? 0 : 1));
    } else if (row.startsWith("+")) made.push(text);
    else if (!row.startsWith("\\")) {
      expect(text).toBe(old[at++]);
      if (row.startsWith(" ")) made.push(text);
    }
  }
  return [...made, ...old.slice(at)].join("");
}

describe("a unified diff", () => {
  it("has three lines round each change, and the numbers of its lines", () => {
    const before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
    expect(
      unifiedDiff("sql/V1__a.sql", before, before.replace("5\n", "five\n").replace("12\n", "12\n13")),
    ).toBe(
      "--- a/sql/V1__a.sql\n+++ b/sql/V1__a.sql\n" +
        "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n" +
        "@@ -10,3 +10,4 @@\n 10\n 11\n 12\n+13\n\\ No newline at end of file\n",
    );
  });

  it("is empty for equal texts", () => {
    expect(unifiedDiff("a", "x\n", "x\n")).toBe("");
  });

  it("makes the new text of the old one, whatever their line ends", () => {
    const text = fc.array(fc.constantFrom("a\n", "b\r\n", "c\n", "\n", "d"), { maxLength: 40 });
    fc.assert(
      fc.property(text, text, (left, right) => {
        const [before, after] = [left.join(""), right.join("")];
        const patch = unifiedDiff("a", before, after);
        expect(patch === "" ? before : patched(before, patch)).toBe(after);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
