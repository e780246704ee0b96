// Java's regular expressions against what java.util.regex (Java 17) itself found: places as start-end, by text; null
// where it refused the pattern.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { javaRegex } from "../../../src/lint/java-regex.ts";

interface Recorded {
  readonly pattern: string;
  readonly texts: Readonly<Record<string, string | null>>;
}

const RECORDED: readonly Recorded[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "java-regex.json"), "utf8"),
);
/** Refused though Java takes them. */
const NOT_SUPPORTED = [String.raw`\p{javaLowerCase}`, String.raw`\p{InGreek}`];

function spans(pattern: string, text: string): string | null {
  try {
    return [...text.matchAll(javaRegex(pattern))].map((m) => `${m.index}-${m.index + m[0].length}`).join(",");
  } catch {
    return null;
  }
}

describe("a regular expression of Java", () => {
  it("finds what Java finds, where it does", () => {
    const known = RECORDED.filter(({ pattern }) => !NOT_SUPPORTED.includes(pattern));
    const found = known.map(({ pattern, texts }) => ({
      pattern,
      texts: Object.fromEntries(Object.keys(texts).map((text) => [text, spans(pattern, text)])),
    }));
    expect(found).toEqual(known);
    expect(known.length).toBeGreaterThan(100);
  });

  it("is refused with a reason when JavaScript cannot say it", () => {
    const reasonOf = (pattern: string): string => {
      try {
        return String(javaRegex(pattern));
      } catch (error) {
        return error instanceof Error ? error.message : "";
      }
    };
    expect(
      [...NOT_SUPPORTED, String.raw`\Ga`, String.raw`\b{g}`, "(?U)a", "a)", "*a", "(a"].map(reasonOf),
    ).toEqual([
      String.raw`\p{javaLowerCase} is not supported (at character 18)`,
      String.raw`\p{InGreek} is not supported (at character 12)`,
      String.raw`\G is not supported (at character 3)`,
      String.raw`\b{g} is not supported (at character 6)`,
      "(?U is not supported (at character 4)",
      "a closing parenthesis has no opening one (at character 2)",
      "nothing stands before * (at character 1)",
      "a parenthesis is not closed (at character 3)",
    ]);
  });
});
