// Splitting the plain way, out of tokens: slow, short, and written apart from src/sql/scanner.ts, to compare with it.
import { isWideSpace } from "../../src/sql/characters.ts";
import { Kind, type Token, tokenize } from "../../src/sql/lex.ts";

type Found = readonly [string, { readonly start: number; readonly end: number } | undefined];

export function splitByTokens(text: string): readonly Found[] {
  const found: Found[] = [];
  let from = 0;
  while (from < text.length) {
    const one = statementAt(text, from);
    if (one === undefined) break;
    from = one.next;
    if (one.tokens.length === 0) continue;
    const data = isCopy(text, one.tokens) ? dataAt(text, from) : undefined;
    if (data !== undefined) from = data.next;
    const start = one.tokens[0]?.start ?? 0;
    const end = one.tokens.at(-1)?.end ?? 0;
    const range = data === undefined ? undefined : data.end > data.start ? data : { start: end, end };
    found.push([
      text.slice(start, end),
      range === undefined ? undefined : { start: range.start, end: range.end },
    ]);
  }
  return found;
}

function statementAt(text: string, from: number): { tokens: readonly Token[]; next: number } | undefined {
  const tokens: Token[] = [];
  const all = tokenize(text.slice(from)).map((t) => ({ ...t, start: t.start + from, end: t.end + from }));
  let depth = 0;
  for (const token of all) {
    const isOpenComment =
      token.kind === Kind.blockComment &&
      token.end === text.length &&
      tokens.length > 0 &&
      isOpen(text, token);
    if (token.kind <= Kind.blockComment && !isOpenComment) continue;
    if (tokens.length === 0 && isWideSpace(text.charCodeAt(token.start)))
      return statementAt(text, token.start + 1);
    if (token.kind === Kind.semicolon && depth === 0 && !isInBody(text, tokens))
      return { tokens, next: token.end };
    if (token.kind === Kind.open) depth++;
    if (token.kind === Kind.close && depth > 0) depth--;
    tokens.push(token);
  }
  return all.length === 0 ? undefined : { tokens, next: text.length };
}

function isOpen(text: string, { start, end }: Token): boolean {
  let depth = 0;
  for (const [mark] of text.slice(start, end).matchAll(/\/\*|\*\//g)) depth += mark === "/*" ? 1 : -1;
  return depth > 0;
}

/** Whether these tokens are the beginning of a routine whose BEGIN ATOMIC has no END yet. */
function isInBody(text: string, tokens: readonly Token[]): boolean {
  let depth = 0;
  let bodies = 0;
  let cases = 0;
  const top: { word: string; token: Token; previous: Token | undefined }[] = [];
  for (const [i, token] of tokens.entries()) {
    if (token.kind === Kind.open) depth++;
    else if (token.kind === Kind.close) depth = Math.max(depth - 1, 0);
    if (depth > 0) continue;
    if (bodies > 0 && token.kind === Kind.semicolon) cases = 0;
    if (token.kind !== Kind.word) continue;
    const word = text.slice(token.start, token.end).toUpperCase();
    const previous = tokens[i - 1];
    const before = previous === undefined ? "" : text.slice(previous.start, previous.end).toUpperCase();
    top.push({ word, token, previous });
    const isName =
      (before === "AS" && previous?.kind === Kind.word) ||
      (before.endsWith(".") && previous?.end === token.start);
    const isRoutine =
      /^CREATE (OR \S+ (FUNCTION|PROCEDURE) |(FUNCTION|PROCEDURE) |SCHEMA .*(FUNCTION|PROCEDURE) )/.test(
        top.map((t) => `${t.word} `).join(""),
      );
    if (!isRoutine) continue;
    if (word === "ATOMIC" && before === "BEGIN" && previous?.kind === Kind.word) {
      bodies++;
      cases = 0;
    } else if (bodies > 0 && word === "CASE" && !isName) cases++;
    else if (bodies > 0 && word === "END") {
      if (before === ";" || (before === "ATOMIC" && previous?.kind === Kind.word && wasBody(top))) bodies--;
      else if (isName) continue;
      else if (cases > 0) cases--;
      else bodies--;
    }
  }
  return bodies > 0;
}

/** The word before the last, ATOMIC, stood behind BEGIN. */
const wasBody = (top: readonly { word: string }[]): boolean => top.at(-3)?.word === "BEGIN";

function isCopy(text: string, tokens: readonly Token[]): boolean {
  let depth = 0;
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === Kind.open) depth++;
    else if (token.kind === Kind.close) depth = Math.max(depth - 1, 0);
    else if (depth === 0 && token.kind === Kind.word) words.push(plainWord(text, token));
  }
  const kept = words.filter((w) => w !== "").slice(0, 10);
  const at = kept.indexOf("FROM", 1);
  return kept[0] === "COPY" && at > 0 && /^STD(IN|OUT)$/.test(kept[at + 1] ?? "");
}

/** In upper case; "" for what is not letters and underscores alone, or stands next to a dot. */
function plainWord(text: string, { start, end }: Token): string {
  const word = text.slice(start, end);
  const isPlain = /^[A-Za-z_]+$/.test(word) && text.charAt(start - 1) !== "." && text.charAt(end) !== ".";
  return isPlain ? word.toUpperCase() : "";
}

function dataAt(text: string, from: number): { start: number; end: number; next: number } {
  const newline = text.indexOf("\n", from);
  const start = newline === -1 ? text.length : newline + 1;
  let at = start;
  for (const line of text.slice(start).split(/(?<=\n)/)) {
    if (/^[ \t-\r]*\\\.[ \t-\r]*$/.test(line)) return { start, end: at, next: at + line.length };
    at += line.length;
  }
  return { start, end: at, next: at };
}
