// What a session starts with, and what is done about parameters that are refused.
import { describe, expect, it } from "vitest";
import {
  afterConnect,
  startupParameters,
  withoutFussy,
  withZoneAsOffset,
} from "../../../src/server/startup.ts";
import { testTarget } from "../../support/settings.ts";

const target = testTarget({
  user: "bob",
  database: "app",
  applicationName: "godwit",
  currentSchema: "a, b",
  options: "-c work_mem=1MB",
  readOnly: true,
});

describe("a session's start", () => {
  it("says who, where, and how dates and times are written", () => {
    expect(startupParameters(target, "Europe/Berlin")).toEqual({
      user: "bob",
      database: "app",
      application_name: "godwit",
      DateStyle: "ISO",
      TimeZone: "Europe/Berlin",
      options: "-c work_mem=1MB",
      search_path: "a, b",
    });
    expect(
      startupParameters(testTarget({ user: "bob", database: "app", applicationName: "" }), "UTC"),
    ).toEqual({
      user: "bob",
      database: "app",
      DateStyle: "ISO",
      TimeZone: "UTC",
    });
  });

  it("sets the search_path afterwards where a pooler does not take it", () => {
    const startup = startupParameters(target, "UTC");
    const refusal = {
      code: "08P01",
      severity: "FATAL",
      message: "unsupported startup parameter: search_path",
    };
    const { search_path: _, ...rest } = startup;
    expect(withoutFussy(startup, refusal)).toEqual(rest);
    expect(withoutFussy(rest, refusal)).toBeUndefined();
    expect(
      withoutFussy(startup, { ...refusal, message: "unsupported startup parameter: options" }),
    ).toBeUndefined();
    expect(afterConnect(target, rest)).toEqual([
      "SELECT pg_catalog.set_config('search_path', 'a, b', false)",
      "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    ]);
  });

  it.each([
    ["Asia/Kolkata", "<+0530>-05:30"],
    ["America/Caracas", "<-04>+04"],
    ["UTC", "<+00>-00"],
    ["No/Such", "<+00>-00"],
  ])("says %s as an offset to a server that does not know the zone", (zone, offset) => {
    const startup = startupParameters(target, zone);
    const refusal = {
      code: "22023",
      severity: "FATAL",
      message: `invalid value for parameter "TimeZone": "${zone}"`,
    };
    const second = withZoneAsOffset(startup, refusal, zone);
    expect(second).toEqual({ ...startup, TimeZone: offset });
    expect(second === undefined ? undefined : withZoneAsOffset(second, refusal, zone)).toBeUndefined();
  });
});
