import { describe, expect, it } from "vitest";
import { PLAIN } from "../../../src/reports/style.ts";
import { renderOutcome, renderVersion } from "../../../src/reports/text.ts";
import { invalidOutcome, migrateOutcome, otherOutcomes, skipNotice, terminal } from "./samples.ts";

const others = (style = PLAIN) =>
  Object.fromEntries(
    Object.entries(otherOutcomes).map(([name, outcome]) => [
      name,
      renderOutcome(outcome, style, { schema: "app" }).map((l) => l.text),
    ]),
  );

describe("reports of verbs", () => {
  it("say in one sentence what was done", () => {
    expect(others()).toEqual({
      "validate, fine": ["Files and history agree."],
      "nothing to migrate": ['Schema "app" is at version 4; there is nothing to apply.'],
      baseline: ["The history starts at version 1: files up to it count as applied."],
      repair: [
        "Repaired the history: 1 failed row removed and 2 marked as deleted.",
        "What the deleted files once made is still in the database. Drop it in a new migration, or move it into one.",
      ],
      "repair, nothing": ["The history needs no repair."],
      clean: ["Cleaned the database: 2 schemas emptied and 1 schema dropped."],
      undo: ['Undid 1 migration in 31 ms. Schema "app" is now at version 5.'],
      testConnection: ["Connected to PostgreSQL 15.18."],
    });
  });

  it("begin with a mark on a terminal", () => {
    expect(others(terminal({ color: true }))["clean"]).toEqual([
      "\x1b[32m✓\x1b[39m Cleaned the database: 2 schemas emptied and 1 schema dropped.",
    ]);
  });

  it("say what a dry run would do", () => {
    const dry = { schema: "app", dryRun: true };
    expect(renderOutcome(migrateOutcome, PLAIN, dry).map((l) => l.text)).toEqual([
      "Would apply 2 migrations.",
    ]);
  });
});

describe("the report of migrate", () => {
  it("counts, times and gives the version", () => {
    expect(renderOutcome(migrateOutcome, PLAIN).map((l) => l.text)).toEqual([
      'Applied 2 migrations in 1.25 s. Schema "lic_schema" is now at version 6.',
    ]);
  });

  it("names no version when only repeatables ran", () => {
    const outcome = { ...migrateOutcome, targetSchemaVersion: null };
    expect(renderOutcome(outcome, PLAIN).map((l) => l.text)).toEqual(["Applied 2 migrations in 1.25 s."]);
  });

  it("shows what the server skipped, with places", () => {
    const outcome = { ...migrateOutcome, skipNotices: [skipNotice(10, "users"), skipNotice(20, "roles")] };
    expect(renderOutcome(outcome, PLAIN)[0]).toEqual({
      level: "warn",
      text: [
        "2 statements were skipped by the server and changed nothing:",
        '  db/migration/V67__Rbac.sql:10:1  relation "users" already exists, skipping',
        '  db/migration/V67__Rbac.sql:20:1  relation "roles" already exists, skipping',
        "  What already exists may have another shape than the file says: compare it, or make such skips fail with -failOnSkipNotices=true.",
      ].join("\n"),
    });
  });

  it("cuts a long list of skips, and shows all of it with -X", () => {
    const skipNotices = Array.from({ length: 20 }, (_, i) => skipNotice(i + 1, `t${i}`));
    const lines = (debug: boolean) =>
      renderOutcome({ ...migrateOutcome, skipNotices }, PLAIN, { debug })[0]?.text.split("\n") ?? [];
    expect(lines(false).length).toBe(15);
    expect(lines(false)[13]).toBe("  and 8 more (-X shows them all)");
    expect(lines(true).length).toBe(22);
  });
});

describe("the report of validate", () => {
  it("groups what it found by kind, the gravest first, and says the advice once", () => {
    expect(renderOutcome(invalidOutcome, terminal({ width: 80 }))).toEqual([
      {
        level: "error",
        text: `4 problems between files and history

2 files were edited after they were applied  CHECKSUM_MISMATCH
  V2 Create tenant schemas  /app/db/migration/V2__Create_tenant_schemas.sql
    Version 2: the checksum differs. The file was edited after it was applied.
      in the database: -722651034
      in the file:     12345678
  V4 Seed  /app/db/migration/V4__Seed.sql
    Version 4: the checksum differs. The file was edited after it was applied.
      in the database: -722651034
      in the file:     12345678
  Put the file back as it was and make the change in a new migration; or, if
  the database is right as it is, run repair.

1 applied repeatable has no file any more  APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED
  R Grants
    Repeatable "Grants" was applied, but its file R__Grants.sql is not in the
    locations.
  Put the file back. If it was removed on purpose, run repair to mark it as
  deleted.

1 file is not applied  RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED
  V9 Add index  /app/db/migration/V9__Add_index.sql
    Version 9 (V9__Add_index.sql) is pending.
  Run migrate, or set -ignoreMigrationPatterns='*:pending' to accept pending
  files.`,
      },
    ]);
  });
});

describe("version", () => {
  it("names the release of Flyway that godwit goes by", () => {
    const facts = { godwit: "0.1.0", flyway: "13.12.0", node: "20.15.0", platform: "linux x64" };
    expect(renderVersion(facts, PLAIN).map((l) => l.text)).toEqual([
      "godwit 0.1.0",
      "compatible with Flyway 13.12.0; Node.js 20.15.0, linux x64",
    ]);
  });
});
