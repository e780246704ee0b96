import { describe, expect, it } from "vitest";
import { GodwitError } from "../../../src/base/errors.ts";
import { readScriptConfig } from "../../../src/config/script-config.ts";
import { evaluateShouldExecute } from "../../../src/config/should-execute.ts";

const read = (text: string, placeholders: Record<string, string> = {}) =>
  readScriptConfig(text, "db/V1__a.sql.conf", {
    env: { STAGE: "prod" },
    replacePlaceholders: (value) =>
      value.replace(/\$\{([a-z]+)\}/g, (whole, name: string) => placeholders[name] ?? whole),
  });

const failure = (text: string) => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof GodwitError) return error;
  }
  throw new Error("no failure");
};

const nothing = {
  executeInTransaction: undefined,
  placeholderReplacement: undefined,
  encoding: undefined,
  shouldExecute: undefined,
};

describe("a script configuration file", () => {
  it.each([
    ["says nothing when it is empty", "# nothing\n", nothing],
    [
      "switches the transaction off",
      "executeInTransaction=false",
      { ...nothing, executeInTransaction: false },
    ],
    [
      "takes booleans in any case",
      "placeholderReplacement = TRUE",
      { ...nothing, placeholderReplacement: true },
    ],
    ["names an encoding", "encoding: ISO-8859-1", { ...nothing, encoding: "ISO-8859-1" }],
    [
      "takes the last of two",
      "executeInTransaction=false\nexecuteInTransaction=true",
      { ...nothing, executeInTransaction: true },
    ],
    [
      "puts environment variables in",
      "shouldExecute=${STAGE}==prod",
      { ...nothing, shouldExecute: { expression: "${STAGE}==prod", value: true } },
    ],
    [
      "has its own waits and times",
      "godwit.lockTimeout=3s\ngodwit.lockTimeoutRetries=5\ngodwit.waitForGap=0",
      { ...nothing, timing: { lockTimeoutMs: 3000, lockTimeoutRetries: 5, waitForGapMs: 0 } },
    ],
  ])("%s", (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it("keeps the expression as it was written", () => {
    expect(
      read("shouldExecute=${stage}==prod && \\\n  ${x}!=y", { stage: "prod", x: "y" }).shouldExecute,
    ).toEqual({
      expression: "${stage}==prod && ${x}!=y",
      value: false,
    });
  });

  it("tells an unknown key with its place", () => {
    const error = failure("\nexecuteInTransactions=false");
    expect(error.code).toBe("CONFIGURATION");
    expect(error.message).toBe(
      "db/V1__a.sql.conf:2: executeInTransactions is not a setting of a script. Did you mean executeInTransaction?",
    );
    expect(error.advice).toBe(
      "A script's configuration knows executeInTransaction, placeholderReplacement, encoding, shouldExecute, godwit.lockTimeout, godwit.lockTimeoutRetries, godwit.statementTimeout, godwit.waitForGap.",
    );
    expect(error.place).toEqual({ file: "db/V1__a.sql.conf", line: 2, column: 1 });
  });

  it("tells everything that is wrong", () => {
    expect(failure("foo=1\nexecuteInTransaction=no\nshouldExecute=a &&").message).toBe(
      [
        "3 things are wrong:",
        "  db/V1__a.sql.conf:1: foo is not a setting of a script.",
        '  db/V1__a.sql.conf:2: executeInTransaction is "no"; expected true or false.',
        '  db/V1__a.sql.conf:3: shouldExecute cannot be evaluated: "a" is neither true nor false nor a comparison (at character 1 of: a &&).',
      ].join("\n"),
    );
  });
});

describe("shouldExecute", () => {
  it.each([
    ["true", true],
    ["FALSE", false],
    ["a==a", true],
    ["a == b", false],
    ["a!=b", true],
    ["one two == one two", true],
    ["==", true],
    ["==x", false],
    ["a!=", true],
    ["true||false&&false", true],
    ["(true||false)&&false", false],
    ["a==b||c==c&&d==d", true],
    ["a==a&&b==c", false],
    ["((a==a))", true],
    ['"a && b"=="a && b"', true],
    ['" a"==a', false],
    ["a==true", false],
    ["x-1.2==x-1.2", true],
  ])("%s is %s", (expression, value) => {
    expect(evaluateShouldExecute(expression)).toEqual({ ok: true, value });
  });

  it.each([
    ["", "a value is expected before the end", 1],
    ["a", '"a" is neither true nor false nor a comparison', 1],
    ["a==b &&", "a value is expected before the end", 8],
    ["(a==b", "a parenthesis is not closed", 1],
    ["a==b)", ") is not expected here", 5],
    ["a==b==c", "== is not expected here", 5],
    ['"a==b', "a quote is not closed", 1],
    ["true (false)", "( is not expected here", 6],
  ])("%s is not evaluable", (expression, message, position) => {
    expect(evaluateShouldExecute(expression)).toEqual({ ok: false, message, position });
  });
});
