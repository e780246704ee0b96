// Flyway's checksum: CRC-32 over the lines of a file, without their ends, as a signed 32-bit integer.
import { crc32 } from "node:zlib";
import { type Charset, firstBad, makeDecoder, wholeCharacters } from "./encoding.ts";

const LF = 10;
const CR = 13;
const MARK = "\ufeff";

/** Takes a file piece by piece. */
export interface ChecksumReader {
  /**
   * Takes the bytes that make whole characters and says how many those are; the others must come again in front of
   * the next piece. The bytes may be overwritten.
   */
  readonly push: (bytes: Buffer, last: boolean) => number;
  readonly value: () => number;
}

/** `refuse` is called with the offset, in the piece, of the first byte that belongs to no character. */
export function makeChecksum(charset: Charset, refuse: (offset: number) => never): ChecksumReader {
  return charset.kind === "utf-8" ? utf8Checksum(refuse) : decodedChecksum(charset, refuse);
}

/** The checksum of text, such as a repeatable's after its placeholders were replaced. */
export function checksumOfText(text: string): number {
  return crc32(withoutEnds(text.startsWith(MARK) ? text.slice(1) : text), 0) | 0;
}

/**
 * The checksum of a whole file of UTF-8. Overwrites the bytes: line ends are squeezed out in place, so that the CRC runs
 * once over all of it instead of once a line. Most files are ASCII and looked at but once. `refuse` as for makeChecksum.
 */
export function checksumOfUtf8(bytes: Buffer, refuse: (offset: number) => never): number {
  const start = startsWithMark(bytes) ? 3 : 0;
  let end = start;
  for (let i = start; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x80) {
      const badAt = firstBad("utf-8", bytes.subarray(i));
      if (badAt !== undefined) refuse(i + badAt);
      const rest = squeeze(bytes.subarray(i));
      bytes.copyWithin(end, i, i + rest.length);
      end += rest.length;
      break;
    }
    if (byte !== LF && byte !== CR) bytes[end++] = byte;
  }
  return crc32(bytes.subarray(start, end), 0) | 0;
}

/** Longer files are done faster by zlib, in spite of what it takes to call it. */
const SHORT = 1024;

/** The checksum of the first `length` bytes; undefined when they are too many, or not all ASCII. */
export function checksumOfAscii(bytes: Buffer, length: number): number | undefined {
  if (length > SHORT) return undefined;
  table ??= crcTable();
  let crc = -1;
  for (let i = 0; i < length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x80) return undefined;
    if (byte !== LF && byte !== CR) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return ~crc;
}

let table: Int32Array | undefined;

/** What each byte does to a CRC-32 (ITU-T V.42, bits reversed). */
function crcTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
}

function utf8Checksum(refuse: (offset: number) => never): ChecksumReader {
  let crc = 0;
  let atStart = true;
  return {
    push: (bytes, last) => {
      const whole = last ? bytes : bytes.subarray(0, wholeCharacters("utf-8", bytes));
      const badAt = firstBad("utf-8", whole);
      if (badAt !== undefined) refuse(badAt);
      if (whole.length > 0) {
        crc = crc32(squeeze(atStart ? withoutMark(whole) : whole), crc);
        atStart = false;
      }
      return whole.length;
    },
    value: () => crc | 0,
  };
}

function decodedChecksum(charset: Charset, refuse: (offset: number) => never): ChecksumReader {
  const decoder = makeDecoder(charset);
  let crc = 0;
  let atStart = true;
  return {
    push: (bytes, last) => {
      const { text, consumed, badAt } = decoder.push(bytes, last);
      if (badAt !== undefined) refuse(badAt);
      if (text !== "") {
        crc = crc32(withoutEnds(atStart && text.startsWith(MARK) ? text.slice(1) : text), crc);
        atStart = false;
      }
      return consumed;
    },
    value: () => crc | 0,
  };
}

const startsWithMark = (bytes: Buffer): boolean =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

const withoutMark = (bytes: Buffer): Buffer => (startsWithMark(bytes) ? bytes.subarray(3) : bytes);

/** In UTF-8 the bytes 10 and 13 are never part of another character. */
function squeeze(bytes: Buffer): Buffer {
  let end = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte !== LF && byte !== CR) bytes[end++] = byte;
  }
  return end === bytes.length ? bytes : bytes.subarray(0, end);
}

const withoutEnds = (text: string): Buffer => Buffer.from(text.replace(/[\r\n]+/g, ""), "utf8");
