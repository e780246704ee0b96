// Placeholder replacement, with a way back from the replaced text to the file. Plain text substitution everywhere, as
// Flyway does it (flyway-core 13 PlaceholderReplacingReader): no escape, results are not looked at again.
import { GodwitError } from "../base/errors.ts";
import { lineColumnAt } from "../base/place.ts";

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
  let at = text.indexOf(prefix);
  if (at === -1) return { text, toOriginal: (offset) => offset };
  const parts: string[] = [];
  const edits: Edit[] = [];
  let from = 0;
  let length = 0;
  while (at !== -1) {
    const close = text.indexOf(suffix, at + prefix.length);
    if (close === -1) throw unterminated(text, at, options);
    const value = valueFor(text, at, text.slice(at + prefix.length, close), options);
    parts.push(text.slice(from, at), value);
    length += at - from;
    from = close + suffix.length;
    edits.push({ start: length, end: length + value.length, original: at, originalEnd: from });
    length += value.length;
    at = text.indexOf(prefix, from);
  }
  parts.push(text.slice(from));
  return { text: parts.join(""), toOriginal: (offset) => originalOffset(edits, offset) };
}

function originalOffset(edits: readonly Edit[], offset: number): number {
  let low = 0;
  let high = edits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edits[middle]?.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  const edit = edits[low - 1];
  if (edit === undefined) return offset;
  return offset < edit.end ? edit.original : edit.originalEnd + (offset - edit.end);
}

function valueFor(text: string, at: number, name: string, options: PlaceholderOptions): string {
  const value = options.values[name.toLowerCase()];
  if (value !== undefined) return value;
  const builtIn = name.toLowerCase().startsWith(`flyway${options.separator}`);
  const written = `${options.prefix}${name}${options.suffix}`;
  throw new GodwitError("ERROR", `The placeholder ${shorten(written)} has no value.`, {
    place: { file: options.file, ...lineColumnAt(text, at) },
    advice: builtIn
      ? "It is not one of the built-in placeholders. Check its spelling."
      : `Give it one with flyway.placeholders.${shorten(name)}=..., or, if it is meant to stand as it is, set placeholderReplacement=false in ${options.file}.conf.`,
  });
}

function unterminated(text: string, at: number, options: PlaceholderOptions): GodwitError {
  return new GodwitError(
    "ERROR",
    `A placeholder begins with ${options.prefix} but never ends with ${options.suffix}.`,
    {
      place: { file: options.file, ...lineColumnAt(text, at) },
      advice: `Close it, or set placeholderReplacement=false in ${options.file}.conf if it is not a placeholder.`,
    },
  );
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

/**
 * Replaces the placeholders of script migrations, written as environment variables are: FP__name__, with ":" as "_".
 * Names without a value are an error as above.
 */
export function replaceScriptPlaceholders(text: string, options: PlaceholderOptions): Replaced {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.values)) {
    values[name.replaceAll(options.separator, "_")] = value;
  }
  return replacePlaceholders(text, { ...options, values });
}
