// The frozen Settings value: every setting of a run, typed and checked. Read by everything above config.
import type { Secret } from "../base/secret.ts";
import type { ConnectionTarget } from "./connection-target.ts";

export type Target =
  | { readonly kind: "latest" }
  | { readonly kind: "current" }
  | { readonly kind: "next" }
  /** `failIfMissing` is false for the form with a trailing question mark. */
  | { readonly kind: "version"; readonly text: string; readonly failIfMissing: boolean };

export interface IgnorePattern {
  readonly type: "*" | "repeatable" | "versioned";
  readonly state: "*" | "missing" | "pending" | "ignored" | "future";
}

export interface ErrorOverride {
  /** SQLSTATE or "*". */
  readonly sqlState: string;
  /** Vendor code or "*"; PostgreSQL has only 0. */
  readonly code: string;
  readonly behavior: "debug" | "info" | "warning" | "error";
  /** True for the forms with a trailing minus: state and code are not appended to the text. */
  readonly bare: boolean;
  readonly text: string;
}

export interface Settings {
  // --- where -----------------------------------------------------------------------------------------
  /** Absolute. `-workingDirectory`, else the process's directory. */
  readonly workingDirectory: string;
  /** True when -workingDirectory was given. */
  readonly workingDirectoryGiven: boolean;
  readonly environment: string;
  readonly environmentDisplayName: string | undefined;
  /** undefined = no URL anywhere: the embedded PostgreSQL. */
  readonly connection: ConnectionTarget | undefined;
  readonly connectRetries: number;
  /** Seconds, cap of the back-off. */
  readonly connectRetriesInterval: number;
  readonly initSql: string | undefined;
  /** Configured user, if any (the connection's own user may come from elsewhere). */
  readonly user: string | undefined;
  readonly password: Secret | undefined;

  // --- schemas and history ---------------------------------------------------------------------------
  readonly schemas: readonly string[];
  readonly defaultSchema: string | undefined;
  readonly createSchemas: boolean;
  readonly table: string;
  readonly tablespace: string | undefined;
  readonly installedBy: string | undefined;
  readonly lockRetryCount: number;
  readonly transactionalLock: boolean;

  // --- files -----------------------------------------------------------------------------------------
  /** Descriptors as configured, such as "filesystem:db/migration"; already defaulted. */
  readonly locations: readonly string[];
  readonly callbackLocations: readonly string[];
  readonly failOnMissingLocations: boolean;
  readonly sqlMigrationPrefix: string;
  readonly repeatableSqlMigrationPrefix: string;
  readonly baselineMigrationPrefix: string;
  readonly undoSqlMigrationPrefix: string;
  readonly sqlMigrationSeparator: string;
  readonly sqlMigrationSuffixes: readonly string[];
  readonly validateMigrationNaming: boolean;
  readonly encoding: string;
  readonly detectEncoding: boolean;
  readonly placeholderReplacement: boolean;
  /** Keys lower-cased. */
  readonly placeholders: Readonly<Record<string, string>>;
  readonly placeholderPrefix: string;
  readonly placeholderSuffix: string;
  readonly placeholderSeparator: string;
  readonly scriptPlaceholderPrefix: string;
  readonly scriptPlaceholderSuffix: string;
  readonly powershellExecutable: "powershell" | "pwsh" | undefined;
  readonly skipDefaultCallbacks: boolean;
  readonly skipDefaultResolvers: boolean;

  // --- what is applied ---------------------------------------------------------------------------------
  readonly target: Target | undefined;
  readonly cherryPick: readonly string[];
  readonly outOfOrder: boolean;
  readonly group: boolean;
  readonly mixed: boolean;
  readonly executeInTransaction: boolean;
  readonly skipExecutingMigrations: boolean;
  readonly batch: boolean;
  readonly stream: boolean;
  readonly outputQueryResults: boolean;
  readonly errorOverrides: readonly ErrorOverride[];
  readonly dryRunOutput: string | undefined;

  // --- what is judged ----------------------------------------------------------------------------------
  readonly validateOnMigrate: boolean;
  readonly ignoreMigrationPatterns: readonly IgnorePattern[];
  readonly baselineOnMigrate: boolean;
  readonly baselineVersion: string;
  readonly baselineDescription: string;
  readonly cleanDisabled: boolean;

  // --- godwit's own ------------------------------------------------------------------------------------
  /** PostgreSQL lock_timeout for every migration, milliseconds; undefined = server's default. */
  readonly lockTimeoutMs: number | undefined;
  readonly statementTimeoutMs: number | undefined;
  /** How often a migration that met lock_timeout is tried again. */
  readonly lockTimeoutRetries: number;
  /** How long a migration waits for long transactions on its tables, milliseconds; undefined = it does not look. */
  readonly waitForGapMs: number | undefined;
  /** Notices "already exists, skipping" / "does not exist, skipping" make the run fail. */
  readonly failOnSkipNotices: boolean;

  // --- output ------------------------------------------------------------------------------------------
  readonly reportEnabled: boolean;
  readonly reportFilename: string;
  /** Raw values of every other accepted key (namespaces such as check.*, add.*), for the commands that use them. */
  readonly extra: Readonly<Record<string, string>>;
  /** Files that were read, in order, absolute. */
  readonly configFiles: readonly string[];
  /** Where each setting came from, by key: "flyway.conf:3", "FLYWAY_URL", "command line", "default". */
  readonly origins: Readonly<Record<string, string>>;
  /** Complaints that do not stop the run. */
  readonly warnings: readonly string[];
  /** Names of settings that are accepted and do nothing here, and that a run does not miss. */
  readonly ignored: readonly string[];
}

/** What a script's own .conf may set for that file alone; what is missing is the run's. */
export type FileTiming = Partial<
  Pick<Settings, "lockTimeoutMs" | "lockTimeoutRetries" | "statementTimeoutMs" | "waitForGapMs">
>;
