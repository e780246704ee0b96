import { describe, expect, it } from "vitest";
import { type Recorded, type RecordedState, recordTable } from "../../../src/engine/progress-record.ts";
import { progressText } from "../../../src/engine/progress-words.ts";

const row = (statement: number, state: RecordedState): Recorded => ({
  script: "V2__m.sql",
  statement,
  total: 5,
  line: statement * 2,
  digest: "",
  summary: "",
  state,
  note: undefined,
  since: "",
});

describe("how far a file has come", () => {
  it.each([
    [
      [row(1, "done"), row(2, "done"), row(3, "begun")],
      false,
      "2 of 5 statements done, statement 3 at line 6 was interrupted",
    ],
    [[row(1, "done"), row(2, "failed")], false, "1 of 5 statements done, statement 2 at line 4 failed"],
    [[row(1, "done"), row(2, "begun")], true, "1 of 5 statements done, statement 2 at line 4 is running"],
    [[row(1, "done")], false, "1 of 5 statements done, migrate goes on at statement 2"],
    [[row(1, "done")], true, "1 of 5 statements done, a run is under way"],
    [
      [1, 2, 3, 4, 5].map((n) => row(n, "done")),
      false,
      "5 of 5 statements done, only its history row is missing",
    ],
    [[], false, undefined],
  ] as const)("is said in words (%#)", (rows, isUnderWay, text) => {
    expect(progressText(rows, isUnderWay)).toBe(text);
  });
});

describe("the table of the record", () => {
  it("stands beside the history, its name cut to what the server allows", () => {
    expect(recordTable({ schema: "app", name: "flyway_schema_history" })).toBe(
      '"app"."flyway_schema_history_godwit"',
    );
    expect(recordTable({ schema: "app", name: "x".repeat(63) })).toBe(`"app"."${"x".repeat(56)}_godwit"`);
    expect(recordTable({ schema: "app", name: "é".repeat(30) })).toBe(`"app"."${"é".repeat(28)}_godwit"`);
  });
});
