// Placeholder replacement, with a way back from the replaced text to the file. Plain text substitution everywhere, as
// Flyway does it (flyway-core 13 PlaceholderReplacingReader): in strings, comments and COPY data too, no escape, the
// first suffix ends the name, values are not looked at again. For texts in pieces: placeholder-stream.ts.
import { GodwitError } from "../base/errors.ts";
import { countUpTo, type LineColumn, lineColumnAt } from "../base/place.ts";

export interface PlaceholderOptions {
  readonly prefix: string;
  readonly suffix: string;
  /** Between `flyway` and a built-in name. */
  readonly separator: string;
  /** By lower-cased name. */
  readonly values: Readonly<Record<string, string>>;
  /** Path for messages. */
  readonly file: string;
}

export interface Replaced {
  readonly text: string;
  /** Offset in the original text of an offset in `text`; inside a replaced value, that of its placeholder. */
  toOriginal(offset: number): number;
  /** Where values stand in `text`, in order. */
  readonly values: readonly { readonly start: number; readonly end: number }[];
}

interface Edit {
  /** Where the value stands in the new text. */
  readonly start: number;
  readonly end: number;
  /** Where the placeholder stood and ended in the original. */
  readonly original: number;
  readonly originalEnd: number;
}

/** @throws GodwitError ERROR with its place for a name without a value, and for a placeholder without its end. */
export function replacePlaceholders(text: string, options: PlaceholderOptions): Replaced {
  const { prefix, suffix } = options;
  requireMarks(options);
  let at = text.indexOf(prefix);
  if (at === -1) return { text, toOriginal: (offset) => offset, values: [] };
  const parts: string[] = [];
  const edits: Edit[] = [];
  let from = 0;
  let length = 0;
  while (at !== -1) {
    const close = text.indexOf(suffix, at + prefix.length);
    if (close === -1) throw withoutEnd(options, lineColumnAt(text, at));
    const name = text.slice(at + prefix.length, close);
    const value = valueNamed(name, options) ?? fail(withoutValue(name, options, lineColumnAt(text, at)));
    parts.push(text.slice(from, at), value);
    length += at - from;
    from = close + suffix.length;
    edits.push({ start: length, end: length + value.length, original: at, originalEnd: from });
    length += value.length;
    at = text.indexOf(prefix, from);
  }
  parts.push(text.slice(from));
  return { text: parts.join(""), toOriginal: (offset) => originalOffset(edits, offset), values: edits };
}

/**
 * Replaces the placeholders of script migrations, written as environment variables are: FP__name__, with the separator
 * of built-in names (`:`) as "_". `prefix` and `suffix` are those of scripts.
 * @throws GodwitError as replacePlaceholders does.
 */
export function replaceScriptPlaceholders(text: string, options: PlaceholderOptions): Replaced {
  if (!text.includes(options.prefix)) return { text, toOriginal: (offset) => offset, values: [] };
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.values)) {
    values[name.replaceAll(options.separator, "_")] = value;
  }
  return replacePlaceholders(text, { ...options, values });
}

/** The value of a name as written between prefix and suffix. */
export function valueNamed(name: string, { values }: PlaceholderOptions): string | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

export function withoutValue(name: string, options: PlaceholderOptions, place: LineColumn): GodwitError {
  const builtIn = name.toLowerCase().startsWith(`flyway${options.separator}`);
  const written = shorten(`${options.prefix}${name}${options.suffix}`);
  return new GodwitError("ERROR", `The placeholder ${written} has no value.`, {
    place: { file: options.file, ...place },
    advice: builtIn
      ? "It is not one of the built-in placeholders. Check its spelling."
      : `Give it one with flyway.placeholders.${shorten(name)}=..., or, if it is meant to stand as it is, set placeholderReplacement=false in ${options.file}.conf.`,
    details: { placeholder: name },
  });
}

export function withoutEnd(options: PlaceholderOptions, place: LineColumn): GodwitError {
  return new GodwitError(
    "ERROR",
    `A placeholder begins with ${options.prefix} but never ends with ${options.suffix}.`,
    {
      place: { file: options.file, ...place },
      advice: `Close it, or set placeholderReplacement=false in ${options.file}.conf if it is not a placeholder.`,
    },
  );
}

export function requireMarks({ prefix, suffix }: PlaceholderOptions): void {
  if (prefix !== "" && suffix !== "") return;
  throw new GodwitError("CONFIGURATION", "The prefix or the suffix of placeholders is empty.", {
    advice: "Set both, or turn placeholderReplacement off.",
  });
}

export function fail(error: GodwitError): never {
  throw error;
}

function originalOffset(edits: readonly Edit[], offset: number): number {
  const edit = edits[lastStartingBy(edits, offset)];
  if (edit === undefined) return offset;
  return offset < edit.end ? edit.original : edit.originalEnd + (offset - edit.end);
}

/** Index of the last edit that starts at or before an offset, or -1. */
export function lastStartingBy(edits: readonly { readonly start: number }[], offset: number): number {
  return countUpTo(edits.length, (i) => edits[i]?.start ?? 0, offset) - 1;
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
