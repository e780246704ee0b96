// On which line of a TOML text each key stands. The TOML library does not say; complaints and `origins` need
// it. Only for texts that the library has accepted: this is no parser.

/** Line (1-based) by path; the names of a path are joined by NUL. */
export function tomlLines(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  let table: readonly string[] = [];
  let open = { depth: 0, quote: "" };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (open.depth > 0 || open.quote !== "") {
      open = scanValue(line, 0, open);
      continue;
    }
    const start = line.trimStart();
    if (start === "" || start.startsWith("#")) continue;
    if (start.startsWith("[")) {
      table = readPath(start.replace(/^\[+/, ""), "]").path;
      found.set(table.join("\0"), i + 1);
      continue;
    }
    const { path, end } = readPath(start, "=");
    const full = [...table, ...path];
    if (!found.has(full.join("\0"))) found.set(full.join("\0"), i + 1);
    open = scanValue(start, end + 1, open);
  }
  return found;
}

/** A dotted key up to `stop`, quotes undone. */
function readPath(text: string, stop: string): { readonly path: readonly string[]; readonly end: number } {
  const path: string[] = [];
  let part = "";
  let i = 0;
  for (; i < text.length; i++) {
    const c = text[i] ?? "";
    if (c === stop) break;
    if (c === '"' || c === "'") {
      const close = text.indexOf(c, i + 1);
      if (close < 0) break;
      part += text.slice(i + 1, close);
      i = close;
    } else if (c === ".") {
      path.push(part);
      part = "";
    } else if (c !== " " && c !== "\t") {
      part += c;
    }
  }
  path.push(part);
  return { path, end: i };
}

interface Open {
  /** Open brackets and braces. */
  readonly depth: number;
  /** The delimiter of a string that goes on over the line end. */
  readonly quote: string;
}

/** What is still open at the end of a line. */
function scanValue(line: string, from: number, before: Open): Open {
  let { depth, quote } = before;
  for (let i = from; i < line.length; i++) {
    const c = line[i] ?? "";
    if (quote !== "") {
      if (c === "\\" && quote.startsWith('"')) i++;
      else if (line.startsWith(quote, i)) {
        i += quote.length - 1;
        quote = "";
      }
    } else if (c === "#") break;
    else if (c === '"' || c === "'") {
      quote = line.startsWith(c.repeat(3), i) ? c.repeat(3) : c;
      i += quote.length - 1;
    } else if (c === "[" || c === "{") depth++;
    else if (c === "]" || c === "}") depth--;
  }
  // A string of one line ends with it.
  return { depth, quote: quote.length === 3 ? quote : "" };
}
