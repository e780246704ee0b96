// A found file into text or a checksum, and where in it the bytes are that its encoding does not allow.
import { GodwitError } from "../base/errors.ts";
import type { Place } from "../base/place.ts";
import { checksumOfAscii, checksumOfUtf8, makeChecksum } from "./checksum.ts";
import { type Charset, charsetNamed, makeDecoder, makeDetector, makeMarkFilter } from "./encoding.ts";
import { fileSize, openPieces, readSmallFile, withSmallFile } from "./files.ts";
import type { CallbackFile, ResolvedMigration, ScannedFile } from "./migration.ts";

type Readable = Pick<ResolvedMigration | CallbackFile, "file" | "encoding">;

/**
 * The text of a migration or callback as it is to be executed: decoded, without U+FEFF (Flyway 13 drops it
 * anywhere). Line ends are as in the file.
 * @throws GodwitError when the file cannot be read or its bytes are not in its encoding.
 */
export function readMigrationText(migration: Readable): string {
  const { file } = migration;
  return makeMarkFilter()(readRawText(file, charsetOf(migration)));
}

/**
 * The same text in pieces, so that a file of any size needs no more memory than a piece. Pieces end anywhere between
 * two characters. In an encoding other than the UTFs, ASCII, ISO-8859-1 and windows-1252 there is one piece.
 */
export function* readMigrationStream(migration: Readable): Generator<string, void, undefined> {
  const withoutMarks = makeMarkFilter();
  for (const piece of decodedPieces(migration.file, charsetOf(migration))) {
    const text = withoutMarks(piece);
    if (text !== "") yield text;
  }
}

const charsetOf = ({ file, encoding }: Readable): Charset =>
  charsetNamed(encoding, `The encoding of ${file.configuredPath}`);

/** Size of the file in bytes: what tells whether it is worth streaming. */
export const migrationSize = (migration: Pick<Readable, "file">): number => fileSize(migration.file);

/** The text of a file with its U+FEFF, as checksums and script configurations take it. */
export function readRawText(file: ScannedFile, charset: Charset): string {
  const small = readSmallFile(file);
  return small === undefined ? [...decodedPieces(file, charset)].join("") : decodeWhole(file, charset, small);
}

function decodeWhole(file: ScannedFile, charset: Charset, bytes: Buffer): string {
  const { text, badAt } = makeDecoder(charset).push(bytes, true);
  if (badAt !== undefined) throw malformed(file, charset, badAt);
  return text;
}

function* decodedPieces(file: ScannedFile, charset: Charset): Generator<string, void, undefined> {
  const small = readSmallFile(file);
  if (small !== undefined) {
    yield decodeWhole(file, charset, small);
    return;
  }
  const decoder = makeDecoder(charset);
  const pieces = openPieces(file);
  try {
    for (;;) {
      const { bytes, last, offset } = pieces.next();
      const { text, consumed, badAt } = decoder.push(bytes, last);
      if (badAt !== undefined) throw malformed(file, charset, offset + badAt);
      pieces.consume(consumed);
      if (text !== "") yield text;
      if (last) return;
    }
  } finally {
    pieces.close();
  }
}

/** Flyway's checksum of a file. Needs constant memory for files of any size. */
export function checksumOfFile(file: ScannedFile, charset: Charset): number {
  const checksum = withSmallFile(
    file,
    (bytes, length) =>
      (charset.kind === "utf-8" ? checksumOfAscii(bytes, length) : undefined) ??
      checksumOfBytes(file, charset, bytes.subarray(0, length)),
  );
  return checksum ?? checksumInPieces(file, charset);
}

/** The checksum of the bytes of a whole file, which are overwritten. */
export function checksumOfBytes(file: ScannedFile, charset: Charset, bytes: Buffer): number {
  const refuse = (offset: number): never => {
    throw malformed(file, charset, offset);
  };
  if (charset.kind === "utf-8") return checksumOfUtf8(bytes, refuse);
  const checksum = makeChecksum(charset, refuse);
  checksum.push(bytes, true);
  return checksum.value();
}

function checksumInPieces(file: ScannedFile, charset: Charset): number {
  let base = 0;
  const checksum = makeChecksum(charset, (offset) => {
    throw malformed(file, charset, base + offset);
  });
  inPieces(file, (bytes, last, offset) => {
    base = offset;
    return checksum.push(bytes, last);
  });
  return checksum.value();
}

/** The charset that Flyway's detection gives a file. */
export function detectCharset(file: ScannedFile): Charset {
  const detector = makeDetector();
  inPieces(file, (bytes, last) => detector.push(bytes, last));
  return detector.result();
}

function inPieces(file: ScannedFile, take: (bytes: Buffer, last: boolean, offset: number) => number): void {
  const small = readSmallFile(file);
  if (small !== undefined) {
    take(small, true, 0);
    return;
  }
  const pieces = openPieces(file);
  try {
    for (;;) {
      const { bytes, last, offset } = pieces.next();
      pieces.consume(take(bytes, last, offset));
      if (last) return;
    }
  } finally {
    pieces.close();
  }
}

// --- bytes that are not text ---------------------------------------------------------------------------------

function malformed(file: ScannedFile, charset: Charset, offset: number): GodwitError {
  const { place, byte } = placeOfByte(file, charset, offset);
  const hex = byte.toString(16).toUpperCase().padStart(2, "0");
  const message =
    `${file.configuredPath} is not ${charset.name}: byte 0x${hex} at offset ${offset} ` +
    `(line ${place.line}) is not part of any character.`;
  return new GodwitError("ERROR", message, {
    advice:
      `Save the file as ${charset.name}, or name its encoding: "encoding=ISO-8859-1" in ${file.name}.conf for this ` +
      "file, the setting encoding for all files, or detectEncoding=true to have it found out file by file.",
    place,
    details: { file: file.path, encoding: charset.name, offset, byte },
  });
}

/** Counts lines and characters up to a byte. Reads the file again: it is on the way to an error. */
function placeOfByte(
  file: ScannedFile,
  { kind }: Charset,
  target: number,
): { readonly place: Place; readonly byte: number } {
  const width = kind.startsWith("utf-16") ? 2 : 1;
  let line = 1;
  let column = 1;
  let afterReturn = false;
  let found = 0;
  inPieces(file, (bytes, last, offset) => {
    const whole = last ? bytes.length : bytes.length - (bytes.length % width);
    if (target >= offset && target < offset + bytes.length) found = bytes[target - offset] ?? 0;
    for (let i = 0; i < whole && offset + i < target; i += width) {
      const [a, b] = [bytes[i] ?? 0, width === 2 ? (bytes[i + 1] ?? 0) : 0];
      // Of the two bytes of an ASCII character in UTF-16 one is zero, whatever the order.
      const unit = width === 1 ? a : a === 0 ? b : b === 0 ? a : 0xffff;
      if (unit === 10 || unit === 13) {
        if (unit === 13 || !afterReturn) line++;
        column = 1;
      } else if (kind !== "utf-8" || (a & 0xc0) !== 0x80) column++;
      afterReturn = unit === 13;
    }
    return whole;
  });
  return { place: { file: file.configuredPath, line, column }, byte: found };
}
