import { describe, expect, it } from "vitest";
import { utcReader } from "../../../src/engine/installed-on.ts";

describe("the time of a history row", () => {
  it("is an instant with as many digits as Java prints, also when the second was met before", () => {
    const read = utcReader();
    const local = new Date(2026, 1, 3, 4, 5, 6).toISOString().slice(0, 19);
    expect(read("2026-02-03 04:05:06")).toBe(`${local}Z`);
    expect(read("2026-02-03 04:05:06.5")).toBe(`${local}.500Z`);
    expect(read("2026-02-03 04:05:06.000001")).toBe(`${local}.000001Z`);
    expect(read("2026-02-03 04:05:06.12")).toBe(`${local}.120Z`);
    const later = new Date(2026, 6, 3, 4, 5, 7).toISOString().slice(0, 19);
    expect(read("2026-07-03 04:05:07.123456")).toBe(`${later}.123456Z`);
  });

  it("is nothing for what is no time of day", () => {
    expect(utcReader()("infinity")).toBe("");
    expect(utcReader()("")).toBe("");
  });
});
