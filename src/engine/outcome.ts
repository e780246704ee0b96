// What a verb returns: the shape of Flyway's JSON results (flyway-core api/output), so that a report can print it
// as it is. Keys that Flyway lacks are marked; readers of Flyway's JSON ignore them.
import type { Finding } from "../base/finding.ts";

export interface OutcomeBase {
  readonly operation: string;
  /** Name of the connected database. */
  readonly database: string;
  readonly flywayVersion: string;
  /** godwit's own. */
  readonly godwitVersion: string;
  readonly warnings: readonly string[];
}

export interface InfoEntry {
  readonly category: string;
  readonly version: string;
  readonly rawVersion: string;
  readonly description: string;
  readonly type: string;
  readonly installedOnUTC: string;
  readonly state: string;
  readonly undoable: string;
  readonly filepath: string;
  readonly undoFilepath: string;
  readonly installedBy: string;
  readonly shouldExecuteExpression: string | null;
  readonly executionTime: number;
  /** godwit's own: local wall clock as stored, "YYYY-MM-DD HH:mm:ss", "" when not applied. */
  readonly installedOn: string;
  /** godwit's own: enum name of the state, such as MISSING_SUCCESS. */
  readonly stateCode: string;
  /** godwit's own: what of a non-transactional file is already done, where the record knows. */
  readonly progress?: string;
}

export interface InfoOutcome extends OutcomeBase {
  readonly operation: "info";
  readonly schemaVersion: string | null;
  readonly schemaName: string;
  readonly migrations: readonly InfoEntry[];
  readonly allSchemasEmpty: boolean;
  readonly timestamp: string;
  readonly exception: string | null;
  readonly licenseFailed: boolean;
}

export interface MigrateEntry {
  readonly category: string;
  readonly version: string;
  readonly description: string;
  readonly type: string;
  readonly filepath: string;
  readonly executionTime: number;
}

export interface MigrateErrorEntry {
  readonly errorCode: string;
  readonly sqlState: string | null;
  readonly sqlErrorCode: number;
  readonly message: string;
  /** null where no file is to blame; -1 where its line is not known. */
  readonly lineNumber: number | null;
  readonly path: string | null;
  readonly cause: unknown;
  /** godwit's own: the exact place of the error, where lineNumber is that of the statement. */
  readonly line?: number;
  readonly column?: number;
}

export interface MigrateOutcome extends OutcomeBase {
  readonly operation: "migrate";
  readonly initialSchemaVersion: string | null;
  readonly targetSchemaVersion: string | null;
  readonly schemaName: string;
  readonly migrations: readonly MigrateEntry[];
  readonly migrationsExecuted: number;
  readonly success: boolean;
  readonly databaseType: string;
  readonly totalMigrationTime: number;
  readonly timestamp: string;
  readonly exception: string | null;
  readonly licenseFailed: boolean;
  readonly error?: MigrateErrorEntry;
  /** godwit's own: pending migrations that were not reached because of a failure. */
  readonly notReached?: readonly {
    readonly version: string;
    readonly description: string;
    readonly filepath: string;
  }[];
  /** godwit's own: "already exists, skipping" and its kin, with their places. */
  readonly skipNotices?: readonly Finding[];
}

export interface ValidateEntry {
  readonly version: string;
  readonly description: string;
  readonly filepath: string;
  readonly errorDetails: { readonly errorCode: string; readonly errorMessage: string };
}

export interface ValidateOutcome extends OutcomeBase {
  readonly operation: "validate";
  readonly errorDetails: { readonly errorCode: string; readonly errorMessage: string } | null;
  readonly invalidMigrations: readonly ValidateEntry[];
  readonly validationSuccessful: boolean;
  readonly validateCount: number;
  readonly allErrorMessages: string;
  /** godwit's own: milliseconds. */
  readonly validationTime: number;
}

export interface BaselineOutcome extends OutcomeBase {
  readonly operation: "baseline";
  readonly successfullyBaselined: boolean;
  readonly baselineVersion: string;
}

export interface RepairEntry {
  readonly version: string;
  readonly description: string;
  readonly filepath: string;
}

export interface RepairOutcome extends OutcomeBase {
  readonly operation: "repair";
  readonly repairActions: readonly string[];
  readonly migrationsRemoved: readonly RepairEntry[];
  readonly migrationsDeleted: readonly RepairEntry[];
  readonly migrationsAligned: readonly RepairEntry[];
}

export interface CleanOutcome extends OutcomeBase {
  readonly operation: "clean";
  readonly schemasCleaned: readonly string[];
  readonly schemasDropped: readonly string[];
}

export interface UndoOutcome extends OutcomeBase {
  readonly operation: "undo";
  readonly initialSchemaVersion: string | null;
  readonly targetSchemaVersion: string | null;
  readonly schemaName: string;
  readonly undoneMigrations: readonly (RepairEntry & { readonly executionTime: number })[];
  readonly migrationsUndone: number;
  readonly success: boolean;
  /** godwit's own: as in migrate. */
  readonly skipNotices?: readonly Finding[];
}

export interface TestConnectionOutcome {
  readonly operation: "testConnection";
  readonly successfulConnections: readonly string[];
  /** godwit's own. */
  readonly server: string;
}

/** godwit's own. */
export interface DoctorCheck {
  /** "configuration", "files", "connection", "server", "session", "schemas" or "history". */
  readonly group: string;
  readonly name: string;
  readonly status: "ok" | "warning" | "problem" | "unknown";
  readonly value: string;
  /** What to do. */
  readonly advice?: string;
}

export interface DoctorSetting {
  readonly key: string;
  /** As text; *** for secrets. */
  readonly value: string;
  /** "flyway.conf:3", "FLYWAY_URL", "command line". */
  readonly origin: string;
}

export interface DoctorOutcome {
  readonly operation: "doctor";
  /** The worst of the checks. */
  readonly status: "ok" | "warning" | "problem";
  readonly environment: string;
  /** Files that were read, in order. */
  readonly configFiles: readonly string[];
  /** Names of environment variables that have a say. */
  readonly variables: readonly string[];
  /** Settings that are not defaults. */
  readonly settings: readonly DoctorSetting[];
  readonly checks: readonly DoctorCheck[];
  readonly flywayVersion: string;
  readonly godwitVersion: string;
}

export type Outcome =
  | InfoOutcome
  | MigrateOutcome
  | ValidateOutcome
  | BaselineOutcome
  | RepairOutcome
  | CleanOutcome
  | UndoOutcome
  | TestConnectionOutcome;
