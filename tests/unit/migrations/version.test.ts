import { describe, expect, it } from "vitest";
import {
  CURRENT_VERSION,
  compareVersions,
  EMPTY_VERSION,
  equalVersions,
  LATEST_VERSION,
  NEXT_VERSION,
  parseVersion,
  tryParseVersion,
} from "../../../src/migrations/version.ts";
import { failure } from "./project.ts";

const sorted = (texts: readonly string[]) =>
  texts
    .map(parseVersion)
    .sort(compareVersions)
    .map(({ text }) => text);

describe("versions", () => {
  it("keep their text, with underscores turned into dots, and drop trailing zeros from their parts only", () => {
    expect(parseVersion("003")).toEqual({ text: "003", raw: "003", parts: [3], special: undefined });
    expect(parseVersion("1_2")).toEqual({ text: "1.2", raw: "1_2", parts: [1, 2], special: undefined });
    expect(parseVersion("01.0.0")).toEqual({
      text: "01.0.0",
      raw: "01.0.0",
      parts: [1],
      special: undefined,
    });
    expect(parseVersion("0.0")).toEqual({ text: "0.0", raw: "0.0", parts: [0], special: undefined });
    expect(parseVersion("-1")).toEqual({ text: "-1", raw: "-1", parts: [-1], special: undefined });
    expect(parseVersion("+7.5")).toEqual({ text: "+7.5", raw: "+7.5", parts: [7, 5], special: undefined });
  });

  it("are ordered by number, part by part", () => {
    expect(
      sorted([
        "20240101120000",
        "2",
        "10",
        "1.10",
        "1.9",
        "1.0.1",
        "1_2",
        "003",
        "99999999999999999999999",
        "-1",
      ]),
    ).toEqual([
      "-1",
      "1.0.1",
      "1.2",
      "1.9",
      "1.10",
      "2",
      "003",
      "10",
      "20240101120000",
      "99999999999999999999999",
    ]);
  });

  it("are equal when their numbers are", () => {
    expect(equalVersions(parseVersion("1"), parseVersion("01.0.0"))).toBe(true);
    expect(equalVersions(parseVersion("1.0.1"), parseVersion("1.1"))).toBe(false);
    expect(equalVersions(undefined, undefined)).toBe(true);
    expect(equalVersions(undefined, parseVersion("1"))).toBe(false);
    expect(
      compareVersions(parseVersion("99999999999999999999999"), parseVersion("99999999999999999999999.0")),
    ).toBe(0);
  });

  it("include the words current, next and latest in any case, and Java's largest long for latest", () => {
    expect(parseVersion("Current")).toBe(CURRENT_VERSION);
    expect(parseVersion("NEXT")).toBe(NEXT_VERSION);
    expect(parseVersion("latest")).toBe(LATEST_VERSION);
    expect(parseVersion("9223372036854775807")).toBe(LATEST_VERSION);
    expect(parseVersion("9223372036854775808").special).toBeUndefined();
  });

  it("have an order among the special ones too", () => {
    const one = parseVersion("1");
    const order = [EMPTY_VERSION, CURRENT_VERSION, one, NEXT_VERSION, LATEST_VERSION];
    expect([...order].reverse().sort(compareVersions)).toEqual(order);
    for (const version of order) expect(compareVersions(version, version)).toBe(0);
  });

  it.each(["", "1a", "2_x", ".8", "13.", "_12", "1..2", "1.-2", "--1", "1 ", "abc", "1,2", "٣"])(
    "refuse %j",
    (text) => {
      expect(tryParseVersion(text)).toBeUndefined();
      const { code, message, advice } = failure(() => parseVersion(text));
      expect({ code, message, advice }).toEqual({
        code: "ERROR",
        message: `"${text}" is not a version.`,
        advice: "Write digits, with dots or underscores between them: 7, 1.2 or 2024_01_31_1200.",
      });
    },
  );
});
