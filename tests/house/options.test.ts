// The library's types of settings are as the table of settings makes them now.
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, it } from "vitest";

it("makes the library's types of settings from the table (node script/make-option-types.mjs writes them)", () => {
  const { stdout, stderr } = spawnSync(process.execPath, ["script/make-option-types.mjs", "--check"], {
    cwd: resolve(import.meta.dirname, "../.."),
    encoding: "utf8",
  });
  expect({ stale: stdout, errors: stderr }).toEqual({ stale: "", errors: "" });
});
