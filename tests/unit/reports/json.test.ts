import { describe, expect, it } from "vitest";
import { GodwitError } from "../../../src/base/errors.ts";
import { secret } from "../../../src/base/secret.ts";
import { jacksonText } from "../../../src/reports/jackson.ts";
import { errorJson, outcomesJson } from "../../../src/reports/json.ts";
import { errorLine, eventJson, outcomeLine, progressJson } from "../../../src/reports/json-lines.ts";
import { logJson } from "../../../src/reports/log-json.ts";
import { migrationFailure, otherOutcomes, ref, referenceInfo, runEvents } from "./samples.ts";

const testConnection = { operation: "testConnection", successfulConnections: ["Flyway"], server: "PG 15" };

describe("jacksonText", () => {
  it("lays values out as Jackson does", () => {
    const value = {
      a: [],
      b: {},
      c: [1, true, null],
      d: [{ e: "x" }, { f: [{ g: 1 }] }],
      h: undefined,
      i: Number.NaN,
    };
    expect(jacksonText(value)).toBe(`{
  "a" : [ ],
  "b" : { },
  "c" : [ 1, true, null ],
  "d" : [ {
    "e" : "x"
  }, {
    "f" : [ {
      "g" : 1
    } ]
  } ],
  "i" : null
}`);
  });

  it("escapes as Jackson does and keeps other scripts readable", () => {
    expect(jacksonText('q" b\\ \n\t\b\f\r \x1b \x7f é हि 🎉')).toBe(
      '"q\\" b\\\\ \\n\\t\\b\\f\\r \\u001B \x7f é हि 🎉"',
    );
  });

  it("never shows a secret", () => {
    expect(jacksonText({ password: secret("x") })).toBe('{\n  "password" : "***"\n}');
  });

  it("gives text that reads back as the same value", () => {
    expect(JSON.parse(outcomesJson([referenceInfo]))).toEqual(referenceInfo);
  });
});

describe("outcomesJson", () => {
  it("puts keys in alphabetical order, godwit's own last", () => {
    const outcome = otherOutcomes["baseline"];
    expect(outcome === undefined ? "" : outcomesJson([outcome])).toBe(`{
  "baselineVersion" : "1",
  "database" : "app",
  "flywayVersion" : "13.12.0",
  "operation" : "baseline",
  "successfullyBaselined" : true,
  "warnings" : [ ],
  "godwitVersion" : "0.1.0"
}`);
  });

  it("orders the rows of info in the same way", () => {
    const document = outcomesJson([referenceInfo]).split("\n");
    expect(
      document
        .filter((l) => l.startsWith("    "))
        .slice(0, 15)
        .map((l) => l.split('"')[1]),
    ).toEqual([
      "category",
      "description",
      "executionTime",
      "filepath",
      "installedBy",
      "installedOnUTC",
      "rawVersion",
      "shouldExecuteExpression",
      "state",
      "type",
      "undoFilepath",
      "undoable",
      "version",
      "installedOn",
      "stateCode",
    ]);
  });

  it("puts several results into one document", () => {
    expect(outcomesJson([testConnection, testConnection])).toBe(`{
  "individualResults" : [ {
    "operation" : "testConnection",
    "successfulConnections" : [ "Flyway" ],
    "server" : "PG 15"
  }, {
    "operation" : "testConnection",
    "successfulConnections" : [ "Flyway" ],
    "server" : "PG 15"
  } ],
  "schemaVersion" : 1
}`);
  });
});

describe("errorJson", () => {
  it("of a plain failure holds code, message and cause", () => {
    const error = new GodwitError("CONFIGURATION", "No such key.", { advice: "Mend it." });
    expect(errorJson(error)).toBe(`{
  "error" : {
    "errorCode" : "CONFIGURATION",
    "message" : "No such key.",
    "cause" : null,
    "advice" : "Mend it."
  }
}`);
  });

  it("of a refused connection holds the fields of an SQL error", () => {
    const error = new GodwitError("DB_CONNECTION", "Cannot connect.", {
      subCode: "CONNECTION_FAILURE",
      sql: { sqlState: "3D000", severity: "FATAL", message: 'database "x" does not exist' },
    });
    expect(JSON.parse(errorJson(error))).toEqual({
      error: {
        errorCode: "DB_CONNECTION",
        subErrorCode: "CONNECTION_FAILURE",
        sqlState: "3D000",
        sqlErrorCode: 0,
        message: "Cannot connect.",
        cause: { message: 'FATAL: database "x" does not exist', stackTrace: "", cause: null },
        usualCause: "There is no database of this name on the server.",
        remedy: "Create it (createdb), or mend the name at the end of the URL.",
      },
    });
    expect(Object.keys(JSON.parse(errorJson(error)).error).slice(0, 6)).toEqual([
      "errorCode",
      "subErrorCode",
      "sqlState",
      "sqlErrorCode",
      "message",
      "cause",
    ]);
  });

  it("of a lost connection has nulls where the server said nothing", () => {
    const error = new GodwitError("DB_CONNECTION", "Lost.", { cause: new Error("ECONNRESET") });
    expect(JSON.parse(errorJson(error))).toEqual({
      error: {
        errorCode: "DB_CONNECTION",
        subErrorCode: null,
        sqlState: null,
        sqlErrorCode: 0,
        message: "Lost.",
        cause: { message: "ECONNRESET", stackTrace: "", cause: null },
      },
    });
  });

  it("lists obsolete parameters", () => {
    const error = new GodwitError("CONFIGURATION_RECOVERABLE", "Old keys.", {
      details: { obsoleteParameters: ["flyway.a"] },
    });
    expect(Object.keys(JSON.parse(errorJson(error)).error)).toEqual([
      "errorCode",
      "message",
      "cause",
      "obsoleteParameters",
    ]);
  });

  it("of a bug is a FAULT with its stack", () => {
    const error = new TypeError("broken", { cause: new Error("inner") });
    const document = JSON.parse(errorJson(error)).error;
    expect(document).toEqual({
      errorCode: "FAULT",
      message: "broken",
      stackTrace: error.stack,
      cause: { message: "inner", stackTrace: expect.stringContaining("Error: inner"), cause: null },
    });
    expect(JSON.parse(errorJson("thrown text")).error.message).toBe("thrown text");
  });

  it("of a failed migrate is its result with the error in it", () => {
    const document = JSON.parse(errorJson(migrationFailure));
    expect(Object.keys(document)).toEqual([
      "database",
      "databaseType",
      "error",
      "exception",
      "flywayVersion",
      "initialSchemaVersion",
      "licenseFailed",
      "migrations",
      "migrationsExecuted",
      "operation",
      "schemaName",
      "success",
      "targetSchemaVersion",
      "timestamp",
      "totalMigrationTime",
      "warnings",
      "godwitVersion",
      "notReached",
      "skipNotices",
    ]);
    expect(Object.entries(document.error).slice(0, 9)).toEqual([
      ["errorCode", "FAILED_VERSIONED_MIGRATION"],
      ["sqlState", "42P01"],
      ["sqlErrorCode", 0],
      ["message", 'V7__Add_policies.sql: relation "shared.insurance_providers" does not exist'],
      ["lineNumber", 2],
      ["path", "/app/db/migration/V7__Add_policies.sql"],
      [
        "cause",
        {
          message: 'ERROR: relation "shared.insurance_providers" does not exist\n  Position: 138',
          stackTrace: "",
          cause: null,
        },
      ],
      ["line", 4],
      ["column", 30],
    ]);
  });

  it("ends for causes that go in a circle", () => {
    const a = new Error("a");
    a.cause = a;
    expect(errorJson(new GodwitError("ERROR", "x", { cause: a })).split('"message"').length).toBe(12);
  });
});

describe("JSON lines", () => {
  it("split log messages by line and drop colours", () => {
    expect(logJson({ level: "warn", text: "\x1b[1mone\x1b[22m\ntwo" })).toEqual([
      '{"level":"WARN","message":"one"}',
      '{"level":"WARN","message":"two"}',
    ]);
    expect(logJson({ level: "data", text: "x" })).toEqual([]);
  });

  it("count progress by migration", () => {
    expect(runEvents.flatMap((e) => progressJson(e, "migrate"))).toEqual([
      '{"message":"Applying V5 Create users","operation":"migrate","step":1,"tag":"progress","totalSteps":3}',
      '{"message":"Applying V6 Index users","operation":"migrate","step":2,"tag":"progress","totalSteps":3}',
      '{"message":"Applying V7 Add policies","operation":"migrate","step":3,"tag":"progress","totalSteps":3}',
    ]);
  });

  it("give events as they are", () => {
    expect(eventJson({ type: "migration-failed", migration: ref("7", "x"), rolledBack: true })).toBe(
      '{"event":"migration-failed","migration":{"version":"7","description":"x","kind":"versioned","file":"db/migration/V7__x.sql"},"rolledBack":true}',
    );
  });

  it("end with the outcome or the error", () => {
    expect(outcomeLine(testConnection)).toBe(
      '{"event":"outcome","outcome":{"operation":"testConnection","successfulConnections":["Flyway"],"server":"PG 15"}}',
    );
    expect(errorLine(new GodwitError("ERROR", "x"))).toBe(
      '{"event":"error","outcome":{"error":{"errorCode":"ERROR","message":"x","cause":null}}}',
    );
  });
});
