// Placeholders mean what they mean in Flyway 13.
import { describe, expect, it } from "vitest";
import { GodwitError } from "../../../src/base/errors.ts";
import {
  type PlaceholderOptions,
  replacePlaceholders,
  replaceScriptPlaceholders,
} from "../../../src/sql/placeholders.ts";

const options: PlaceholderOptions = {
  prefix: "${",
  suffix: "}",
  separator: ":",
  values: { name: "value", empty: "", dollar: "${name}", "flyway:table": "history", "a.b c": "odd" },
  file: "V1__a.sql",
};

const replace = (text: string, changes: Partial<PlaceholderOptions> = {}): string =>
  replacePlaceholders(text, { ...options, ...changes }).text;

function failure(action: () => unknown): GodwitError {
  try {
    action();
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("did not fail");
}

describe("replacing", () => {
  it.each([
    ["select '${name}' -- ${name}", "select 'value' -- value"],
    ["${NAME}${Name}", "valuevalue"],
    ["a${empty}b", "ab"],
    ["${dollar}", "${name}"],
    ["${flyway:TABLE}", "history"],
    ["${a.b c}", "odd"],
    ["$ { } $name} {name}", "$ { } $name} {name}"],
    ["$${name}", "$value"],
    ["${name}}", "value}"],
  ])("%s", (text, expected) => {
    expect(replace(text)).toBe(expected);
  });

  it("goes by the prefix and suffix set", () => {
    expect(replace("##name## ${x}", { prefix: "##", suffix: "##" })).toBe("value ${x}");
  });

  it("gives the very text back when there is nothing to do", () => {
    const text = "select 1";
    const replaced = replacePlaceholders(text, options);
    expect([replaced.text, replaced.toOriginal(3)]).toEqual([text, 3]);
  });

  it("knows where in the file each character stood", () => {
    const { text, toOriginal } = replacePlaceholders("ab${name}c${empty}d", options);
    expect(text).toBe("abvaluecd");
    expect([...text, ""].map((_, i) => toOriginal(i))).toEqual([0, 1, 2, 2, 2, 2, 2, 9, 18, 19]);
  });
});

describe("failing", () => {
  it("names the placeholder without a value, and its place", () => {
    const error = failure(() => replace("select 1;\nselect '😀${nope}'"));
    expect([error.code, error.message, error.place, error.details]).toEqual([
      "ERROR",
      "The placeholder ${nope} has no value.",
      { file: "V1__a.sql", line: 2, column: 10 },
      { placeholder: "nope" },
    ]);
    expect(error.advice).toContain("flyway.placeholders.nope=");
  });

  it("does not ask for a value of a built-in one", () => {
    expect(failure(() => replace("${flyway:nope}")).advice).toBe(
      "It is not one of the built-in placeholders. Check its spelling.",
    );
  });

  it("takes all up to the first suffix for the name", () => {
    expect(failure(() => replace("${a${name}")).message).toBe("The placeholder ${a${name} has no value.");
  });

  it("tells where a placeholder without an end begins", () => {
    const error = failure(() => replace("select '${name';\n"));
    expect([error.message, error.place]).toEqual([
      "A placeholder begins with ${ but never ends with }.",
      { file: "V1__a.sql", line: 1, column: 9 },
    ]);
  });

  it("does not take what every object has for a value", () => {
    expect(failure(() => replace("${constructor}")).code).toBe("ERROR");
  });

  it("refuses an empty prefix or suffix", () => {
    expect(failure(() => replace("a", { prefix: "" })).code).toBe("CONFIGURATION");
    expect(failure(() => replace("a", { suffix: "" })).code).toBe("CONFIGURATION");
  });
});

describe("scripts", () => {
  const script = { ...options, prefix: "FP__", suffix: "__" };

  it("write placeholders as environment variables", () => {
    expect(replaceScriptPlaceholders("echo FP__name__ FP__flyway_table__", script).text).toBe(
      "echo value history",
    );
  });

  it("fail for a name without a value", () => {
    expect(failure(() => replaceScriptPlaceholders("FP__nope__", script)).message).toBe(
      "The placeholder FP__nope__ has no value.",
    );
  });
});
