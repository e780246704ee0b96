// From a server's error to the file. Positions and contexts are as PostgreSQL 15 gives them for these statements.
import { describe, expect, it } from "vitest";
import type { SqlErrorFields } from "../../../src/base/errors.ts";
import { lineColumnAt } from "../../../src/base/place.ts";
import { replacePlaceholders } from "../../../src/sql/placeholders.ts";
import {
  copyLineOfError,
  offsetOfError,
  offsetOfPosition,
  placeInStatement,
} from "../../../src/sql/position.ts";
import { splitStatements } from "../../../src/sql/split.ts";

function place(sql: string, index: number, fields: Partial<SqlErrorFields>): readonly [number, number] {
  const options = {
    prefix: "${",
    suffix: "}",
    separator: ":",
    values: { t: "a_longer_name", nl: "\n\n" },
    file: "f",
  };
  const replaced = replacePlaceholders(sql, options);
  const statement = splitStatements(replaced.text)[index];
  if (statement === undefined) throw new Error("no such statement");
  const error = { sqlState: "42601", severity: "ERROR", message: "", ...fields };
  const { line, column } = lineColumnAt(sql, replaced.toOriginal(offsetOfError(statement, error)));
  return [line, column];
}

describe("the place of an error", () => {
  it("is the server's position, counted in code points", () => {
    expect(place("select 1;\nselect '😀é',\n  nope;", 1, { position: 16 })).toEqual([3, 3]);
  });

  it("is told in the file's own columns when placeholders came before", () => {
    expect(place("select * from ${t}, ${nl} nope", 0, { position: 33 })).toEqual([1, 27]);
    expect(place("${nl}select 1;\nselect nope from ${t}", 1, { position: 8 })).toEqual([2, 8]);
  });

  it("inside a value is that of the placeholder", () => {
    expect(place("select * from ${t}", 0, { position: 18 })).toEqual([1, 15]);
  });

  it("is the start of the statement when the server gives none", () => {
    expect(place("select 1;\n  -- c\n  select 2", 1, {})).toEqual([3, 3]);
  });

  it("of a query in a DO block is in the block", () => {
    const sql = "select 1;\nDO $$ BEGIN\n  INSERT INTO nope VALUES (1);\nEND $$;";
    const where = "PL/pgSQL function inline_code_block line 2 at SQL statement";
    expect(
      place(sql, 1, { internalQuery: "INSERT INTO nope VALUES (1)", internalPosition: 13, where }),
    ).toEqual([3, 15]);
  });

  it("of a query that the block does not hold as it is, is the line of the block", () => {
    const sql = "DO '\nDECLARE x int;\nBEGIN\n  x := ''a'' || nope;\nEND'";
    const where = "PL/pgSQL function inline_code_block line 4 at assignment";
    expect(place(sql, 0, { internalQuery: "x := 'a' || nope", internalPosition: 13, where })).toEqual([4, 3]);
  });

  it("of a RAISE in a DO block is its line, whatever the server's language", () => {
    const sql = "select 1;\n\nDO $body$\nBEGIN\n\tRAISE EXCEPTION 'x';\nEND $body$;";
    const where = "PL/pgSQL-Funktion inline_code_block Zeile 3 bei RAISE";
    expect(place(sql, 1, { where })).toEqual([5, 2]);
  });

  it("in a function that the block calls is where the block calls it", () => {
    const where =
      'SQL statement "SELECT f()"\nPL/pgSQL function f() line 9 at RAISE\nPL/pgSQL function inline_code_block line 2 at PERFORM';
    expect(place("DO $$ BEGIN\n  PERFORM f();\nEND $$", 0, { where })).toEqual([2, 3]);
  });

  it("never lies behind the statement", () => {
    expect(offsetOfPosition({ text: "select", start: 5 }, 100)).toBe(11);
    expect(place("DO $$ BEGIN END $$", 0, { where: "inline_code_block line 99" })).toEqual([1, 6]);
  });
});

it("gives the place of a position in the script", () => {
  const [, statement] = splitStatements("a;\n  bé\nc");
  if (statement === undefined) throw new Error("no statement");
  expect(placeInStatement(statement, 2)).toEqual({ offset: 6, place: { line: 2, column: 4 } });
  expect(placeInStatement(statement, 4)).toEqual({ offset: 8, place: { line: 3, column: 1 } });
});

it("reads the line of COPY's data", () => {
  expect(copyLineOfError({ where: 'COPY c, line 2, column a: "x"' })).toBe(2);
  expect(copyLineOfError({ where: "SQL function f" })).toBeUndefined();
  expect(copyLineOfError({})).toBeUndefined();
});
