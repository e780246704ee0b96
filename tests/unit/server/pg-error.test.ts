// Errors and notices as the driver gives them, made into ours.
import { describe, expect, it } from "vitest";
import { endsConnection, errorFields, isServerMessage, noticeFields } from "../../../src/server/pg-error.ts";

describe("a server's message", () => {
  it("is told from a failure of the socket by its SQLSTATE", () => {
    expect(isServerMessage({ severity: "ERROR", code: "42P01", message: "x" })).toBe(true);
    expect(isServerMessage(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }))).toBe(false);
    expect(isServerMessage(new Error("closed"))).toBe(false);
    expect(isServerMessage(undefined)).toBe(false);
  });

  it("keeps every field that was sent, and no others", () => {
    expect(
      errorFields({
        severity: "ERROR",
        code: "23505",
        message: "duplicate key",
        detail: "Key (a)=(1) already exists.",
        position: "7",
        where: "SQL statement",
        schema: "public",
        table: "t",
        constraint: "t_pkey",
      }),
    ).toEqual({
      sqlState: "23505",
      severity: "ERROR",
      message: "duplicate key",
      detail: "Key (a)=(1) already exists.",
      position: 7,
      where: "SQL statement",
      schema: "public",
      table: "t",
      constraint: "t_pkey",
    });
    expect(errorFields({})).toEqual({ sqlState: "XX000", severity: "ERROR", message: "" });
  });

  it("has its severity in English whatever language the server speaks", () => {
    expect(errorFields({ severity: "FEHLER", code: "42601", message: "x" }).severity).toBe("ERROR");
    expect(errorFields({ severity: "ВАЖНО", code: "57P01", message: "x" }).severity).toBe("FATAL");
    expect(noticeFields({ severity: "HINWEIS", code: "42P07", message: "x" }).severity).toBe("NOTICE");
    expect(noticeFields({ severity: "WARNUNG", code: "01000", message: "x" }).severity).toBe("WARNING");
    expect(noticeFields({ severity: "WARNUNG", code: "25001", message: "x" }).severity).toBe("WARNING");
    expect(noticeFields({ severity: "HINWEIS", code: "42622", message: "x" }).severity).toBe("NOTICE");
  });

  it("ends the connection when it is fatal", () => {
    const of = (severity: string, sqlState: string) => endsConnection({ severity, sqlState, message: "" });
    expect([of("FATAL", "57P01"), of("PANIC", "XX000"), of("ERROR", "25P03"), of("ERROR", "57014")]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});
