import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../../src/base/event.ts";
import { createLiveReport } from "../../../src/reports/live.ts";
import { nextStatus, type Status, statusText } from "../../../src/reports/status.ts";
import { PLAIN, type Style } from "../../../src/reports/style.ts";
import { ref, runEvents, terminal } from "./samples.ts";

const say = (events: readonly RunEvent[], style: Style = PLAIN) =>
  events.flatMap(createLiveReport(style)).filter((l) => l.level !== "debug");

describe("the live report", () => {
  it("is plain in a pipe", () => {
    expect(say(runEvents)).toEqual([
      { level: "info", text: "Environment: default" },
      { level: "info", text: "Database: jdbc:postgresql:******** (PostgreSQL 15.18)" },
      { level: "info", text: "6 migrations agree with the history (8 ms)" },
      { level: "info", text: 'Created schema "lic_schema"' },
      { level: "info", text: 'Created the history table "lic_schema"."flyway_schema_history"' },
      { level: "info", text: 'Schema "lic_schema" is at version 4; 3 migrations are pending' },
      { level: "warn", text: "db/migration/V5__Create_users.sql:7:1: the database has no collation version" },
      { level: "info", text: "Applied V5 Create users in 12 ms" },
      {
        level: "warn",
        text: "Waiting for a lock on a table (for 1.50 s now): pid 4711 (app), active for 3 min",
      },
      { level: "info", text: "Applied V6 Index users in 1.24 s [outside a transaction]" },
      { level: "info", text: "V7 Add policies failed, rolled back" },
    ]);
  });

  it("is a list with marks and aligned times on a terminal", () => {
    const list = say(runEvents, terminal()).map((l) => l.text);
    expect(list.filter((l) => /^[✓✗]/.test(l))).toEqual([
      "✓ V5 Create users ···················································· 12 ms",
      "✓ V6 Index users [outside a transaction] ···························· 1.24 s",
      "✗ V7 Add policies ······································ failed, rolled back",
    ]);
  });

  it("keeps skip notices for the end, and tells other notices with their place", () => {
    const notice = (message: string, skipped: boolean): RunEvent => ({
      type: "notice",
      severity: "NOTICE",
      sqlState: "00000",
      message,
      skipped,
      place: { file: "V1__a.sql", line: 3, column: 1 },
    });
    expect(
      say([notice("Tabelle »b« existiert nicht, wird übersprungen", true), notice("seeded 3 rows", false)]),
    ).toEqual([{ level: "info", text: "V1__a.sql:3:1: NOTICE: seeded 3 rows" }]);
  });

  it("says of a wait for a lock less and less often", () => {
    const waits = Array.from(
      { length: 64 },
      (_, i): RunEvent => ({
        type: "lock-wait",
        what: "migration-lock",
        waitedMs: i * 1000,
        holder: undefined,
      }),
    );
    expect(say(waits).map((l) => l.text)).toEqual([
      "Waiting for another godwit or Flyway that holds the migration lock",
      "Waiting for another godwit or Flyway that holds the migration lock (for 2.00 s now)",
      "Waiting for another godwit or Flyway that holds the migration lock (for 4.00 s now)",
      "Waiting for another godwit or Flyway that holds the migration lock (for 8.00 s now)",
      "Waiting for another godwit or Flyway that holds the migration lock (for 16.0 s now)",
      "Waiting for another godwit or Flyway that holds the migration lock (for 32.0 s now)",
    ]);
  });

  it("prints result sets in Flyway's layout", () => {
    const columns = ["id", "name"];
    expect(
      say([
        { type: "result-set", columns, rows: [["1", null]] },
        { type: "result-set", columns, rows: [] },
      ]).map((l) => l.text),
    ).toEqual([
      "+----+------+\n| id | name |\n+----+------+\n| 1  |      |\n+----+------+\n",
      "+----+------+\n| id | name |\n+----+------+\n| No rows re |\n+----+------+\n".replace(
        "No rows re",
        "No rows r",
      ),
    ]);
  });

  it("names environment, order and embedded server where they matter", () => {
    expect(
      say([
        {
          type: "connected",
          environment: "dev",
          environmentDisplayName: "Dev box",
          url: "embedded",
          product: "PostgreSQL",
          serverVersion: "18.0",
          embedded: true,
        },
        { type: "current-version", schema: "s", version: undefined, outOfOrder: true, pending: 1 },
        {
          type: "callback",
          event: "beforeMigrate",
          description: "lock",
          language: "sql",
          transactional: true,
        },
        { type: "script-output", text: "\x1b[31mhello\x1b[0m\nworld\n" },
      ]).map((l) => l.text),
    ).toEqual([
      "Environment: dev (Dev box)",
      "Database: embedded (PostgreSQL 18.0, embedded)",
      'Schema "s" holds no version yet; 1 migration is pending',
      "outOfOrder is on: another database may get these migrations in another order",
      "Callback beforeMigrate (lock)",
      "hello\nworld",
    ]);
  });
});

describe("the status line", () => {
  const start: RunEvent = {
    type: "migration-start",
    migration: ref("6", "Index users"),
    index: 2,
    total: 3,
    outOfOrder: false,
    transactional: false,
    skipped: false,
  };
  const statusAfter = (events: readonly RunEvent[], now = 1000): Status | undefined =>
    events.reduce((status: Status | undefined, event) => nextStatus(status, event, now), undefined);
  const shown = (events: readonly RunEvent[], style: Style, now: number): string => {
    const status = statusAfter(events);
    return status === undefined ? "" : statusText(status, style, now);
  };

  it("shows file, statement and elapsed time", () => {
    const statement: RunEvent = {
      type: "statement-start",
      place: { file: "V6.sql", line: 1, column: 1 },
      summary: "CREATE INDEX i ON t (a)",
    };
    expect(shown([start, statement], terminal(), 3400)).toBe(
      "[2/3] V6 Index users: CREATE INDEX i ON t (a) 2.40 s",
    );
  });

  it("cuts the statement, not the progress", () => {
    const progress: RunEvent = {
      type: "progress",
      migration: ref("6", "Index users"),
      statement: "CREATE INDEX CONCURRENTLY idx_users_email ON lic_schema.users (email)",
      elapsedMs: 61_000,
      detail: "scanning table",
      fraction: 0.42,
    };
    expect(shown([start, progress], terminal({ width: 90 }), 1000)).toBe(
      "[2/3] V6 Index users: CREATE INDEX CONC… ███████░░░░░░░░░ 42 % (scanning table) 1 min 1 s",
    );
  });

  it("says who is waited for", () => {
    const wait: RunEvent = { type: "lock-wait", what: "table-lock", waitedMs: 500, holder: "pid 7" };
    expect(shown([start, wait], terminal({ unicode: false }), 1500)).toBe(
      "[2/3] V6 Index users: waiting for the lock on a table, held by pid 7 500 ms",
    );
  });

  it("ends with the file", () => {
    const end: RunEvent = {
      type: "migration-end",
      migration: ref("6", "Index users"),
      index: 2,
      total: 3,
      elapsedMs: 1,
    };
    expect(statusAfter([start, end])).toBeUndefined();
  });
});
