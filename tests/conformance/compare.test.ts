// The judge itself: what it lets pass, and what it does not.
import { describe, expect, test } from "vitest";
import { compare } from "./compare.ts";
import { type Json, normalise } from "./normalise.ts";
import type { Recording } from "./play.ts";

const names = { project: "/tmp/p", database: "db_1" };

const recording = (json: Json, more: Partial<Recording> = {}): Recording => ({
  id: "1",
  title: "t",
  steps: [{ step: "info", exit: 0, json }],
  catalog: [],
  rows: [],
  ...more,
});

describe("compare", () => {
  test("lets a document have keys that Flyway's lacks", () => {
    expect(compare(recording({ a: 1 }), recording({ a: 1, b: 2 }))).toEqual([]);
  });

  test("tells a missing key, a changed value and a list of another length", () => {
    expect(compare(recording({ a: 1, b: [1], c: null }), recording({ a: 2, b: [1, 2] }))).toEqual([
      { at: "step 1 (info) json.a", expected: "1", actual: "2" },
      { at: "step 1 (info) json.b", expected: "[1]", actual: "[1,2]" },
      { at: "step 1 (info) json.c", expected: "null", actual: "<no key>" },
    ]);
  });

  test("tells a row of the history that only one of them has", () => {
    const withRows = { ...recording(null), steps: [{ step: "migrate", exit: 0, history: { h: ["1|1"] } }] };
    const without = { ...recording(null), steps: [{ step: "migrate", exit: 0 }] };
    expect(compare(withRows, without)).toEqual([
      { at: "step 1 (migrate) history", expected: '{"h":["1|1"]}', actual: "null" },
    ]);
    expect(compare(without, withRows)).toEqual([
      { at: "step 1 (migrate) history", expected: "null", actual: '{"h":["1|1"]}' },
    ]);
  });

  test("tells catalog lines that are missing or surplus, counting those that stand twice", () => {
    const differences = compare(
      recording(null, { catalog: ["a", "b", "b"] }),
      recording(null, { catalog: ["a", "b", "c"] }),
    );
    expect(differences).toEqual([{ at: "catalog", expected: "b", actual: "c" }]);
  });

  test("tells the exit code of one of several runs", () => {
    const both = (exit: number): Recording => ({
      ...recording(null),
      steps: [{ step: "together", runs: [{ step: "migrate", exit }] }],
    });
    expect(compare(both(0), both(1))).toEqual([
      { at: "step 1 (together) run 1 exit", expected: "0", actual: "1" },
    ]);
  });
});

describe("normalise", () => {
  test("keeps that there is a sentence, a time, a path, and not which", () => {
    const document = {
      database: "db_1",
      timestamp: "2020-01-01T00:00:00Z",
      warnings: ["careful"],
      migrations: [{ filepath: "/tmp/p/sql/V1__a.sql", executionTime: 7, installedOnUTC: "" }],
      error: { errorCode: "FAULT", message: "no", cause: { message: "why" } },
    };
    expect(normalise(document, names)).toEqual({
      database: "<database>",
      timestamp: "<time>",
      warnings: ["<sentence>"],
      migrations: [{ filepath: "<project>/sql/V1__a.sql", executionTime: "<ms>", installedOnUTC: "" }],
      error: { errorCode: "FAULT", message: "<sentence>", cause: "<java>" },
    });
  });
});
