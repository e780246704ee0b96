// A mended file as bytes: in the encoding of the file, and with its byte order mark.
import { type Charset, WINDOWS_HIGH } from "./encoding.ts";

/**
 * The bytes of a file whose text changes from `before` (as it was read) to `after`. undefined where they cannot be had:
 * the file is no longer what was read, has byte order marks in its middle, or its encoding has no place for a character.
 */
export function changedBytes(
  original: Buffer,
  charset: Charset,
  before: string,
  after: string,
): Buffer | undefined {
  const { kind, mark } = formOf(original, charset);
  const old = encoded(before, kind);
  if (old === undefined || !Buffer.concat([mark, old]).equals(original)) return undefined;
  const now = encoded(after, kind);
  return now === undefined ? undefined : Buffer.concat([mark, now]);
}

const MARKS = {
  "utf-8": Buffer.from([0xef, 0xbb, 0xbf]),
  "utf-16be": Buffer.from([0xfe, 0xff]),
  "utf-16le": Buffer.from([0xff, 0xfe]),
} as const;

const NONE = Buffer.alloc(0);

function formOf(bytes: Buffer, charset: Charset): { readonly kind: Charset["kind"]; readonly mark: Buffer } {
  const has = (mark: Buffer): boolean => bytes.subarray(0, mark.length).equals(mark);
  const kind = charset.kind === "utf-16" ? (has(MARKS["utf-16le"]) ? "utf-16le" : "utf-16be") : charset.kind;
  const mark = kind === "utf-8" || kind === "utf-16be" || kind === "utf-16le" ? MARKS[kind] : NONE;
  return { kind, mark: has(mark) ? mark : NONE };
}

function encoded(text: string, kind: Charset["kind"]): Buffer | undefined {
  switch (kind) {
    case "utf-8":
      return Buffer.from(text, "utf8");
    case "utf-16le":
      return Buffer.from(text, "utf16le");
    case "utf-16be":
      return Buffer.from(text, "utf16le").swap16();
    case "us-ascii":
      return /^[\x00-\x7f]*$/.test(text) ? Buffer.from(text, "latin1") : undefined;
    case "iso-8859-1":
      return /^[\x00-\xff]*$/.test(text) ? Buffer.from(text, "latin1") : undefined;
    case "windows-1252":
      return windowsBytes(text);
    default:
      return undefined;
  }
}

function windowsBytes(text: string): Buffer | undefined {
  const bytes = Buffer.alloc(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const high = WINDOWS_HIGH.indexOf(text[i] ?? "");
    if (unit < 0x80 || (unit >= 0xa0 && unit <= 0xff)) bytes[i] = unit;
    else if (high !== -1 && text[i] !== "\ufffd") bytes[i] = 0x80 + high;
    else return undefined;
  }
  return bytes;
}
