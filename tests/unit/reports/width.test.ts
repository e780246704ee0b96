import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clusters,
  displayWidth,
  harmless,
  padTo,
  shorten,
  stripEscapes,
  wrap,
} from "../../../src/reports/width.ts";

describe("displayWidth", () => {
  it.each([
    ["", 0],
    ["plain", 5],
    ["naïve", 5],
    ["nai\u0308ve", 5],
    ["顧客", 4],
    ["한국어", 6],
    ["ﾊﾝｶｸ", 4],
    ["Ｗｉｄｅ", 8],
    ["हिन्दी", 3],
    ["தமிழ்", 3],
    ["తెలుగు", 3],
    ["₹ 500", 5],
    ["🎉", 2],
    ["👩‍💻", 2],
    ["👍🏽", 2],
    ["🇮🇳", 2],
    ["🇮🇳🇯🇵", 4],
    ["❤️", 2],
    ["1️⃣", 2],
    ["a\u200bb", 2],
    ["\x1b[31mred\x1b[39m", 3],
  ])("of %j is %i", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe("clusters", () => {
  it("put together give the text back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(
          clusters(text)
            .map((c) => c.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });
});

describe("shorten", () => {
  it("leaves alone what fits", () => {
    expect(shorten("exactly", 7, "…")).toBe("exactly");
  });

  it("marks what it cut, and cuts no character in two", () => {
    expect(shorten("顧客テーブル", 6, "…")).toBe("顧客…");
    expect(shorten("顧客テーブル", 7, "…")).toBe("顧客テ…");
    expect(shorten("👩‍💻👩‍💻👩‍💻", 4, "…")).toBe("👩‍💻…");
    expect(shorten("some words here", 8, "...")).toBe("some...");
  });

  it("drops the mark where there is no room for it", () => {
    expect(shorten("abcdef", 3, "...")).toBe("abc");
  });

  it("never gives more cells than asked for", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(30), (text, width) => {
        expect(displayWidth(shorten(text, width, "…"))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe("padTo", () => {
  it("fills up to cells, not characters", () => {
    expect(padTo("顧客", 6)).toBe("顧客  ");
    expect(padTo("हिन्दी", 5)).toBe("हिन्दी  ");
  });
});

describe("harmless", () => {
  it("writes out what could steer a terminal", () => {
    expect(harmless("a\x1b[2Jb\x07\r\nc\td\x9b")).toBe("a\\x1b[2Jb\\x07 c d\\x9b");
  });

  it("shows characters that would turn the order of text round", () => {
    expect(harmless("a\u202eb\u2066c")).toBe("a\\u202eb\\u2066c");
  });

  it("keeps line feeds when asked", () => {
    expect(harmless("a\r\nb", true)).toBe("a\nb");
  });
});

describe("stripEscapes", () => {
  it("leaves the text alone", () => {
    expect(stripEscapes("\x1b[1mbold\x1b[22m \x1b[51Gx \x1b[2K")).toBe("bold x ");
  });
});

describe("wrap", () => {
  it("breaks at blanks and keeps indents", () => {
    expect(wrap("one two three\n  four five six", 9)).toEqual([
      "one two",
      "three",
      "  four",
      "  five",
      "  six",
    ]);
  });

  it("does not break a word that is too long", () => {
    expect(wrap("a http://very.long/address b", 10)).toEqual(["a", "http://very.long/address", "b"]);
  });

  it("does nothing without a width", () => {
    expect(wrap("one two three", Number.POSITIVE_INFINITY)).toEqual(["one two three"]);
  });
});
