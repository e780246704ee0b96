// The syntax of .conf files: Java properties, but with literal backslashes, as Flyway reads them
// (Flyway 13, ConfigUtils). Also that of script configuration files. What keys mean is not decided here.

export interface Property {
  readonly key: string;
  readonly value: string;
  /** 1-based line on which the key stands. */
  readonly line: number;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Every property of a text, in order; a key may come twice (the last one counts).
 * `${NAME}` with NAME of letters, digits and underscores is replaced from `env`, by nothing when unset;
 * without `env` it stays.
 */
export function readProperties(text: string, env: Variables | undefined): readonly Property[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const properties: Property[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = i + 1;
    let logical = (lines[i] ?? "").trim();
    if (logical === "" || isComment(logical)) continue;
    while (logical.endsWith("\\") && i + 1 < lines.length && continues((lines[i + 1] ?? "").trim())) {
      i++;
      logical = logical.slice(0, -1) + (lines[i] ?? "").trim();
    }
    const expanded = env === undefined ? logical : expandVariables(logical, env);
    // A variable may bring line ends with it; what follows them is a property of its own.
    for (const part of expanded.split(/\r\n|\n|\r/)) {
      const property = part.trimStart();
      if (property !== "" && !isComment(property)) properties.push({ ...splitProperty(property), line });
    }
  }
  return properties;
}

function isComment(line: string): boolean {
  return line.startsWith("#") || line.startsWith("!");
}

/**
 * Whether a backslash before this line is a line continuation. It is a literal one (a Windows path) before a
 * blank line and before the next setting; `flyway.x==y` is no setting but the rest of a boolean expression.
 */
function continues(next: string): boolean {
  if (next === "") return false;
  if (!next.startsWith("flyway.") || !next.includes("=")) return true;
  return (next.includes("==") || next.includes("!=")) && !next.startsWith("shouldExecute");
}

function expandVariables(text: string, env: Variables): string {
  if (!text.includes("${")) return text;
  return text.replace(/\$\{([A-Za-z0-9_]+)\}/g, (_, name: string) => env[name] ?? "");
}

const BLANK = /[ \t\f]/;

/** A key ends at the first `=`, `:` or blank; blanks around the separator are dropped. */
function splitProperty(text: string): { readonly key: string; readonly value: string } {
  let end = 0;
  while (end < text.length && text[end] !== "=" && text[end] !== ":" && !BLANK.test(text[end] ?? "")) end++;
  let start = skipBlanks(text, end);
  if (text[start] === "=" || text[start] === ":") start = skipBlanks(text, start + 1);
  return { key: text.slice(0, end), value: text.slice(start) };
}

function skipBlanks(text: string, from: number): number {
  let i = from;
  while (i < text.length && BLANK.test(text[i] ?? "")) i++;
  return i;
}
