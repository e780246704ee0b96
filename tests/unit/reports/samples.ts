// Sample data for the tests of reports and for script/gallery.mjs.
import { GodwitError } from "../../../src/base/errors.ts";
import type { MigrationRef, RunEvent } from "../../../src/base/event.ts";
import type {
  InfoEntry,
  InfoOutcome,
  MigrateOutcome,
  Outcome,
  ValidateEntry,
  ValidateOutcome,
} from "../../../src/engine/outcome.ts";
import type { WhereSettings } from "../../../src/reports/info.ts";
import type { Style } from "../../../src/reports/style.ts";

export const terminal = (over: Partial<Style> = {}): Style => ({
  color: false,
  unicode: true,
  layout: "terminal",
  width: 100,
  ...over,
});

const base = { database: "app", flywayVersion: "13.12.0", godwitVersion: "0.1.0", warnings: [] };

export function entry(over: Partial<InfoEntry>): InfoEntry {
  const version = over.version ?? "1";
  return {
    category: version === "" ? "Repeatable" : "Versioned",
    version,
    rawVersion: version,
    description: "First",
    type: "SQL",
    installedOnUTC: "2026-07-20T08:06:01Z",
    state: "Success",
    undoable: version === "" ? "" : "No",
    filepath: `/app/db/V${version}.sql`,
    undoFilepath: "",
    installedBy: "app",
    shouldExecuteExpression: null,
    executionTime: 12,
    installedOn: "2026-07-20 10:06:01",
    stateCode: "SUCCESS",
    ...over,
  };
}

const notApplied = { installedOn: "", installedOnUTC: "", executionTime: 0, installedBy: "" };
export const pending = { ...notApplied, state: "Pending", stateCode: "PENDING" };

export const infoOutcome = (
  migrations: readonly InfoEntry[],
  schemaVersion: string | null = "1.1",
): InfoOutcome => ({
  ...base,
  operation: "info",
  schemaVersion,
  schemaName: "",
  migrations,
  allSchemasEmpty: false,
  timestamp: "2026-07-20T10:10:00.123+02:00",
  exception: null,
  licenseFailed: false,
});

/** The table of Flyway's reference. */
export const referenceInfo = infoOutcome([
  entry({ version: "1", description: "First" }),
  entry({ version: "1.1", description: "View", undoable: "Yes" }),
  entry({ version: "1.2", description: "Populate table", ...pending }),
  entry({ version: "", description: "Grants", ...pending }),
]);

export const everyState = infoOutcome(
  [
    entry({
      category: "",
      version: "1",
      type: "BASELINE",
      description: "<< Flyway Baseline >>",
      filepath: "",
    }),
    entry({ version: "2", description: "Create tables", undoable: "Yes" }),
    entry({ version: "3", description: "कार्यकर्ता तालिका जोड़ें" }),
    entry({ version: "4", description: "顧客テーブルを作成する" }),
    entry({ version: "5", description: "Celebrate 🎉 with 👩‍💻 and 🇮🇳" }),
    entry({ version: "6", description: "Hotfix", state: "Out of Order", stateCode: "OUT_OF_ORDER" }),
    entry({
      version: "7",
      description: "Gone from disk",
      state: "Missing",
      stateCode: "MISSING_SUCCESS",
      filepath: "",
    }),
    entry({ version: "8", description: "Half done", state: "Failed", stateCode: "FAILED" }),
    entry({
      version: "9",
      description: "Passed over",
      ...pending,
      state: "Ignored",
      stateCode: "IGNORED",
    }),
    entry({
      version: "10",
      description:
        "A description that goes on for so long that it cannot be shown in full beside all the other columns of a table",
      ...pending,
    }),
    entry({
      version: "",
      description: "Seed initial data",
      ...pending,
      state: "Outdated",
      stateCode: "OUTDATED",
    }),
  ],
  "8",
);

export const where: WhereSettings = {
  locations: ["filesystem:db/migration"],
  callbackLocations: [],
  workingDirectory: "/app",
  repeatableSqlMigrationPrefix: "R",
  sqlMigrationPrefix: "V",
  baselineMigrationPrefix: "B",
  sqlMigrationSeparator: "__",
  sqlMigrationSuffixes: [".sql"],
};

export const ref = (version: string, description: string, kind = "versioned"): MigrationRef => ({
  version,
  description,
  kind,
  file: `db/migration/${kind === "repeatable" ? "R" : `V${version}`}__${description.replaceAll(" ", "_")}.sql`,
});

export const migrateOutcome: MigrateOutcome = {
  ...base,
  operation: "migrate",
  initialSchemaVersion: "4",
  targetSchemaVersion: "6",
  schemaName: "lic_schema",
  migrations: [
    {
      category: "Versioned",
      version: "5",
      description: "Create users",
      type: "SQL",
      filepath: "/app/db/migration/V5__Create_users.sql",
      executionTime: 12,
    },
    {
      category: "Versioned",
      version: "6",
      description: "Index users",
      type: "SQL",
      filepath: "/app/db/migration/V6__Index_users.sql",
      executionTime: 1240,
    },
  ],
  migrationsExecuted: 2,
  success: true,
  databaseType: "PostgreSQL",
  totalMigrationTime: 1252,
  timestamp: "2026-07-20T10:10:00.123+02:00",
  exception: null,
  licenseFailed: false,
  skipNotices: [],
};

export const skipNotice = (line: number, name: string) => ({
  code: "SKIP_NOTICE",
  severity: "warning" as const,
  message: `relation "${name}" already exists, skipping`,
  place: { file: "db/migration/V67__Rbac.sql", line, column: 1 },
});

export const runEvents: readonly RunEvent[] = [
  {
    type: "connected",
    environment: "default",
    url: "jdbc:postgresql:********",
    product: "PostgreSQL",
    serverVersion: "15.18",
    embedded: false,
  },
  { type: "validated", count: 6, elapsedMs: 8.4 },
  { type: "schema-created", schema: "lic_schema" },
  { type: "history-created", table: '"lic_schema"."flyway_schema_history"', withBaseline: false },
  { type: "current-version", schema: "lic_schema", version: "4", outOfOrder: false, pending: 3 },
  {
    type: "migration-start",
    migration: ref("5", "Create users"),
    index: 1,
    total: 3,
    outOfOrder: false,
    transactional: true,
    skipped: false,
  },
  {
    type: "notice",
    severity: "NOTICE",
    sqlState: "42P07",
    message: 'relation "users" already exists, skipping',
    skipped: true,
    place: { file: "db/migration/V5__Create_users.sql", line: 1, column: 1 },
  },
  {
    type: "notice",
    severity: "WARNING",
    sqlState: "01000",
    message: "the database has no collation version",
    skipped: false,
    place: { file: "db/migration/V5__Create_users.sql", line: 7, column: 1 },
  },
  { type: "migration-end", migration: ref("5", "Create users"), index: 1, total: 3, elapsedMs: 12 },
  {
    type: "migration-start",
    migration: ref("6", "Index users"),
    index: 2,
    total: 3,
    outOfOrder: false,
    transactional: false,
    skipped: false,
  },
  { type: "lock-wait", what: "table-lock", waitedMs: 1500, holder: "pid 4711 (app), active for 3 min" },
  { type: "migration-end", migration: ref("6", "Index users"), index: 2, total: 3, elapsedMs: 1240 },
  {
    type: "migration-start",
    migration: ref("7", "Add policies"),
    index: 3,
    total: 3,
    outOfOrder: false,
    transactional: true,
    skipped: false,
  },
  { type: "migration-failed", migration: ref("7", "Add policies"), rolledBack: true },
];

export const badSource = `-- Policies
CREATE TABLE IF NOT EXISTS lic_schema.policies (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
\tprovider_id UUID REFERENCES shared.insurance_providers (provider_id),
    created_at TIMESTAMP DEFAULT NOW()
);
`;

export const failedOutcome: MigrateOutcome = {
  ...migrateOutcome,
  success: false,
  targetSchemaVersion: null,
  exception: 'V7__Add_policies.sql: relation "shared.insurance_providers" does not exist',
  error: {
    errorCode: "FAILED_VERSIONED_MIGRATION",
    sqlState: "42P01",
    sqlErrorCode: 0,
    message: 'V7__Add_policies.sql: relation "shared.insurance_providers" does not exist',
    lineNumber: 2,
    path: "/app/db/migration/V7__Add_policies.sql",
    cause: null,
    line: 4,
    column: 30,
  },
  notReached: [{ version: "8", description: "Seed", filepath: "/app/db/migration/V8__Seed.sql" }],
};

export const migrationFailure = new GodwitError(
  "FAILED_VERSIONED_MIGRATION",
  'V7__Add_policies.sql: relation "shared.insurance_providers" does not exist',
  {
    place: { file: "db/migration/V7__Add_policies.sql", line: 4, column: 30 },
    sql: {
      sqlState: "42P01",
      severity: "ERROR",
      message: 'relation "shared.insurance_providers" does not exist',
      position: 138,
    },
    details: {
      outcome: failedOutcome,
      failed: ref("7", "Add policies"),
      rolledBack: true,
      applied: [ref("5", "Create users"), ref("6", "Index users")],
      notReached: [ref("8", "Seed")],
    },
  },
);

const checksum = (version: string, description: string): ValidateEntry => ({
  version,
  description,
  filepath: `/app/db/migration/V${version}__${description.replaceAll(" ", "_")}.sql`,
  errorDetails: {
    errorCode: "CHECKSUM_MISMATCH",
    errorMessage: `Version ${version}: the checksum differs. The file was edited after it was applied.\n  in the database: -722651034\n  in the file:     12345678\nPut the file back as it was and make the change in a new migration; or, if the database is right as it is, run repair.`,
  },
});

export const invalidOutcome: ValidateOutcome = {
  ...base,
  operation: "validate",
  errorDetails: { errorCode: "VALIDATE_ERROR", errorMessage: "4 problems between files and history" },
  invalidMigrations: [
    {
      version: "9",
      description: "Add index",
      filepath: "/app/db/migration/V9__Add_index.sql",
      errorDetails: {
        errorCode: "RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED",
        errorMessage:
          "Version 9 (V9__Add_index.sql) is pending.\nRun migrate, or set -ignoreMigrationPatterns='*:pending' to accept pending files.",
      },
    },
    checksum("2", "Create tenant schemas"),
    checksum("4", "Seed"),
    {
      version: "",
      description: "Grants",
      filepath: "",
      errorDetails: {
        errorCode: "APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED",
        errorMessage:
          'Repeatable "Grants" was applied, but its file R__Grants.sql is not in the locations.\nPut the file back. If it was removed on purpose, run repair to mark it as deleted.',
      },
    },
  ],
  validationSuccessful: false,
  validateCount: 0,
  allErrorMessages: "",
  validationTime: 9,
};

export const otherOutcomes: Readonly<Record<string, Outcome>> = {
  "validate, fine": {
    ...invalidOutcome,
    errorDetails: null,
    invalidMigrations: [],
    validationSuccessful: true,
    validateCount: 24,
  },
  "nothing to migrate": {
    ...migrateOutcome,
    migrations: [],
    migrationsExecuted: 0,
    targetSchemaVersion: null,
    totalMigrationTime: 0,
  },
  baseline: { ...base, operation: "baseline", successfullyBaselined: true, baselineVersion: "1" },
  repair: {
    ...base,
    operation: "repair",
    repairActions: ["Removed failed migrations", "Marked missing migrations as deleted"],
    migrationsRemoved: [{ version: "7", description: "Add policies", filepath: "" }],
    migrationsDeleted: [
      { version: "3", description: "Old", filepath: "" },
      { version: "", description: "Grants", filepath: "" },
    ],
    migrationsAligned: [],
  },
  "repair, nothing": {
    ...base,
    operation: "repair",
    repairActions: [],
    migrationsRemoved: [],
    migrationsDeleted: [],
    migrationsAligned: [],
  },
  clean: { ...base, operation: "clean", schemasCleaned: ["public", "audit"], schemasDropped: ["lic_schema"] },
  undo: {
    ...base,
    operation: "undo",
    initialSchemaVersion: "6",
    targetSchemaVersion: "5",
    schemaName: "lic_schema",
    undoneMigrations: [{ version: "6", description: "Index users", filepath: "", executionTime: 31 }],
    migrationsUndone: 1,
    success: true,
    skipNotices: [],
  },
  testConnection: {
    operation: "testConnection",
    successfulConnections: ["Flyway"],
    server: "PostgreSQL 15.18",
  },
};
