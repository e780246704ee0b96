// Where in a statement an error is.
import { describe, expect, it } from "vitest";
import { errorPosition } from "../../../src/engine/error-position.ts";

const error = (message: string, position?: number) => ({
  sqlState: "42P01",
  severity: "ERROR",
  message,
  ...(position === undefined ? {} : { position }),
});

describe("the position of an error", () => {
  it("is the server's where it gives one", () => {
    expect(errorPosition("select x", error('column "x" does not exist', 8))).toBe(8);
  });

  it("is that of the object named in the message, counted in characters", () => {
    const sql = "create table t (s text default '😀', a uuid references Shared.users(id))";
    expect(errorPosition(sql, error('relation "shared.users" does not exist'))).toBe(55);
  });

  it("is not a part of a longer name", () => {
    expect(
      errorPosition("create table a (b int references users2(id))", error('relation "users" does not exist')),
    ).toBe(undefined);
  });

  it("is unknown when nothing is named", () => {
    expect(errorPosition("select 1/0", error("division by zero"))).toBe(undefined);
  });
});
