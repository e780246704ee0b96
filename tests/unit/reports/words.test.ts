import { describe, expect, it } from "vitest";
import { count, duration, fullName, listed, listedUpTo } from "../../../src/reports/words.ts";

describe("duration", () => {
  it.each([
    [0, "0 ms"],
    [0.4, "0 ms"],
    [999.4, "999 ms"],
    [1000, "1.00 s"],
    [9994, "9.99 s"],
    [9995, "10.0 s"],
    [59_949, "59.9 s"],
    [59_950, "1 min"],
    [83_400, "1 min 23 s"],
    [3_599_499, "59 min 59 s"],
    [3_599_500, "1 h"],
    [3_900_000, "1 h 5 min"],
  ])("of %d ms is %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

describe("words", () => {
  it("count and list", () => {
    expect(count(1, "file")).toBe("1 file");
    expect(count(2, "file is", "files are")).toBe("2 files are");
    expect(listed([])).toBe("");
    expect(listed(["a"])).toBe("a");
    expect(listed(["a", "b", "c"])).toBe("a, b and c");
    expect(listedUpTo(["a", "b", "c"], 3)).toBe("a, b and c");
    expect(listedUpTo(["a", "b", "c", "d"], 2)).toBe("a, b and 2 more");
  });

  it("name migrations by kind", () => {
    expect(fullName({ kind: "versioned", version: "1.1", description: "View" })).toBe("V1.1 View");
    expect(fullName({ kind: "repeatable", version: "", description: "Grants" })).toBe("R Grants");
    expect(fullName({ kind: "undo", version: "3", description: "" })).toBe("U3");
  });
});
