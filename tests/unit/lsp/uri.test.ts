import { describe, expect, it } from "vitest";
import { isWithin, keyOf, pathOf, uriOf } from "../../../src/lsp/uri.ts";

describe("URIs of files", () => {
  it.each([
    ["file:///c%3A/a%20b/V1__%C3%A9.sql", "c:\\a b\\V1__é.sql"],
    ["file:///C:/a%20b/V1__é.sql", "C:\\a b\\V1__é.sql"],
    ["file://server/share/V1__a.sql", "\\\\server\\share\\V1__a.sql"],
  ])("are paths of Windows: %s", (uri, path) => {
    expect(pathOf(uri, true)).toBe(path);
  });

  it("name one file however they are written", () => {
    const keys = ["file:///c%3A/A/b.sql", "file:///C:/a/B.sql"].map((uri) =>
      keyOf(pathOf(uri, true) ?? "", true),
    );
    expect(keys).toEqual(["c:\\a\\b.sql", "c:\\a\\b.sql"]);
    expect(keyOf("C:/a\\b.sql", true)).toBe("c:\\a\\b.sql");
    expect(keyOf("/A/b.sql", false)).toBe("/A/b.sql");
  });

  it("come back from paths", () => {
    expect(uriOf("C:\\a b\\é#1.sql", true)).toBe("file:///C:/a%20b/%C3%A9%231.sql");
    expect(pathOf(uriOf("/a b/é#%.sql", false), false)).toBe("/a b/é#%.sql");
  });

  it("are none for documents that are no files", () => {
    for (const uri of ["untitled:Untitled-1", "git:/a.sql?x", "file:///%zz", "file:///a%2Fb", ""])
      expect(pathOf(uri, false)).toBeUndefined();
    expect(pathOf("file:///no/drive", true)).toBeUndefined();
  });
});

describe("a folder", () => {
  it("holds itself and what is below it, and not its neighbours", () => {
    expect(isWithin("/a/b", "/a/b", false)).toBe(true);
    expect(isWithin("/a/b/c", "/a/b", false)).toBe(true);
    expect(isWithin("/a/bc", "/a/b", false)).toBe(false);
    expect(isWithin("/a", "/", false)).toBe(true);
    expect(isWithin("c:\\A\\b.sql", "C:\\a", true)).toBe(true);
  });
});
