import { describe, expect, it } from "vitest";
import { versionAbove } from "../../../src/commands/next-version.ts";
import { type Numbered, planNumbers, renumbered } from "../../../src/commands/rebase-plan.ts";
import { parseVersion } from "../../../src/migrations/version.ts";

const NOW = new Date(2026, 0, 31, 12, 30, 59);

const file = (name: string): Numbered => {
  const [raw = "", description = ""] = name.slice(1).split("__");
  return { path: name, name: `${name}.sql`, prefix: "V", version: parseVersion(raw), description };
};

const plan = (fixed: readonly string[], own: readonly string[], outOfOrder = false): readonly string[] =>
  planNumbers({
    own: own.map(file),
    fixed: fixed.map(file),
    outOfOrder,
    above: (raw) => versionAbove(raw, NOW),
  }).map((n) => `${renumbered(n.file, n.version)} ${n.reason} ${n.because}`);

describe("the numbers of rebase", () => {
  it("follow the highest of the main branch, in its style", () => {
    const cases = [
      ["V9__b", "V9__c", "V10__c.sql"],
      ["V009__b", "V008__c", "V010__c.sql"],
      ["V1.9__b", "V1.9__c", "V1.10__c.sql"],
      ["V1_2__b", "V1.2__c", "V1_3__c.sql"],
      ["V2024.01.31.1200__b", "V2024.01.31.1100__c", "V2024.01.31.1201__c.sql"],
      ["V20240301120000__b", "V20240201120000__c", "V20260131123059__c.sql"],
      ["V202403011200__b", "V202402011200__c", "V202601311230__c.sql"],
      ["V20991231235959__b", "V20240201120000__c", "V21000101000000__c.sql"],
      ["V209912312359__b", "V202402011200__c", "V210001010000__c.sql"],
      ["V99999999999999__b", "V20240201120000__c", "V100000000000000__c.sql"],
      ["V4_20240301120000__b", "V4_20240201120000__c", "V5_20260131123059__c.sql"],
    ] as const;
    for (const [theirs, mine, wanted] of cases) expect(plan([theirs], [mine])[0]).toMatch(`${wanted} `);
  });

  it("differ among files that move in one second", () => {
    expect(plan(["V20260131120000__b"], ["V20260131110000__c", "V20260131110001__d"])).toEqual([
      "V20260131123059__c.sql out-of-order V20260131120000__b",
      "V20260131123100__d.sql out-of-order V20260131120000__b",
    ]);
  });

  it("are given in the files' own order, and only where they are needed", () => {
    expect(plan(["V5__a", "V6__b"], ["V20__z", "V8__y", "V7__x", "V5__w"])).toEqual([
      "V7__w.sql version-taken V5__a",
      "V8__x.sql keeps-order V5__w",
      "V9__y.sql keeps-order V7__x",
    ]);
    expect(plan(["V5__a"], ["V6__b", "V9__c"])).toEqual([]);
    expect(plan([], ["V6__b"])).toEqual([]);
  });

  it("part two files of the branch itself", () => {
    expect(plan([], ["V6__b", "V6__c"])).toEqual(["V7__c.sql keeps-order V6__b"]);
  });

  it("collide only when they are equal where lower ones run too", () => {
    expect(plan(["V5__a", "V6__b"], ["V4__c", "V5__d"], true)).toEqual(["V7__d.sql version-taken V5__a"]);
  });
});
