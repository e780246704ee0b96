import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checksumOfAscii,
  checksumOfText,
  checksumOfUtf8,
  makeChecksum,
} from "../../../src/migrations/checksum.ts";
import { charsetNamed, UTF_8 } from "../../../src/migrations/encoding.ts";

const A = "CREATE TABLE a (\n  id INT\n);\n";

/** Recorded from Flyway 13.0.0. */
const RECORDED: readonly (readonly [string, string, number])[] = [
  ["an empty file", "", 0],
  ["a line end", "\n", 0],
  ["LF", A, 219695418],
  ["CRLF", A.replaceAll("\n", "\r\n"), 219695418],
  ["bare CR", A.replaceAll("\n", "\r"), 219695418],
  ["no final line end", A.trimEnd(), 219695418],
  ["all in one line", "CREATE TABLE a (  id INT);", 219695418],
  ["blank lines", "\n\nCREATE TABLE a (\n\n\r\n  id INT\n);\n\n\n", 219695418],
  ["a byte order mark", `\ufeff${A}`, 219695418],
  ["a space before a line end", A.replace("\n", " \n"), 2061142044],
  [
    "characters of two, three and four bytes",
    "INSERT INTO t VALUES ('caf\u00e9 \u2603 \u{1f600}');\n",
    1398529998,
  ],
  [
    "U+2028, U+0085, VT and FF as ordinary characters",
    "select 'a\u2028b\u0085c\u000bd\u000ce';\n",
    1559927399,
  ],
  ["two byte order marks", "\ufeff\ufeffselect 1;\n", 1918699538],
  ["a byte order mark alone", "\ufeff", 0],
  ["123456789", "123456789", -873187034],
  ["select 1", "select 1;\n", -690524359],
  ["select 2", "select 2;\n", -33932038],
  ["table a", "create table a(id int);\n", -1193849269],
  ["table b", "create table b(id int);\n", 1407251784],
];

const refuse = (offset: number): never => {
  throw new Error(`bad at ${offset}`);
};

/** The checksum of bytes that arrive `size` at a time, what is not consumed coming again. */
function inPieces(bytes: Buffer, size: number, encoding = "UTF-8"): number {
  const checksum = makeChecksum(charsetNamed(encoding, "test"), refuse);
  let at = 0;
  for (let end = 0; ; ) {
    end = Math.min(Math.max(end, at) + size, bytes.length);
    const last = end === bytes.length;
    at += checksum.push(Buffer.from(bytes.subarray(at, end)), last);
    if (last) return checksum.value();
  }
}

describe("the checksum", () => {
  it.each(RECORDED)("is Flyway's for %s", (_, text, expected) => {
    expect(checksumOfUtf8(Buffer.from(text), refuse)).toBe(expected);
    expect(checksumOfText(text)).toBe(expected);
    for (const size of [1, 2, 3, 7, 1000]) expect(inPieces(Buffer.from(text), size)).toBe(expected);
  });

  it.each(["UTF-16", "UTF-16LE", "UTF-16BE"])("does not depend on the encoding: %s", (encoding) => {
    for (const [name, text, expected] of RECORDED) {
      // A mark tells the byte order to UTF-16 and is gone before the checksum takes off another.
      if (name === "two byte order marks" && encoding === "UTF-16") continue;
      const little = Buffer.from(text, "utf16le");
      const bytes = encoding === "UTF-16LE" ? little : little.swap16();
      expect([name, inPieces(bytes, 3, encoding)]).toEqual([name, expected]);
    }
  });

  it("is that of the lines fed one after another, however the text arrives", () => {
    const piece = fc.constantFrom(
      "a",
      "b ",
      "\n",
      "\r",
      "\r\n",
      "\ufeff",
      "é",
      "☃",
      "😀",
      "\u2028",
      "\u0085",
    );
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 1, max: 9 }), (parts, size) => {
        const text = parts.join("");
        const lines = text.split(/\r\n|\r|\n/);
        if (lines[0]?.startsWith("\ufeff")) lines[0] = lines[0].slice(1);
        const expected = lines.reduce((crc, line) => crc32(line, crc), 0) | 0;
        expect(checksumOfText(text)).toBe(expected);
        expect(checksumOfUtf8(Buffer.from(text), refuse)).toBe(expected);
        expect(inPieces(Buffer.from(text), size)).toBe(expected);
      }),
    );
  });

  it("refuses bytes that are not text, with their offset in the piece", () => {
    expect(() => makeChecksum(UTF_8, refuse).push(Buffer.from([0x61, 0xe9, 0x62]), true)).toThrow("bad at 1");
    expect(() => makeChecksum(UTF_8, refuse).push(Buffer.from([0x61, 0xc3]), true)).toThrow("bad at 1");
    expect(makeChecksum(UTF_8, refuse).push(Buffer.from([0x61, 0xc3]), false)).toBe(1);
    expect(() => checksumOfUtf8(Buffer.from([0x61, 0xa, 0xe9, 0x62]), refuse)).toThrow("bad at 2");
    expect(() => checksumOfUtf8(Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff]), refuse)).toThrow("bad at 4");
  });

  it("is the same for short files of ASCII, and leaves others alone", () => {
    for (const [, text, expected] of RECORDED) {
      const bytes = Buffer.from(`${text}behind the end`);
      const isAscii = /^[\0-\x7f]*$/.test(text);
      expect(checksumOfAscii(bytes, Buffer.byteLength(text))).toBe(isAscii ? expected : undefined);
    }
    expect(checksumOfAscii(Buffer.alloc(1025, "a"), 1025)).toBeUndefined();
  });

  it("takes no character from both sides of a line end", () => {
    expect(() => checksumOfUtf8(Buffer.from([0xc3, 0xa, 0xa9]), refuse)).toThrow("bad at 0");
    expect(() => makeChecksum(UTF_8, refuse).push(Buffer.from([0xc3, 0xa, 0xa9]), true)).toThrow("bad at 0");
  });
});
