// Bytes of files whose text changed.
import { describe, expect, it } from "vitest";
import { changedBytes } from "../../../src/migrations/encode.ts";
import { charsetNamed } from "../../../src/migrations/encoding.ts";

const changed = (encoding: string, original: Buffer, before: string, after: string): string | undefined =>
  changedBytes(original, charsetNamed(encoding, "encoding"), before, after)?.toString("hex");

const hex = (...bytes: readonly number[]): string => Buffer.from(bytes).toString("hex");

describe("the bytes of a changed text", () => {
  it("are in the encoding of the file", () => {
    expect(changed("ISO-8859-1", Buffer.from([0xfc]), "ü", "üß")).toBe(hex(0xfc, 0xdf));
    expect(changed("windows-1252", Buffer.from([0x80]), "€", "€ü")).toBe(hex(0x80, 0xfc));
    expect(changed("UTF-16LE", Buffer.from([0xfc, 0]), "ü", "a")).toBe(hex(0x61, 0));
    expect(changed("UTF-16", Buffer.from([0, 0x61]), "a", "b")).toBe(hex(0, 0x62));
  });

  it("keep the byte order mark", () => {
    expect(changed("UTF-8", Buffer.from([0xef, 0xbb, 0xbf, 0x61]), "a", "b")).toBe(
      hex(0xef, 0xbb, 0xbf, 0x62),
    );
    expect(changed("UTF-16", Buffer.from([0xff, 0xfe, 0x61, 0]), "a", "b")).toBe(hex(0xff, 0xfe, 0x62, 0));
  });

  it("are none where something would be lost", () => {
    expect(changed("US-ASCII", Buffer.from("a"), "a", "ü")).toBeUndefined();
    expect(changed("ISO-8859-1", Buffer.from("a"), "a", "€")).toBeUndefined();
    expect(changed("UTF-8", Buffer.from("other"), "a", "b")).toBeUndefined();
    expect(changed("UTF-8", Buffer.from("a\ufeffb"), "ab", "abc")).toBeUndefined();
    expect(changed("Shift_JIS", Buffer.from("a"), "a", "b")).toBeUndefined();
  });
});
