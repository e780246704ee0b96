// Bytes into text, strictly, by the names and rules of Java that Flyway's settings use. Reading files is files.ts.
import { isUtf8 } from "node:buffer";
import { GodwitError } from "../base/errors.ts";

export interface Charset {
  /** Java's canonical name, such as "UTF-8". */
  readonly name: string;
  /** "utf-16" looks at the first two bytes for the byte order; "other" is left to TextDecoder. */
  readonly kind:
    | "utf-8"
    | "us-ascii"
    | "iso-8859-1"
    | "windows-1252"
    | "utf-16"
    | "utf-16be"
    | "utf-16le"
    | "other";
}

const charset = (name: string, kind: Charset["kind"]): Charset => Object.freeze({ name, kind });

export const UTF_8 = charset("UTF-8", "utf-8");
const US_ASCII = charset("US-ASCII", "us-ascii");
const ISO_8859_1 = charset("ISO-8859-1", "iso-8859-1");
const WINDOWS_1252 = charset("windows-1252", "windows-1252");
const UTF_16 = charset("UTF-16", "utf-16");
const UTF_16BE = charset("UTF-16BE", "utf-16be");
const UTF_16LE = charset("UTF-16LE", "utf-16le");

/** Canonical names and Java's aliases (java.nio.charset.Charset.aliases), lower-cased. */
const NAMES: ReadonlyMap<string, Charset> = new Map(
  (
    [
      [UTF_8, "utf8 unicode-1-1-utf-8"],
      [
        US_ASCII,
        "ascii ascii7 646 iso646-us iso_646.irv:1983 iso_646.irv:1991 ansi_x3.4-1968 ansi_x3.4-1986 " +
          "iso-ir-6 us ibm367 cp367 csascii default",
      ],
      [
        ISO_8859_1,
        "iso8859_1 iso8859-1 iso_8859-1 iso_8859_1 iso_8859-1:1987 8859_1 latin1 l1 iso-ir-100 ibm819 cp819 " +
          "ibm-819 819 csisolatin1",
      ],
      [WINDOWS_1252, "cp1252 cp5348 ibm-1252 ibm1252"],
      [UTF_16, "utf16 utf_16 unicode unicodebig"],
      [UTF_16BE, "utf_16be x-utf-16be iso-10646-ucs-2 unicodebigunmarked"],
      [UTF_16LE, "utf_16le x-utf-16le unicodelittleunmarked"],
    ] as const
  ).flatMap(([value, aliases]) =>
    [value.name.toLowerCase(), ...aliases.split(" ")].map((name) => [name, value] as const),
  ),
);

/**
 * The charset a setting names; Java's aliases count, and case does not.
 * @throws GodwitError when nothing can decode it. `origin` says where the name stands, such as "flyway.encoding".
 */
export function charsetNamed(name: string, origin: string): Charset {
  const known = NAMES.get(name.trim().toLowerCase());
  if (known !== undefined) return known;
  try {
    const { encoding } = new TextDecoder(name.trim());
    // The web calls latin1 "windows-1252"; what Java calls by such names is in the table above.
    if (encoding !== "windows-1252" && !encoding.startsWith("utf-")) return charset(name.trim(), "other");
  } catch {
    // Not a label that TextDecoder knows either: told below.
  }
  throw new GodwitError(
    "CONFIGURATION",
    `${origin} names the encoding "${name}", which godwit cannot read.`,
    {
      advice: "Use UTF-8, US-ASCII, ISO-8859-1, windows-1252, UTF-16, UTF-16BE or UTF-16LE.",
    },
  );
}

/** windows-1252 from 0x80 to 0x9f; the five U+FFFD stand for bytes without a meaning. */
export const WINDOWS_HIGH =
  "\u20ac\ufffd\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\ufffd\u017d\ufffd" +
  "\ufffd\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\ufffd\u017e\u0178";

/** Turns a file's bytes, piece by piece, into text. */
export interface Decoder {
  /**
   * Decodes as many of the bytes as make whole characters. What is not `consumed` must come again in front of the
   * next piece. With `last`, everything is consumed or bad.
   */
  readonly push: (bytes: Buffer, last: boolean) => Decoded;
}

export interface Decoded {
  readonly text: string;
  readonly consumed: number;
  /** Offset in these bytes of the first that belong to no character. */
  readonly badAt: number | undefined;
}

/** A strict decoder; U+FEFF is text to it, save that UTF-16 takes one for its byte order, as Java does. */
export function makeDecoder({ name, kind }: Charset): Decoder {
  if (kind === "other") return { push: (bytes, last) => pushOther(name, bytes, last) };
  if (kind !== "utf-16") return { push: (bytes, last) => pushKnown(kind, bytes, last) };
  let settled: "utf-16be" | "utf-16le" | undefined;
  return {
    push: (bytes, last) => {
      if (settled !== undefined) return pushKnown(settled, bytes, last);
      if (bytes.length < 2 && !last) return { text: "", consumed: 0, badAt: undefined };
      settled = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-16be";
      const mark = settled === "utf-16le" || (bytes[0] === 0xfe && bytes[1] === 0xff) ? 2 : 0;
      const { text, consumed, badAt } = pushKnown(settled, bytes.subarray(mark), last);
      return { text, consumed: consumed + mark, badAt: badAt === undefined ? undefined : badAt + mark };
    },
  };
}

type KnownKind = Exclude<Charset["kind"], "other" | "utf-16">;

function pushKnown(kind: KnownKind, bytes: Buffer, last: boolean): Decoded {
  const whole = last ? bytes : bytes.subarray(0, wholeCharacters(kind, bytes));
  const badAt = firstBad(kind, whole);
  return badAt === undefined
    ? { text: toText(kind, whole), consumed: whole.length, badAt }
    : { text: "", consumed: 0, badAt };
}

/** Whatever else TextDecoder knows is decoded in one piece, because its state cannot be looked at after a failure. */
function pushOther(name: string, bytes: Buffer, last: boolean): Decoded {
  if (!last) return { text: "", consumed: 0, badAt: undefined };
  const decode = (length: number, stream: boolean): string | undefined => {
    try {
      const decoder = new TextDecoder(name, { fatal: true, ignoreBOM: true });
      return decoder.decode(bytes.subarray(0, length), { stream });
    } catch {
      return undefined;
    }
  };
  const text = decode(bytes.length, false);
  if (text !== undefined) return { text, consumed: bytes.length, badAt: undefined };
  let good = 0;
  let bad = bytes.length;
  while (good < bad) {
    const middle = (good + bad + 1) >> 1;
    if (decode(middle, true) === undefined) bad = middle - 1;
    else good = middle;
  }
  return { text: "", consumed: 0, badAt: Math.min(good, bytes.length - 1) };
}

/** How many of the bytes are not the beginning of a character whose end is still to come. */
export function wholeCharacters(kind: KnownKind, bytes: Uint8Array): number {
  if (kind === "utf-8") return wholeUtf8(bytes);
  if (kind !== "utf-16be" && kind !== "utf-16le") return bytes.length;
  const even = bytes.length - (bytes.length % 2);
  const high = bytes[even - (kind === "utf-16le" ? 1 : 2)] ?? 0;
  return even >= 2 && (high & 0xfc) === 0xd8 ? even - 2 : even;
}

function wholeUtf8(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return wanted > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Offset of the first byte that belongs to no character, if any. */
export function firstBad(kind: KnownKind, bytes: Buffer): number | undefined {
  switch (kind) {
    case "utf-8":
      return isUtf8(bytes) ? undefined : firstBadUtf8(bytes);
    case "iso-8859-1":
      return undefined;
    case "us-ascii":
      return indexWhere(bytes, (byte) => byte >= 0x80);
    case "windows-1252":
      return indexWhere(
        bytes,
        (byte) => byte >= 0x80 && byte < 0xa0 && WINDOWS_HIGH[byte - 0x80] === "\ufffd",
      );
    case "utf-16be":
    case "utf-16le": {
      const lone = /\p{Surrogate}/u.exec(toText(kind, bytes.subarray(0, bytes.length - (bytes.length % 2))));
      if (lone !== null) return lone.index * 2;
      return bytes.length % 2 === 0 ? undefined : bytes.length - 1;
    }
  }
}

function indexWhere(bytes: Buffer, test: (byte: number) => boolean): number | undefined {
  const found = bytes.findIndex(test);
  return found < 0 ? undefined : found;
}

/** By the table of well-formed sequences (Unicode 15, table 3-7). */
function firstBadUtf8(bytes: Buffer): number {
  let i = 0;
  while (i < bytes.length) {
    const lead = bytes[i] ?? 0;
    const length =
      lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length === 0) return i;
    for (let k = 1; k < length; k++) {
      const byte = bytes[i + k] ?? 0;
      const low = k === 1 && lead === 0xe0 ? 0xa0 : k === 1 && lead === 0xf0 ? 0x90 : 0x80;
      const high = k === 1 && lead === 0xed ? 0x9f : k === 1 && lead === 0xf4 ? 0x8f : 0xbf;
      if (byte < low || byte > high) return i;
    }
    i += length;
  }
  return i;
}

function toText(kind: KnownKind, bytes: Buffer): string {
  switch (kind) {
    case "utf-8":
      return bytes.toString("utf8");
    case "us-ascii":
    case "iso-8859-1":
      return bytes.toString("latin1");
    case "windows-1252":
      return bytes
        .toString("latin1")
        .replace(/[\x80-\x9f]/g, (c) => WINDOWS_HIGH[c.charCodeAt(0) - 0x80] ?? "\ufffd");
    case "utf-16le":
      return bytes.toString("utf16le");
    case "utf-16be":
      return Buffer.from(bytes).swap16().toString("utf16le");
  }
}

/** Guesses a file's charset by Flyway's rules (13, EncodingDetector): feed every byte, then ask. */
export interface Detector {
  readonly push: (bytes: Buffer, last: boolean) => number;
  readonly result: () => Charset;
}

export function makeDetector(): Detector {
  let length = 0;
  let first = -1;
  let second = -1;
  let utf8 = true;
  let zeros = 0;
  return {
    push: (bytes, last) => {
      const whole = last ? bytes.length : wholeUtf8(bytes);
      for (let i = 0; i < whole; i++) {
        if (length + i === 0) first = bytes[i] ?? -1;
        else if (length + i === 1) second = bytes[i] ?? -1;
        if ((length + i) % 2 === 1 && bytes[i] === 0) zeros++;
      }
      utf8 &&= isUtf8(bytes.subarray(0, whole));
      length += whole;
      return whole;
    },
    result: () => {
      const even = length % 2 === 0;
      if (even && first === 0xfe && second === 0xff) return UTF_16BE;
      if (even && first === 0xff && second === 0xfe) return UTF_16LE;
      if (even && zeros > length / 2 - zeros) return UTF_16;
      return utf8 ? UTF_8 : ISO_8859_1;
    },
  };
}

/**
 * Drops U+FEFF from text that comes in pieces. Of two in a row one remains: Flyway's reader skips one and takes
 * whatever follows (13, BomStrippingReader).
 */
export function makeMarkFilter(): (text: string) => string {
  let skipped = false;
  return (text) => {
    let rest = text;
    let kept = "";
    if (skipped && rest !== "") {
      kept = rest.slice(0, 1);
      rest = rest.slice(1);
      skipped = false;
    }
    if (!rest.includes("\ufeff")) return kept + rest;
    skipped = /(?:^|[^\ufeff])(?:\ufeff\ufeff)*\ufeff$/.test(rest);
    return kept + rest.replace(/\ufeff(\ufeff?)/g, "$1");
  };
}
