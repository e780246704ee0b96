// The version that the comment at a file's head names, as the guide's header does: Migration V25: Title.

export interface HeaderVersion {
  readonly said: string;
  /** Offsets of the version, without its letter. */
  readonly start: number;
  readonly end: number;
}

/** `prefix`: the letter before the version, V or U. */
export function headerVersion(text: string, prefix: string): HeaderVersion | undefined {
  const head = /^\uFEFF?(?:\s*--[^\n]*\n?)+/.exec(text)?.[0] ?? "";
  const letter = prefix.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const version = "(\\d+(?:[._]\\d+)*)";
  const found =
    new RegExp(`\\bmigration:?\\s+${letter}${version}`, "i").exec(head) ??
    new RegExp(`^\\s*--\\s*${letter}${version}(?:\\b|(?=_))`, "i").exec(head);
  const said = found?.[1];
  if (found === null || said === undefined) return undefined;
  const end = found.index + found[0].length;
  return { said, start: end - said.length, end };
}
