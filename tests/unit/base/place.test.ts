import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineColumnAt, lineColumnsOf } from "../../../src/base/place.ts";

describe("line and column", () => {
  it("end a line at \\n, \\r\\n and a lone \\r, and count code points", () => {
    const text = "a\r\nb\rc\n😀d";
    const places = [0, 1, 2, 3, 5, 7, 9, 10].map((offset) => lineColumnAt(text, offset));
    expect(places.map(({ line, column }) => [line, column])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
      [3, 1],
      [4, 1],
      [4, 2],
      [4, 3],
    ]);
  });

  it("are the same when many are asked of one text", () => {
    const piece = fc.constantFrom("\n", "\r", "\r\n", "a", "é", "😀", "\ud83d");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        const lineColumn = lineColumnsOf(text);
        for (let offset = 0; offset <= text.length + 1; offset++) {
          expect(lineColumn(offset)).toEqual(lineColumnAt(text, offset));
        }
      }),
    );
  });
});
