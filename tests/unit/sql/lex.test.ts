// Tokens, one rule of PostgreSQL's lexer at a time. Agreement with the real one is tests/fuzz/sql.test.ts.
import { describe, expect, it } from "vitest";
import { Kind, Lexer, tokenize } from "../../../src/sql/lex.ts";

const NAMES = Object.fromEntries(Object.entries(Kind).map(([name, value]) => [value, name]));

/** Tokens without blanks, as "kind text". */
const tokens = (text: string): readonly string[] =>
  tokenize(text)
    .filter((t) => t.kind !== Kind.space)
    .map((t) => `${NAMES[t.kind]} ${text.slice(t.start, t.end)}`);

describe("strings", () => {
  it.each([
    ["'a''b' 'c'", ["string 'a''b'", "string 'c'"]],
    ["'c:\\' x", ["string 'c:\\'", "word x"]],
    ["e'it\\'s' E'\\\\' x", ["string e'it\\'s'", "string E'\\\\'", "word x"]],
    ["U&'d\\0061' uescape '!'", ["string U&'d\\0061'", "word uescape", "string '!'"]],
    ['u&"a""b" "c;"', ['quotedName u&"a""b"', 'quotedName "c;"']],
    ["B'01' x'1F' n'a''b'", ["string B'01'", "string x'1F'", "string n'a''b'"]],
    ["b'a''b'", ["string b'a'", "string 'b'"]],
    ["xe'a'", ["word xe", "string 'a'"]],
    ["u & 'a'", ["word u", "operator &", "string 'a'"]],
    ["'open", ["string 'open"]],
    ["e'open\\", ["string e'open\\"]],
  ])("%s", (text, expected) => {
    expect(tokens(text)).toEqual(expected);
  });

  it("go on after a line break, and keep their backslashes", () => {
    expect(tokens("e'a'\n 'b\\'c' d")).toEqual(["string e'a'\n 'b\\'c'", "word d"]);
    expect(tokens("'a' -- it's\r\n'b'")).toEqual(["string 'a' -- it's\r\n'b'"]);
  });

  it("do not go on without a line break, or over a block comment", () => {
    expect(tokens("'a' 'b'")).toEqual(["string 'a'", "string 'b'"]);
    expect(tokens("'a' /* */\n'b'")).toEqual(["string 'a'", "blockComment /* */", "string 'b'"]);
    expect(tokens("'a' -\n'b'")).toEqual(["string 'a'", "operator -", "string 'b'"]);
  });
});

describe("dollars", () => {
  it.each([
    ["$$a;$b$$ x", ["dollarString $$a;$b$$", "word x"]],
    ["$a$ $b$ $$ $A$ $a$", ["dollarString $a$ $b$ $$ $A$ $a$"]],
    ["$é_1$ $é_1$", ["dollarString $é_1$ $é_1$"]],
    ["$1 $12a$b$", ["parameter $1", "parameter $12", "word a$b$"]],
    ["a$b$ c", ["word a$b$", "word c"]],
    ["$a b$", ["other $", "word a", "word b$"]],
    ["$1$$x;$$", ["parameter $1", "dollarString $$x;$$"]],
    ["$", ["other $"]],
    ["$q$open", ["dollarString $q$open"]],
  ])("%s", (text, expected) => {
    expect(tokens(text)).toEqual(expected);
  });
});

describe("comments and operators", () => {
  it.each([
    ["/* a /* b */ c */ d", ["blockComment /* a /* b */ c */", "word d"]],
    ["/*/**/*/x", ["blockComment /*/**/*/", "word x"]],
    ["a-- b\nc", ["word a", "lineComment -- b", "word c"]],
    ["a-- b\rc", ["word a", "lineComment -- b", "word c"]],
    ["1+--x", ["number 1", "operator +", "lineComment --x"]],
    ["@/*x*/a", ["operator @", "blockComment /*x*/", "word a"]],
    ["a=-1", ["word a", "operator =", "operator -", "number 1"]],
    ["a @- b ?-| c", ["word a", "operator @-", "word b", "operator ?-|", "word c"]],
    [
      "a::b :=c..d[1]",
      [
        "word a",
        "operator ::",
        "word b",
        "operator :=",
        "word c",
        "operator ..",
        "word d",
        "punctuation [",
        "number 1",
        "punctuation ]",
      ],
    ],
    ["\\set {a}", ["other \\", "word set", "other {", "word a", "other }"]],
    ["(a);", ["open (", "word a", "close )", "semicolon ;"]],
    ["/* open", ["blockComment /* open"]],
  ])("%s", (text, expected) => {
    expect(tokens(text)).toEqual(expected);
  });
});

describe("numbers", () => {
  it.each([
    ["1.5e-3 1e5 .5 1. 1_000", ["number 1.5e-3", "number 1e5", "number .5", "number 1.", "number 1_000"]],
    ["1..10", ["number 1", "operator ..", "number 10"]],
    ["0x1F 0b1_0 0o17", ["number 0x1F", "number 0b1_0", "number 0o17"]],
    ["1.5.6", ["number 1.5", "number .6"]],
    ["12ab 1e 1_", ["number 12ab", "number 1e", "number 1_"]],
    ["1e-x", ["number 1e", "operator -", "word x"]],
  ])("%s", (text, expected) => {
    expect(tokens(text)).toEqual(expected);
  });
});

it("takes everything outside ASCII for a letter", () => {
  expect(tokens("é\u00a0😀_1 x")).toEqual(["word é\u00a0😀_1", "word x"]);
});

it("tells that a token is open", () => {
  const open = ["'a", '"a', "$$a", "/* a", "e'a\\'"].map((text) => {
    const lexer = new Lexer(text);
    lexer.next();
    return lexer.isOpen;
  });
  expect(open).toEqual([true, true, true, true, true]);
});

it("begins where it is told to", () => {
  const lexer = new Lexer("a 'b' c", 2);
  expect([lexer.next(), lexer.slice(), lexer.isOpen]).toEqual([true, "'b'", false]);
});
