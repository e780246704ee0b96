// The report of doctor as whole strings.
import { describe, expect, it } from "vitest";
import type { DoctorOutcome } from "../../../src/engine/outcome.ts";
import { renderDoctor } from "../../../src/reports/doctor.ts";
import { PLAIN, type Style } from "../../../src/reports/style.ts";

const OUTCOME: DoctorOutcome = {
  operation: "doctor",
  status: "problem",
  environment: "default",
  configFiles: ["/app/flyway.conf"],
  variables: ["FLYWAY_URL", "PGPASSWORD"],
  settings: [
    { key: "url", value: "postgresql://db/app", origin: "FLYWAY_URL" },
    { key: "schemas", value: "app", origin: "flyway.conf:2" },
  ],
  checks: [
    { group: "configuration", name: "files", status: "ok", value: "/app/flyway.conf" },
    { group: "server", name: "product", status: "ok", value: "PostgreSQL 18.4" },
    { group: "server", name: "pooler", status: "unknown", value: "there is one; its mode is not known" },
    { group: "schemas", name: "schema app", status: "problem", value: "is closed", advice: "GRANT CREATE." },
    { group: "history", name: "table", status: "warning", value: "first line\nsecond line" },
  ],
  flywayVersion: "13.12.0",
  godwitVersion: "0.1.0",
};

const text = (outcome: DoctorOutcome, style: Style): string =>
  renderDoctor(outcome, style)
    .map((line) => line.text)
    .join("\n");

describe("the report of doctor", () => {
  it("has a section a group, the settings with their origins, and a sentence", () => {
    expect(text(OUTCOME, PLAIN)).toBe(`Configuration
  ok       files     /app/flyway.conf

Server
  ok       product   PostgreSQL 18.4
  unknown  pooler    there is one; its mode is not known

Schemas
  problem  schema app  is closed
                       GRANT CREATE.

History
  warning  table     first line
                     second line

Settings
  url      postgresql://db/app  FLYWAY_URL
  schemas  app                  flyway.conf:2
  environment variables in force: FLYWAY_URL, PGPASSWORD

1 problem and 1 warning.`);
  });

  it("breaks long values in a terminal, under themselves", () => {
    const style: Style = { color: false, unicode: true, layout: "terminal", width: 50 };
    const checks = [
      { group: "server", name: "pooler", status: "problem", value: "one two three four five six seven" },
    ] as const;
    expect(text({ ...OUTCOME, checks, settings: [], variables: [] }, style)).toBe(`Server
  problem  pooler    one two three four five six
                     seven

Settings
  all as they are by default

1 problem.`);
  });

  it("says so when there is nothing to say", () => {
    const checks = OUTCOME.checks.filter(({ status }) => status === "ok");
    expect(text({ ...OUTCOME, checks }, PLAIN)).toMatch(/\nEverything is in its place\.$/);
  });
});
