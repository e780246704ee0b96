// JSON text in the layout of Jackson's default pretty printer, which is Flyway's: scripts that cut lines with sed or
// grep see the same bytes. Not for choosing keys (json.ts).

/** Two-space indent, `"key" : value`, arrays as `[ a, b ]`, empty ones as `[ ]` and `{ }`. No line end at the end. */
export const jacksonText = (value: unknown): string => write(value, "\n");

function write(value: unknown, lineStart: string): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "null";
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return writeArray(value, lineStart);
  if (typeof value === "object") return writeObject(value, lineStart);
  return "null";
}

function writeArray(values: readonly unknown[], lineStart: string): string {
  // An array does not indent its elements; its objects do.
  return values.length === 0 ? "[ ]" : `[ ${values.map((v) => write(v, lineStart)).join(", ")} ]`;
}

function writeObject(object: object, lineStart: string): string {
  if ("toJSON" in object && typeof object.toJSON === "function") return write(object.toJSON(), lineStart);
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return "{ }";
  const inner = `${lineStart}  `;
  const fields = entries.map(([key, value]) => `${inner}${quote(key)} : ${write(value, inner)}`);
  return `{${fields.join(",")}${lineStart}}`;
}

/** Jackson writes the digits of an escape in upper case. */
const quote = (text: string): string =>
  JSON.stringify(text).replace(/\\u([0-9a-f]{4})/g, (_, digits: string) => `\\u${digits.toUpperCase()}`);
