// JSON text in the layout of Jackson's default pretty printer, which is Flyway's: scripts that cut lines with sed or
// grep see the same bytes. Not for choosing keys (json.ts).

/** Two-space indent, `"key" : value`, arrays as `[ a, b ]`, empty ones as `[ ]` and `{ }`. No line end at the end. */
export function jacksonText(value: unknown): string {
  const writer: Writer = { text: "", labels: new Map() };
  write(writer, value, "\n");
  return writer.text;
}

interface Writer {
  text: string;
  /** Keys as they are written: a long list has the same few thousands of times. */
  readonly labels: Map<string, string>;
}

function write(to: Writer, value: unknown, lineStart: string): void {
  if (typeof value === "string") to.text += quote(value);
  else if (typeof value === "number") to.text += Number.isFinite(value) ? value : "null";
  else if (typeof value === "boolean" || typeof value === "bigint") to.text += value;
  else if (typeof value !== "object" || value === null) to.text += "null";
  else if (Array.isArray(value)) writeArray(to, value, lineStart);
  else if ("toJSON" in value && typeof value.toJSON === "function") write(to, value.toJSON(), lineStart);
  else writeObject(to, value, lineStart);
}

function writeArray(to: Writer, values: readonly unknown[], lineStart: string): void {
  let before = "[ ";
  for (const value of values) {
    to.text += before;
    // An array does not indent its elements; its objects do.
    write(to, value, lineStart);
    before = ", ";
  }
  to.text += values.length === 0 ? "[ ]" : " ]";
}

function writeObject(to: Writer, object: object, lineStart: string): void {
  const inner = `${lineStart}  `;
  let before = "{";
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    to.text += before + inner + label(to, key);
    write(to, value, inner);
    before = ",";
  }
  to.text += before === "{" ? "{ }" : `${lineStart}}`;
}

function label(to: Writer, key: string): string {
  let text = to.labels.get(key);
  if (text === undefined) {
    text = `${quote(key)} : `;
    to.labels.set(key, text);
  }
  return text;
}

/** Jackson writes the digits of an escape in upper case. */
function quote(text: string): string {
  const quoted = JSON.stringify(text);
  if (!quoted.includes("\\u")) return quoted;
  return quoted.replace(/\\u([0-9a-f]{4})/g, (_, digits: string) => `\\u${digits.toUpperCase()}`);
}
