// What a server of a version has.
import { describe, expect, it } from "vitest";
import { hasFeature } from "../../../src/server/features.ts";

describe("a feature", () => {
  it("is there from its version on", () => {
    expect(hasFeature({ serverVersion: 140022 }, "databaseStrategy")).toBe(false);
    expect(hasFeature({ serverVersion: 150000 }, "databaseStrategy")).toBe(true);
    expect(hasFeature({ serverVersion: 180004 }, "virtualColumns")).toBe(true);
  });
});
