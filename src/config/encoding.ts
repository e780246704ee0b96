// Bytes of configuration files into text. Migrations have their own reader.

const LATIN = new Set(["ISO-8859-1", "ISO_8859_1", "LATIN1", "US-ASCII", "ASCII"]);

/** True when `name` is an encoding that decodeText knows. */
export function isKnownEncoding(name: string): boolean {
  const upper = name.toUpperCase();
  if (LATIN.has(upper) || upper === "UTF-8" || upper === "UTF-16") return true;
  try {
    new TextDecoder(name);
    return true;
  } catch {
    return false;
  }
}

/** Decodes; a byte order mark is dropped. The encoding must be known. */
export function decodeText(bytes: Uint8Array, encoding: string): string {
  const upper = encoding.toUpperCase();
  // Node's own decoding starts faster than TextDecoder.
  if (upper === "UTF-8")
    return Buffer.from(bytes)
      .toString("utf8")
      .replace(/^\uFEFF/, "");
  // TextDecoder takes ISO-8859-1 for Windows-1252, which differs from 0x80 to 0x9F.
  if (LATIN.has(upper)) return Buffer.from(bytes).toString("latin1");
  // Java's UTF-16 without a byte order mark is big-endian.
  const name =
    upper === "UTF-16" ? (bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-16be") : encoding;
  return new TextDecoder(name).decode(bytes);
}
