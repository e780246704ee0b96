import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, suggest } from "../../../src/base/suggest.ts";

const VERBS = ["info", "migrate", "validate", "baseline", "repair", "clean", "undo", "testConnection"];

describe("suggest", () => {
  it.each([
    ["inof", "info"],
    ["migarte", "migrate"],
    ["MIGRATE", "migrate"],
    ["valdiate", "validate"],
    ["basline", "baseline"],
    ["testconnecton", "testConnection"],
    ["udno", "undo"],
    ["x", undefined],
    ["deploy", undefined],
    ["", undefined],
  ])("takes %j for %j", (word, meant) => {
    expect(suggest(word, VERBS)).toBe(meant);
  });
});

describe("editDistance", () => {
  it("counts a swap as one", () => {
    expect([
      editDistance("ab", "ba"),
      editDistance("", "abc"),
      editDistance("abc", "abc"),
      editDistance("kitten", "sitting"),
    ]).toEqual([1, 3, 0, 3]);
  });

  it("is the same both ways", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
      }),
    );
  });
});
