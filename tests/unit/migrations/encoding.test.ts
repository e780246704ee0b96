import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { charsetNamed, makeDecoder, makeDetector, makeMarkFilter } from "../../../src/migrations/encoding.ts";
import { failure } from "./project.ts";

const named = (name: string) => charsetNamed(name, "The setting encoding");
const decode = (name: string, bytes: readonly number[] | Buffer) => {
  const { text, badAt } = makeDecoder(named(name)).push(Buffer.from(bytes), true);
  return badAt === undefined ? text : badAt;
};

describe("encodings", () => {
  it.each([
    ["utf8", "UTF-8"],
    ["Utf-8", "UTF-8"],
    ["latin1", "ISO-8859-1"],
    ["ISO8859_1", "ISO-8859-1"],
    ["ASCII", "US-ASCII"],
    ["Cp1252", "windows-1252"],
    ["UTF_16", "UTF-16"],
    ["UnicodeLittleUnmarked", "UTF-16LE"],
    ["X-UTF-16BE", "UTF-16BE"],
    [" UTF-8 ", "UTF-8"],
    ["windows-1251", "windows-1251"],
  ])("go by Java's names: %s is %s", (alias, canonical) => {
    expect(named(alias).name).toBe(canonical);
  });

  it.each(["UTF-42", "", "UTF-32"])("refuse the name %j", (name) => {
    const { code, message, advice } = failure(() => named(name));
    expect({ code, message, advice }).toEqual({
      code: "CONFIGURATION",
      message: `The setting encoding names the encoding "${name}", which godwit cannot read.`,
      advice: "Use UTF-8, US-ASCII, ISO-8859-1, windows-1252, UTF-16, UTF-16BE or UTF-16LE.",
    });
  });

  it("decode strictly and say where the first bad byte is", () => {
    expect(decode("UTF-8", [0x63, 0xc3, 0xa9])).toBe("cé");
    expect(decode("UTF-8", [0x63, 0xe9])).toBe(1);
    expect(decode("US-ASCII", [0x63, 0x64])).toBe("cd");
    expect(decode("US-ASCII", [0x63, 0x80])).toBe(1);
    expect(decode("ISO-8859-1", [0x80, 0xe9, 0x93])).toBe("\u0080é\u0093");
    expect(decode("windows-1252", [0x80, 0xe9, 0x93])).toBe("€é“");
    expect(decode("windows-1252", [0x61, 0x81])).toBe(1);
    expect(decode("UTF-16LE", [0x61, 0, 0x3d, 0xd8, 0, 0xde])).toBe("a😀");
    expect(decode("UTF-16LE", [0x61, 0, 0x3d, 0xd8])).toBe(2);
    expect(decode("UTF-16BE", [0, 0x61, 0xde, 0, 0, 0x62])).toBe(2);
    expect(decode("UTF-16BE", [0, 0x61, 0])).toBe(2);
    expect(decode("windows-1251", [0xcf, 0xf0])).toBe("Пр");
    expect(decode("Shift_JIS", [0x93, 0xfa, 0x61])).toBe("日a");
    expect(decode("Shift_JIS", [0x61, 0x93])).toBe(1);
    expect(decode("Shift_JIS", [0x61, 0x62, 0xff, 0x61])).toBe(2);
  });

  it("keep a byte order mark as text, but UTF-16 takes its byte order from one", () => {
    expect(decode("UTF-8", [0xef, 0xbb, 0xbf, 0x61])).toBe("\ufeffa");
    expect(decode("UTF-16LE", [0xff, 0xfe, 0x61, 0])).toBe("\ufeffa");
    expect(decode("UTF-16", [0xff, 0xfe, 0x61, 0])).toBe("a");
    expect(decode("UTF-16", [0xfe, 0xff, 0, 0x61])).toBe("a");
    expect(decode("UTF-16", [0, 0x61])).toBe("a");
    expect(decode("UTF-16", [0xfe, 0xff, 0xfe, 0xff, 0, 0x61])).toBe("\ufeffa");
    expect(decode("UTF-16", [])).toBe("");
    expect(decode("UTF-16", [0x61])).toBe(0);
  });

  it.each(["UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "Shift_JIS"])(
    "decode %s alike whole and in pieces",
    (name) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (array, size) => {
          const bytes = Buffer.from(array);
          const whole = makeDecoder(named(name)).push(bytes, true);
          expect(piecewise(name, bytes, size)).toEqual(whole.badAt ?? whole.text);
        }),
        { numRuns: 300 },
      );
    },
  );

  it("find the same first bad byte as a decoder that goes byte by byte", () => {
    const byte = fc.constantFrom(
      0x41,
      0x80,
      0x9f,
      0xa0,
      0xbf,
      0xc0,
      0xc2,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
      0xff,
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 8 }), (bytes) => {
        const badAt = decode("UTF-8", bytes);
        if (typeof badAt === "string") return;
        const prefix = (length: number) =>
          new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(bytes.slice(0, length)));
        expect(() => prefix(badAt)).not.toThrow();
        for (const length of [1, 2, 3, 4]) {
          if (badAt + length <= bytes.length) expect(() => prefix(badAt + length)).toThrow();
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** Text, or the offset of the first bad byte, of bytes that arrive `size` at a time. */
function piecewise(name: string, bytes: Buffer, size: number): string | number {
  const decoder = makeDecoder(named(name));
  let text = "";
  let at = 0;
  for (let end = 0; ; ) {
    end = Math.min(end + size, bytes.length);
    const last = end === bytes.length;
    const piece = decoder.push(bytes.subarray(at, end), last);
    if (piece.badAt !== undefined) return at + piece.badAt;
    text += piece.text;
    at += piece.consumed;
    if (last) return text;
  }
}

describe("detection of an encoding", () => {
  const detect = (bytes: readonly number[], size = 1000) => {
    const detector = makeDetector();
    const buffer = Buffer.from(bytes);
    let at = 0;
    for (let end = 0; ; ) {
      end = Math.min(end + size, buffer.length);
      at += detector.push(buffer.subarray(at, end), end === buffer.length);
      if (end === buffer.length) return detector.result().name;
    }
  };

  it.each([
    ["an empty file", [], "UTF-8"],
    ["ASCII", [0x61, 0x62], "UTF-8"],
    ["UTF-8", [0x61, 0xc3, 0xa9], "UTF-8"],
    ["UTF-8 with a mark", [0xef, 0xbb, 0xbf, 0x61], "UTF-8"],
    ["anything else", [0x61, 0xe9], "ISO-8859-1"],
    ["a big-endian mark", [0xfe, 0xff, 0, 0x61], "UTF-16BE"],
    ["a little-endian mark", [0xff, 0xfe, 0x61, 0], "UTF-16LE"],
    ["a mark in a file of odd length", [0xff, 0xfe, 0x61], "ISO-8859-1"],
    ["zeros at most odd places", [0x61, 0, 0x62, 0, 0x63, 0x64], "UTF-16"],
    ["zeros at half of the odd places", [0x61, 0, 0x62, 0x63], "UTF-8"],
    ["zeros at even places, big-endian without a mark", [0, 0x61, 0, 0x62], "UTF-8"],
    ["zeros and bytes that are no UTF-8", [0xe9, 0, 0xe9, 0], "UTF-16"],
  ])("follows Flyway's rules: %s", (_, bytes, expected) => {
    expect(detect(bytes)).toBe(expected);
    expect(detect(bytes, 1)).toBe(expected);
  });
});

describe("byte order marks in text", () => {
  it.each([
    ["a\ufeffb", "ab"],
    ["\ufeffa", "a"],
    ["\ufeff\ufeffa", "\ufeffa"],
    ["\ufeff\ufeff\ufeffa", "\ufeffa"],
    ["\ufeff\ufeff\ufeff\ufeff", "\ufeff\ufeff"],
    ["a\ufeff", "a"],
    ["\ufeff", ""],
    ["abc", "abc"],
  ])("are dropped wherever they are, but one of two remains: %j", (text, expected) => {
    expect(makeMarkFilter()(text)).toBe(expected);
    const filter = makeMarkFilter();
    expect([...text].map(filter).join("")).toBe(expected);
    const pairs = makeMarkFilter();
    expect((text.match(/[\s\S]{1,2}/g) ?? []).map(pairs).join("")).toBe(expected);
  });
});
