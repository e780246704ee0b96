// Pages that are made from tables are as the tables make them now.
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

describe("generated pages", () => {
  it("are fresh (node script/make-docs.mjs writes them)", () => {
    const { stdout, stderr } = spawnSync(process.execPath, ["script/make-docs.mjs", "--check"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect({ stale: stdout.split("\n").filter((line) => line !== ""), errors: stderr }).toEqual({
      stale: [],
      errors: "",
    });
  });
});
