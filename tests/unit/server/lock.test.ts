// Flyway's lock key, from the examples of its own runs.
import { describe, expect, it } from "vitest";
import { lockHalves, lockKey } from "../../../src/server/lock.ts";

describe("the lock's key", () => {
  it.each([
    ['"public"."flyway_schema_history"', "77433833903597"],
    ['"app"."flyway_schema_history"', "77431436970681"],
    ['"public"."schema_version"', "77430801598678"],
    ['"app"."history"', "77432926606014"],
    ['"my""s"."flyway_schema_history"', "77433148140563"],
  ])("of %s is %s, as in Flyway", (table, key) => {
    expect(lockKey(table)).toBe(key);
  });

  it("counts UTF-16 units, as Java's hashCode does", () => {
    // "😀".hashCode() is 0xd83d * 31 + 0xde00.
    expect(lockKey("😀")).toBe(String(77431708279161n + BigInt(0xd83d * 31 + 0xde00)));
  });

  it("appears in pg_locks as two halves", () => {
    expect(lockHalves("77433833903597")).toEqual({ classid: "18028", objid: "4163491309" });
    expect(lockHalves("-1")).toEqual({ classid: "4294967295", objid: "4294967295" });
  });
});
