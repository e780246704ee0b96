// Hostile SQL: nothing is lost, pieces make no difference, and PostgreSQL's own lexer and parser agree.
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { GodwitError } from "../../src/base/errors.ts";
import { lineColumnAt } from "../../src/base/place.ts";
import { isWideSpace } from "../../src/sql/characters.ts";
import { Kind, tokenize } from "../../src/sql/lex.ts";
import { type PlaceholderOptions, replacePlaceholders } from "../../src/sql/placeholders.ts";
import { splitStatements } from "../../src/sql/split.ts";
import type { Statement } from "../../src/sql/statement.ts";
import { StatementStream } from "../../src/sql/stream.ts";
import { summarize } from "../../src/sql/summary.ts";
import { transactionNeed } from "../../src/sql/transactional.ts";
import { cutText, script, soup } from "./arbitrary-sql.ts";
import { loadJudge, parsedRanges, type Range, scannedRanges } from "./judge.ts";
import { splitByTokens } from "./token-splitter.ts";

const runs = { seed: 20, numRuns: 3000 };

beforeAll(loadJudge);

/** The value, or the failure as a value. */
function attempt<T>(
  action: () => T,
): T | { readonly code: string; readonly message: string; readonly place: unknown } {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof GodwitError)) throw error;
    return { code: error.code, message: error.message, place: error.place };
  }
}

describe("tokens", () => {
  it("joined give the text back", () => {
    fc.assert(
      fc.property(soup, (text) => {
        const tokens = tokenize(text);
        expect(tokens.map((t) => text.slice(t.start, t.end)).join("")).toBe(text);
        expect(tokens.every((t) => t.end > t.start)).toBe(true);
      }),
      runs,
    );
  });

  it("are those of PostgreSQL's lexer, where it takes the text", () => {
    let compared = 0;
    const check = (text: string): void => {
      const theirs = scannedRanges(text);
      if (theirs === undefined) return;
      compared++;
      expect(comparable(text)).toEqual(theirs);
    };
    fc.assert(fc.property(soup, check), runs);
    fc.assert(fc.property(script, check), { ...runs, numRuns: 500 });
    expect(compared).toBeGreaterThan(800);
  });
});

describe("statements", () => {
  it("and the gaps between them are the text, and gaps hold only blanks, comments and semicolons", () => {
    fc.assert(
      fc.property(soup, (text) => {
        const statements = attempt(() => splitStatements(text));
        if (!Array.isArray(statements)) return;
        let end = 0;
        for (const statement of statements as readonly Statement[]) {
          expect(statement.text).toBe(text.slice(statement.start, statement.end));
          expect(statement).toMatchObject(lineColumnAt(text, statement.start));
          expectGap(text.slice(end, statement.start));
          end = statement.copyData === undefined ? statement.end : afterCopy(text, statement);
        }
        expectGap(text.slice(end));
      }),
      runs,
    );
  });

  it("are those that the tokens give", () => {
    fc.assert(
      fc.property(fc.oneof(soup, script), (text) => {
        const statements = attempt(() => splitStatements(text).map((s) => [s.text, s.copyData]));
        if (Array.isArray(statements)) expect(statements).toEqual(splitByTokens(text));
      }),
      runs,
    );
  });

  it("are those of PostgreSQL's parser", () => {
    let compared = 0;
    fc.assert(
      fc.property(script, (text) => {
        const theirs = parsedRanges(text);
        if (theirs === undefined) return;
        compared++;
        expect(splitStatements(text).map(({ start, end }) => ({ start, end }))).toEqual(theirs);
      }),
      runs,
    );
    // Most of what is made is good SQL; else this would prove nothing.
    expect(compared).toBeGreaterThan(0.9 * runs.numRuns);
  });

  it("of soup that happens to parse are those of the parser too", () => {
    fc.assert(
      fc.property(soup, (text) => {
        const theirs = parsedRanges(text);
        if (theirs === undefined || /copy/i.test(text)) return;
        expect(splitStatements(text).map(({ start, end }) => ({ start, end }))).toEqual(theirs);
      }),
      runs,
    );
  });

  it("come out of a stream as out of the whole text", () => {
    fc.assert(
      fc.property(cutText(fc.oneof(soup, script)), (pieces) => {
        const whole = attempt(() => withData(pieces.join("")));
        expect(attempt(() => streamed(pieces, undefined))).toEqual(whole);
      }),
      runs,
    );
  });

  it("can be judged and told in a line", () => {
    fc.assert(
      fc.property(soup, fc.nat({ max: 60 }), (text, width) => {
        for (const statement of [{ text, words: [] }, ...listOf(attempt(() => splitStatements(text)))]) {
          transactionNeed(statement, 150000);
          const line = summarize(statement.text, width);
          expect([...line].length).toBeLessThanOrEqual(Math.max(width, 3));
        }
      }),
      { ...runs, numRuns: 1000 },
    );
  });
});

describe("placeholders", () => {
  const options: PlaceholderOptions = {
    prefix: "${",
    suffix: "}",
    separator: ":",
    values: { a: "A;\n${a}", ab: "", "": "'😀", é: "\r\n" },
    file: "V1__x.sql",
  };

  it("in a stream give the same statements at the same places as in the whole text", () => {
    fc.assert(
      fc.property(cutText(soup), (pieces) => {
        const text = pieces.join("");
        const whole = attempt(() => {
          const replaced = replacePlaceholders(text, options);
          return withData(replaced.text).map((s) => ({
            ...s,
            place: lineColumnAt(text, replaced.toOriginal(s.start)),
          }));
        });
        const stream = attempt(() => streamed(pieces, options));
        // The stream meets a fault of the COPY data before it meets one of a placeholder further on.
        if (!Array.isArray(whole) && !Array.isArray(stream)) return;
        expect(stream).toEqual(whole);
      }),
      runs,
    );
  });
});

/** Our tokens as libpg_query's: without blanks; N'..' is two there; it ends a string before a comment. */
function comparable(text: string): readonly Range[] {
  return tokenize(text).flatMap(({ kind, start, end }) => {
    if (kind === Kind.space) return [];
    if (kind === Kind.string && /^n/i.test(text.charAt(start))) {
      return [
        { start, end: start + 1 },
        { start: start + 1, end },
      ];
    }
    return [{ start, end }];
  });
}

const listOf = <T>(value: readonly T[] | object): readonly T[] => (Array.isArray(value) ? value : []);

function expectGap(text: string): void {
  const gap = [...text].map((c) => (isWideSpace(c.charCodeAt(0)) ? " " : c)).join("");
  const kinds: readonly Kind[] = [Kind.space, Kind.lineComment, Kind.blockComment, Kind.semicolon];
  expect(tokenize(gap).filter((t) => !kinds.includes(t.kind))).toEqual([]);
}

/** Behind the line that ends the data. */
function afterCopy(text: string, { copyData, end }: Statement): number {
  const newline = text.indexOf("\n", text.indexOf("\\.", Math.max(copyData?.end ?? 0, end)));
  return newline === -1 ? text.length : newline + 1;
}

type Plain = Omit<Statement, "copyData"> & { readonly data: string | undefined };

const withData = (text: string): readonly Plain[] =>
  splitStatements(text).map(({ copyData, ...s }) => ({
    ...s,
    data: copyData === undefined ? undefined : text.slice(copyData.start, copyData.end),
  }));

function streamed(pieces: readonly string[], options: PlaceholderOptions | undefined): readonly Plain[] {
  const stream = new StatementStream(options);
  const list: (Plain & { place?: object })[] = [];
  for (const item of [...pieces.flatMap((piece) => stream.push(piece)), ...stream.finish()]) {
    if (item.kind === "statement") {
      const { startsCopy, copyData: _, ...s } = item.statement;
      const place = options === undefined ? {} : { place: item.statement.placeInFile() };
      list.push({ ...s, data: startsCopy ? "" : undefined, ...place });
    } else if (item.kind === "copy-data") {
      const last = list.at(-1);
      if (last !== undefined) list[list.length - 1] = { ...last, data: `${last.data}${item.text}` };
    }
  }
  return list;
}
