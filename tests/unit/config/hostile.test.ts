// Whatever people write: readers throw nothing but their own failures, and passwords do not show.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GodwitError } from "../../../src/base/errors.ts";
import { parseArguments } from "../../../src/config/arguments.ts";
import { readConnection } from "../../../src/config/connection.ts";
import { displayUrl } from "../../../src/config/parsed-url.ts";
import { parsePgpass } from "../../../src/config/pgpass.ts";
import { readProperties } from "../../../src/config/properties.ts";
import { resolveValue } from "../../../src/config/resolvers.ts";
import { findService } from "../../../src/config/service-file.ts";
import { evaluateShouldExecute } from "../../../src/config/should-execute.ts";
import { readToml } from "../../../src/config/toml.ts";
import { tomlLines } from "../../../src/config/toml-lines.ts";
import { memoryFiles } from "./memory-files.ts";

const seed = 20;
const pieces = (...words: string[]) =>
  fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 4 })), { maxLength: 12 })
    .map((p) => p.join(""));

function onlyOwnFailures(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof GodwitError)) throw error;
  }
}

const connect = (url: string) =>
  readConnection({
    url,
    user: undefined,
    password: undefined,
    jdbcProperties: {},
    env: {},
    directory: "/p",
    home: undefined,
    osUser: "u",
    windows: false,
    files: memoryFiles({}),
  });

describe("hostile text", () => {
  it("does not break the readers of plain text", () => {
    const text = pieces(
      "flyway.",
      "=",
      "\\\n",
      "\n",
      "${A}",
      "${",
      "#",
      "[",
      "]",
      ":",
      "'",
      '"',
      "&&",
      "||",
      "==",
      "(",
      ")",
    );
    fc.assert(
      fc.property(text, (value) => {
        readProperties(value, { A: "\n=" });
        parsePgpass(value);
        findService(value, "a");
        evaluateShouldExecute(value);
        tomlLines(value);
        resolveValue(value, {
          env: {},
          placeholders: {},
          placeholderSeparator: ":",
          git: undefined,
          environment: "default",
        });
      }),
      { seed, numRuns: 500 },
    );
  });

  it("makes no line of a property file count twice", () => {
    fc.assert(
      fc.property(pieces("a=1", "\\", "\n", "# x", " "), (value) => {
        const lines = readProperties(value, undefined).map(({ line }) => line);
        expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b));
      }),
      { seed, numRuns: 300 },
    );
  });

  it("does not break the reading of arguments", () => {
    const argument = pieces(
      "-",
      "=",
      "url",
      "check",
      "code",
      "environments.",
      "dev",
      ".",
      "migrate",
      "outOfOrder",
      "true",
    );
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 6 }), (argv) => {
        const { problems, options } = parseArguments(argv, ["migrate", "check"]);
        expect(problems.every(({ message, advice }) => message !== "" && advice !== "")).toBe(true);
        expect(new Set(options.map(({ key }) => key)).size).toBe(options.length);
      }),
      { seed, numRuns: 500 },
    );
  });

  it("does not break the reading of URLs", () => {
    const url = fc
      .tuple(
        fc.constantFrom(
          "jdbc:postgresql:",
          "jdbc:postgresql://",
          "postgres://",
          "postgresql://",
          "host=",
          "",
        ),
        pieces("@", ":", "/", "?", "&", "=", "%", "[", "]", ",", "host", "5432", "sslmode", "'", "\\", " "),
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(url, (value) => {
        onlyOwnFailures(() => connect(value));
        displayUrl(value);
      }),
      { seed, numRuns: 1000 },
    );
  });

  it("does not break the reading of TOML", async () => {
    const text = pieces(
      "[flyway]\n",
      "[environments.a]\n",
      "url",
      " = ",
      '"x"',
      "'",
      "\n",
      "[",
      "]",
      "{",
      "}",
      "1.5",
      ".",
      '"""',
    );
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        const error = await readToml(value, "f").catch((e: unknown) => e);
        expect(error instanceof Error && !(error instanceof GodwitError)).toBe(false);
      }),
      { seed, numRuns: 300 },
    );
  });
});

describe("a password in a URL", () => {
  const password = fc
    .array(fc.constantFrom(..."abcXYZ019:/@#%+!$~".split("")), { minLength: 6, maxLength: 16 })
    .map((letters) => letters.join(""));

  it.each([
    (p: string) => `postgres://me:${p}@h/db`,
    (p: string) => `postgresql://me:${p}@h1:1,h2:2/db?sslmode=require`,
    (p: string) => `jdbc:postgresql://me:${p}@h:5432/db`,
    (p: string) => `jdbc:postgresql://h/db?user=me&password=${p}`,
    (p: string) => `jdbc:postgresql://h:oops/db?password=${p}`,
    (p: string) => `mysql://me:${p}@h/db`,
    (p: string) => `host=h password=${p} port=oops`,
    (p: string) => `host=h password='${p} x`,
  ])("is never shown (%#)", (write) => {
    fc.assert(
      fc.property(password, (value) => {
        const url = write(value);
        expect(displayUrl(url)).not.toContain(value);
        try {
          const target = connect(url);
          expect(JSON.stringify(target)).not.toContain(value);
        } catch (error) {
          if (!(error instanceof GodwitError)) throw error;
          expect(`${error.message} ${error.advice} ${JSON.stringify(error.details)}`).not.toContain(value);
        }
      }),
      { seed, numRuns: 300 },
    );
  });
});
