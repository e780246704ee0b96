import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeFrame, framedParts } from "../../../src/reports/code-frame.ts";
import { PLAIN, type Style } from "../../../src/reports/style.ts";
import { displayWidth } from "../../../src/reports/width.ts";
import { terminal } from "./samples.ts";

const at = (text: string, line: number, column: number, style: Style = PLAIN, end = {}) =>
  codeFrame({ text }, { file: "f.sql", line, column, ...end }, style).join("\n");

describe("codeFrame", () => {
  it("shows two lines before and after, and marks the word", () => {
    expect(at("one\ntwo\nthree\nfour bad_word x\nfive\nsix\nseven", 4, 6)).toBe(`  2 | two
  3 | three
> 4 | four bad_word x
    |      ^^^^^^^^
  5 | five
  6 | six`);
  });

  it("marks quoted and qualified names as a whole, and single signs alone", () => {
    expect(at('SELECT * FROM "My ""T""".x y', 1, 15)).toBe(`> 1 | SELECT * FROM "My ""T""".x y
    |               ^^^^^^^^^^^^`);
    expect(at("SELECT ,", 1, 8)).toBe("> 1 | SELECT ,\n    |        ^");
  });

  it("marks up to the end of the place when it has one", () => {
    expect(at("SELECT a + b", 1, 8, PLAIN, { endLine: 1, endColumn: 13 })).toBe(
      "> 1 | SELECT a + b\n    |        ^^^^^",
    );
  });

  it("points behind the end of a line or file", () => {
    expect(at("SELECT", 1, 7)).toBe("> 1 | SELECT\n    |       ^");
    expect(at("SELECT\n", 2, 1)).toBe("  1 | SELECT\n> 2 |\n    | ^");
  });

  it("shows the same of a part as of the whole text", () => {
    const piece = fc.constantFrom("a", "word ", "\n", "\r\n", "\r", "\n\n", "ü", "\t");
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 1, max: 12 }), (pieces, line) => {
        const text = pieces.join("");
        const place = { file: "f.sql", line, column: 1 };
        expect(codeFrame(framedParts(text)(line), place, PLAIN)).toEqual(codeFrame({ text }, place, PLAIN));
      }),
    );
  });

  it("expands tabs", () => {
    expect(at("\ta\tbad", 1, 4)).toBe("> 1 |     a   bad\n    |         ^^^");
  });

  it("counts wide and combined characters as a terminal does", () => {
    expect(at("-- 顧客\nSELECT '顧客🎉', bad", 2, 15)).toBe(`  1 | -- 顧客
> 2 | SELECT '顧客🎉', bad
    |                  ^^^`);
    expect(at("SELECT 'हिन्दी' bad", 1, 17)).toBe(`> 1 | SELECT 'हिन्दी' bad\n    |              ^^^`);
  });

  it("reads all three line ends", () => {
    expect(at("a\r\nb\rc\nd", 3, 1)).toBe("  1 | a\n  2 | b\n> 3 | c\n    | ^\n  4 | d");
  });

  it("shows a window of a long line", () => {
    const long = `${"x".repeat(300)} bad ${"y".repeat(300)}`;
    expect(at(`short\n${long}`, 2, 302, terminal({ width: 46 }))).toBe(`  1 │ …
❱ 2 │ …xxxxxxxxxxxxxxxxx bad yyyyyyyyyyyyyyy…
    │                    ━━━`);
  });

  it("does not measure the megabytes of a line that it does not show", () => {
    const long = `${"x".repeat(2_000_000)} bad ${"y".repeat(2_000_000)}`;
    expect(at(long, 1, 2_000_002, terminal({ width: 26 }))).toBe(
      "❱ 1 │ …xxxxxxxx bad yyyyy…\n    │           ━━━",
    );
  });

  it("takes a part of a file that begins at a later line", () => {
    const source = { text: "a\nb\nc", firstLine: 1000 };
    expect(codeFrame(source, { file: "f", line: 1001, column: 1 }, PLAIN).join("\n")).toBe(
      "  1000 | a\n> 1001 | b\n       | ^\n  1002 | c",
    );
  });

  it("shows nothing for a place that is not in the text", () => {
    expect(at("a", 5, 1)).toBe("");
    expect(codeFrame({ text: "a", firstLine: 10 }, { file: "f", line: 3, column: 1 }, PLAIN)).toEqual([]);
  });

  it("keeps to the width and does not throw, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 300 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 30, max: 100 }),
        (text, line, column, width) => {
          const rows = codeFrame({ text }, { file: "f", line, column }, terminal({ width }));
          expect(rows.filter((r) => displayWidth(r) > width)).toEqual([]);
        },
      ),
    );
  });
});
