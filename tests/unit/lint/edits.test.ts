import fc from "fast-check";
import { expect, it } from "vitest";
import { mentions } from "../../../src/lint/edits.ts";

const piece = fc.constantFrom("a", "A", "ab", "_", "$", "1", " ", ".", '"', "ü", "a b", "-");
const texts = fc.array(piece).map((pieces) => pieces.join(""));

it("counts words alike in texts with and without other letters than ASCII's", () => {
  fc.assert(
    fc.property(texts, fc.constantFrom("a", "ab", "a b", "aa", "1", "ü"), (text, word) => {
      const pattern = new RegExp(`(?<![\\p{L}\\p{N}_$])${word}(?![\\p{L}\\p{N}_$])`, "giu");
      expect(mentions(text, word)).toBe([...text.matchAll(pattern)].length);
    }),
    { numRuns: 1000 },
  );
});
