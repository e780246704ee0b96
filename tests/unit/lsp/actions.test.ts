import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { fixAll, type Target, wants } from "../../../src/lsp/actions.ts";

const target: Target = {
  uri: "file:///a.sql",
  version: 3,
  abilities: { documentChanges: false, snippets: false },
};

const editsOf = (before: string, after: string) =>
  fixAll(before, after, target)[0]?.edit?.changes?.[target.uri] ?? [];

describe("the action that fixes a file", () => {
  it("leads from one text to the other", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "\n", "\r\n", "😀", "𝒳"), { maxLength: 12 })
      .map((p) => p.join(""));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const document = TextDocument.create(target.uri, "sql", 3, before);
        expect(TextDocument.applyEdits(document, editsOf(before, after))).toBe(after);
      }),
      { numRuns: 2000 },
    );
  });

  it("touches only lines that differ", () => {
    expect(editsOf("a\nb\nc\nd\n", "a\nB\nc\nd\n")).toEqual([
      { range: { start: { line: 1, character: 0 }, end: { line: 2, character: 0 } }, newText: "B\n" },
    ]);
  });

  it("is none when nothing would change", () => {
    expect(fixAll("a", "a", target)).toEqual([]);
  });
});

describe("kinds that are asked for", () => {
  it("stand for their sub-kinds", () => {
    expect(wants(undefined, "quickfix")).toBe(true);
    expect(wants(["source"], "source.fixAll.godwit")).toBe(true);
    expect(wants(["source.fixAll"], "source.fixAll.godwit")).toBe(true);
    expect(wants(["source.fixAllOthers"], "source.fixAll.godwit")).toBe(false);
    expect(wants(["refactor"], "quickfix")).toBe(false);
    expect(wants([""], "quickfix")).toBe(true);
  });
});
