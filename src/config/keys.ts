// THE table of settings. Reading of .conf, TOML, environment variables and arguments, help, docs/config.md,
// "did you mean" and secrecy are all made from it. Looking names up is lookup.ts.

export type SettingType =
  | "bool"
  | "int"
  | "string"
  | "enum"
  | "list"
  | "map"
  | "duration"
  | "target"
  | "version"
  | "locations"
  | "patterns"
  | "overrides"
  /** Anything below this name is accepted and kept as it is. */
  | "open";

/** Types of several values. */
const LIST_TYPES: ReadonlySet<string> = new Set<SettingType>(["list", "locations", "patterns", "overrides"]);

export const isListType = (type: string): boolean => LIST_TYPES.has(type);

export type SettingScope =
  /** `[environments.NAME]` in TOML; `flyway.` in .conf. */
  | "environment"
  /** `[flyway]` in TOML; `flyway.` in .conf. */
  | "flyway"
  /** A root table of TOML of its own; no `flyway.` prefix anywhere. */
  | "root"
  /** godwit's own: `[godwit]` or `[flyway]`, `godwit.` or `flyway.`. */
  | "godwit";

export interface SettingKey {
  /** Canonical name, without `flyway.`; a map or an open name ends in `.*`. */
  readonly key: string;
  readonly type: SettingType;
  readonly scope: SettingScope;
  /** As it would be written; undefined = unset. */
  readonly default: string | undefined;
  /** Environment variable; undefined for those that cannot come from one. */
  readonly env: string | undefined;
  readonly doc: string;
  readonly group: string;
  readonly since: string;
  /** Values of an enum, as documented (matched in any case). */
  readonly values?: readonly string[];
  readonly secret?: true;
  /** Accepted so that a Flyway project runs unchanged, but without effect. */
  readonly ignored?: true;
  /** Read from the command line only (or from an environment variable where `env` is set). */
  readonly commandLineOnly?: true;
  /** Older or other names of the same setting. */
  readonly aliases?: readonly string[];
}

type More = Partial<
  Pick<SettingKey, "env" | "values" | "secret" | "ignored" | "commandLineOnly" | "aliases" | "since">
>;
type Row = readonly [
  type: SettingType,
  key: string,
  value: string | undefined,
  doc: string,
  more?: More | undefined,
];

/** FLYWAY_BASELINE_ON_MIGRATE of baselineOnMigrate; dots become underscores too. */
export function environmentName(key: string, prefix = "FLYWAY_"): string {
  return (
    prefix +
    key
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .replaceAll(".", "_")
      .toUpperCase()
  );
}

function variableOf(scope: SettingScope, type: SettingType, key: string): string | undefined {
  if (type === "map" && scope === "environment") return environmentName(key.slice(0, -2)).concat("_*");
  if (type === "map") return scope === "flyway" ? `${environmentName(key.slice(0, -2))}_*` : undefined;
  if (type === "open" || scope === "root") return undefined;
  return environmentName(key, scope === "godwit" ? "GODWIT_" : "FLYWAY_");
}

function group(name: string, scope: SettingScope, rows: readonly Row[]): SettingKey[] {
  return rows.map(([type, key, value, doc, more]) => ({
    key,
    type,
    scope,
    default: value,
    env: variableOf(scope, type, key),
    doc,
    group: name,
    since: "0.1.0",
    ...more,
  }));
}

const secret = { secret: true } as const;
const ignored = { ignored: true } as const;
const ignoredSecret = { ignored: true, secret: true } as const;
const commandLineOnly = { commandLineOnly: true, env: undefined } as const;
const none = undefined;

// biome-ignore format: a table, a row a line
const ENVIRONMENT = group("environment", "environment", [
  ["string", "url", none, "Where the database is: a jdbc:postgresql: URL, a postgresql:// URL or a libpq connection string. Without one (and without PGHOST, PGSERVICE or PGDATABASE) the embedded PostgreSQL is used."],
  ["string", "user", none, "User to connect as. A user inside the URL wins."],
  ["string", "password", none, "Password to connect with. A password inside the URL wins; without any, PGPASSWORD and the pgpass file are asked.", secret],
  ["string", "driver", none, "Class of the JDBC driver.", ignored],
  ["list", "schemas", "", "Schemas that are managed: created when missing, cleaned, checked for emptiness. The first is the default schema."],
  ["string", "displayName", none, "Label of the environment, shown beside its name."],
  ["int", "connectRetries", "0", "How often a failed connection is tried again."],
  ["int", "connectRetriesInterval", "120", "Longest wait between two tries, in seconds; the waits double from one second up to it."],
  ["string", "initSql", none, "SQL that is run on every new connection."],
  ["map", "jdbcProperties.*", none, "Connection properties by their JDBC names, below those of the URL."],
  ["map", "resolvers.*", none, "Configuration of an environment's resolvers and provisioners: resolvers.NAME.PROPERTY.", { env: undefined }],
  ["string", "provisioner", "none", "How the environment is made ready before it is used.", ignored],
]);

// biome-ignore format: a table, a row a line
const GENERAL = group("general", "flyway", [
  ["string", "environment", "default", "Name of the environment to use."],
  ["enum", "provisionMode", "provision", "Whether the environment's provisioner makes it ready, rebuilds it, or is left out.", { values: ["provision", "reprovision", "skip"], aliases: ["environmentProvisionMode"], ignored: true }],
  ["list", "loggers", "auto", "Logging libraries of the JVM.", ignored],
  ["bool", "outputQueryResults", "true", "Print the result sets of statements."],
  ["bool", "outputProgress", "false", "With JSON output: print progress as JSON lines."],
  ["enum", "outputType", none, "`json` prints one JSON document instead of text, `jsonl` an event a line.", { values: ["json", "jsonl", "text"], aliases: ["format"] }],
  ["bool", "outputLogsInJson", "false", "With JSON output: print log lines as JSON to standard error."],
  ["enum", "color", "auto", "When output is coloured.", { values: ["always", "never", "auto"] }],
  ["bool", "reportEnabled", "false", "Write the HTML and JSON report after a command.", ignored],
  ["string", "reportFilename", "report", "Name of the report, without its ending or with .html or .json.", ignored],
  ["list", "jarDirs", none, "Directories with Java migrations.", ignored],
  ["enum", "powershellExecutable", none, "Which PowerShell runs .ps1 scripts; powershell on Windows and pwsh elsewhere unless set.", { values: ["powershell", "pwsh"] }],
  ["string", "email", none, "Licensing.", ignored],
  ["string", "token", none, "Licensing.", ignoredSecret],
  ["string", "licenseKey", none, "Licensing.", ignoredSecret],
  ["string", "offlinePermitPath", none, "Licensing.", ignored],
  ["bool", "publishResult", "false", "Upload of results to Flyway Pipelines.", ignored],
  ["string", "pipelineId", none, "Pipeline of that upload.", ignored],
  ["bool", "checkDriftOnMigrate", "false", "Check for drift before migrating.", ignored],
  ["string", "kerberosConfigFile", none, "Path of a krb5.conf.", ignored],
  ["bool", "communityDBSupportEnabled", "true", "Support of community databases.", { ignored: true, env: "FLYWAY_COMMUNITY_DB_SUPPORT_DISABLED" }],
  ["list", "configurations", none, "Gradle configurations.", ignored],
]);

// biome-ignore format: a table, a row a line
const COMMAND_LINE = group("command line", "flyway", [
  ["list", "configFiles", none, "Further configuration files, after the default ones; `-` is standard input.", { commandLineOnly: true }],
  ["string", "configFileEncoding", "UTF-8", "Encoding of .conf files.", { commandLineOnly: true }],
  ["string", "workingDirectory", none, "Directory that relative paths are resolved against; it is searched for configuration files too.", { commandLineOnly: true }],
  ["string", "outputFile", none, "Write what is printed to this file too.", commandLineOnly],
  ["string", "infoSinceDate", none, "info: only migrations installed after this time (dd/MM/yyyy HH:mm).", commandLineOnly],
  ["string", "infoUntilDate", none, "info: only migrations installed before this time (dd/MM/yyyy HH:mm).", commandLineOnly],
  ["string", "infoSinceVersion", none, "info: only versions from this one on, and repeatables.", commandLineOnly],
  ["string", "infoUntilVersion", none, "info: only versions up to this one, and repeatables.", commandLineOnly],
  ["list", "infoOfState", none, "info: only migrations in these states.", commandLineOnly],
  ["string", "logFile", none, "Log file of old Flyway versions; outputFile does this now.", { commandLineOnly: true, env: undefined, ignored: true }],
]);

// biome-ignore format: a table, a row a line
const FILES = group("files", "flyway", [
  ["locations", "locations", none, "Where migrations are: filesystem:PATH (with *, ** and ?), or a path. Unless set, db/migration when it exists, else sql."],
  ["locations", "callbackLocations", "", "Where callbacks are; when set, they are looked for only there."],
  ["bool", "failOnMissingLocations", "false", "Fail when a location does not exist."],
  ["string", "sqlMigrationPrefix", "V", "Prefix of versioned migrations."],
  ["string", "repeatableSqlMigrationPrefix", "R", "Prefix of repeatable migrations."],
  ["string", "baselineMigrationPrefix", "B", "Prefix of baseline migrations."],
  ["string", "undoSqlMigrationPrefix", "U", "Prefix of undo migrations."],
  ["string", "sqlMigrationSeparator", "__", "What stands between version and description in a file name."],
  ["list", "sqlMigrationSuffixes", ".sql", "Endings of migration files."],
  ["bool", "validateMigrationNaming", "false", "Fail on files whose name is not a migration's."],
  ["string", "encoding", "UTF-8", "Encoding of migrations."],
  ["bool", "detectEncoding", "false", "Detect the encoding of each migration instead."],
  ["bool", "stream", "false", "Read scripts as a stream. godwit streams large files anyway.", ignored],
  ["bool", "batch", "false", "Send INSERT, UPDATE and DELETE statements in batches. godwit sends all statements of a file together anyway.", ignored],
  ["bool", "executeInTransaction", "true", "Run each migration in a transaction."],
  ["bool", "mixed", "false", "Allow one migration to hold transactional and non-transactional statements."],
  ["bool", "group", "false", "Run all pending migrations in one transaction."],
  ["string", "installedBy", none, "What the history table's installed_by says; the database user unless set."],
  ["bool", "skipDefaultResolvers", "false", "Do not look for SQL migrations."],
  ["list", "migrationResolvers", "", "Java classes that resolve migrations.", { ignored: true, env: "FLYWAY_RESOLVERS" }],
  ["list", "callbacks", "db/callback", "Java classes of callbacks.", ignored],
  ["bool", "skipDefaultCallbacks", "false", "Do not run SQL and script callbacks."],
]);

// biome-ignore format: a table, a row a line
const APPLY = group("what is applied", "flyway", [
  ["target", "target", none, "How far to go: latest, current, next or a version; with `?` a missing version is no error. latest unless set (undo: current)."],
  ["bool", "failOnMissingTarget", "false", "Set by Flyway itself from target.", ignored],
  ["list", "cherryPick", "", "Apply exactly these versions and descriptions, in this order."],
  ["bool", "outOfOrder", "false", "Apply versions below the current one too."],
  ["bool", "skipExecutingMigrations", "false", "Write history rows without running the migrations."],
  ["patterns", "ignoreMigrationPatterns", "*:future", "What validate and repair overlook: TYPE:STATE, with * for any."],
  ["bool", "validateOnMigrate", "true", "Validate before migrating."],
  ["bool", "baselineOnMigrate", "false", "Baseline a schema that has objects but no history."],
  ["version", "baselineVersion", "1", "Version of the baseline row."],
  ["string", "baselineDescription", "<< Flyway Baseline >>", "Description of the baseline row."],
  ["bool", "cleanDisabled", "true", "Refuse clean."],
  ["overrides", "errorOverrides", "", "Treat SQL states otherwise: STATE:CODE:BEHAVIOUR with D, I, W or E, and - to leave out the codes."],
  ["string", "dryRunOutput", none, "Write what would be run to this file and change nothing; - is standard output.", { env: "FLYWAY_DRYRUN_OUTPUT" }],
]);

// biome-ignore format: a table, a row a line
const HISTORY = group("schema and history", "flyway", [
  ["string", "defaultSchema", none, "Schema of the history table and of unqualified names; the first of schemas unless set, else the connection's."],
  ["string", "table", "flyway_schema_history", "Name of the history table."],
  ["string", "tablespace", none, "Tablespace of the history table."],
  ["bool", "createSchemas", "true", "Create missing schemas."],
  ["int", "lockRetryCount", "50", "How often, once a second, the migration lock is tried; -1 = for ever."],
  ["bool", "postgresql.transactional.lock", "true", "Hold the migration lock in a transaction; false takes a lock of the session."],
]);

// biome-ignore format: a table, a row a line
const PLACEHOLDERS = group("placeholders", "flyway", [
  ["bool", "placeholderReplacement", "true", "Replace placeholders in migrations."],
  ["map", "placeholders.*", none, "Values of placeholders, by name (in any case)."],
  ["string", "placeholderPrefix", "${", "What a placeholder begins with."],
  ["string", "placeholderSuffix", "}", "What a placeholder ends with."],
  ["string", "placeholderSeparator", ":", "What stands between flyway and the name in built-in placeholders."],
  ["string", "scriptPlaceholderPrefix", "FP__", "What begins the environment variables that hand placeholders to scripts."],
  ["string", "scriptPlaceholderSuffix", "__", "What ends them."],
]);

// biome-ignore format: a table, a row a line
const OWN = group("godwit", "godwit", [
  ["duration", "lockTimeout", none, "PostgreSQL's lock_timeout for each migration, such as 5s; the server's own unless set."],
  ["duration", "statementTimeout", none, "PostgreSQL's statement_timeout for each migration; the server's own unless set."],
  ["int", "lockTimeoutRetries", "0", "How often a migration (with group=true: the whole group) that ran into lockTimeout is tried again."],
  ["duration", "waitForGap", none, "How long a migration waits for transactions open for more than a second that hold locks on tables it names; it fails when they last longer, and does not look unless set."],
  ["bool", "failOnSkipNotices", "false", "Fail a migration or undo when a statement of it did nothing because its object exists already or does not exist."],
  ["enum", "placeholdersMode", "merge", "Whether the placeholders of an environment are added to those of [flyway] or replace them all, as Flyway does.", { values: ["merge", "replace"] }],
  ["string", "mainBranch", none, "Git's main branch, with which add, lint and rebase compare; origin/HEAD, origin/main, origin/master, main or master unless set."],
  ["open", "lint.*", none, "Rules of lint by their id: error, warning, info or off, and their options; lint.preset chooses many, lint.rules names files or folders of the team's own."],
]);

const artifact = (doc: string): Row => ["string", "artifactFilename", none, doc];
const changes: Row = [
  "list",
  "changes",
  none,
  "Ids of the changes to take; all unless set, - reads them from standard input.",
];
// biome-ignore format: a table, a row a line
const build: readonly Row[] = [
  ["string", "buildEnvironment", none, "Environment that is built from the migrations for the comparison."],
  ["string", "buildVersion", none, "Build up to this version."],
  ["list", "buildCherryPick", "", "Build with these migrations."],
  ["bool", "rebuild", "false", "Rebuild the build environment first."],
];
const timestamp: Row = [
  "enum",
  "timestamp",
  "auto",
  "Whether the version is a timestamp.",
  { values: ["always", "auto", "never"] },
];
const force: Row = ["bool", "force", "false", "Overwrite existing files."];

/** Settings of one command: `-K=` after the verb, `-VERB.K=` anywhere, `[flyway.VERB]` in TOML. */
function namespace(verb: string, rows: readonly Row[]): SettingKey[] {
  return group(
    verb,
    "flyway",
    rows.map(([type, key, value, doc, more]): Row => [type, `${verb}.${key}`, value, doc, more]),
  );
}

// biome-ignore format: a table, a row a line
const NAMESPACES: readonly SettingKey[] = [
  ...group("schema model", "flyway", [
    ["string", "schemaModelLocation", none, "Folder of the schema model."],
    ["list", "schemaModelSchemas", none, "Schemas of the schema model."],
  ]),
  ...group("comparison", "root", [
    ["string", "redgateCompare.filterFile", "filter.rgf", "File that says which objects are compared."],
    ["string", "redgateCompare.staticDataTables", none, "Tables whose rows are compared too (an array of tables in TOML)."],
    ["enum", "redgateCompare.postgresql.options.behavior.detectRenames", "identical-only", "Whether an otherwise identical object of another name is a rename.", { values: ["identical-only", "off"] }],
    ["bool", "redgateCompare.postgresql.options.behavior.disableConstraintsForStaticData", "false", "Switch triggers and foreign keys off around static data."],
    ["enum", "redgateCompare.postgresql.options.ignores.ignoreNewlinesInTextObjects", "off", "Whether line ends in functions and views are compared.", { values: ["all", "off"] }],
    ["open", "redgateCompare.*", none, "Comparison options of other databases.", ignored],
    ["string", "flywayDesktop.developmentEnvironment", none, "Development environment; the default source of diff."],
    ["string", "flywayDesktop.shadowEnvironment", none, "Shadow environment; the default build environment of diff."],
    ["open", "flywayDesktop.*", none, "Settings of Flyway Desktop.", ignored],
  ]),
  ...namespace("add", [
    ["enum", "type", "versioned", "Kind of the new file.", { values: ["versioned", "baseline", "undo", "repeatable"] }],
    ["string", "description", none, "Description of the new file."],
    ["string", "version", none, "Version of the new file; the next free one unless set."],
    ["string", "location", none, "Where the file goes; the first filesystem location unless set."],
    timestamp,
    ["bool", "nameOnly", "false", "Print the name and create nothing."],
    force,
  ]),
  ...namespace("check", [
    ["string", "buildEnvironment", "default_build", "Environment that is rebuilt from the migrations."],
    ["string", "buildUrl", none, "URL of the build database."],
    ["string", "buildUser", none, "User of the build database; user unless set."],
    ["string", "buildPassword", none, "Password of the build database; password unless set.", secret],
    ["list", "appliedMigrations", none, "What the target has applied, given by hand."],
    ["string", "nextSnapshot", none, "Snapshot of the state after the deployment."],
    ["string", "deployedSnapshot", "snapshotHistory:current", "Snapshot of the state after the last deployment."],
    ["enum", "changesSource", "migrations", "What check -changes compares with.", { values: ["migrations", "schemaModel"] }],
    ["bool", "failOnDrift", "false", "Fail when there is drift."],
    ["bool", "generateDriftResolutionScripts", "true", "Write scripts that resolve the drift."],
    ["string", "driftResolutionFolder", "drift-resolution", "Folder of those scripts."],
    ["string", "filterFile", "filter.rgf", "File that says which objects are compared."],
    ["bool", "code.failOnError", "false", "Fail when the code review finds an error."],
    ["enum", "code.noqaSeverity", "WARNING", "Severity of suppressions.", { values: ["DISABLED", "WARNING", "ERROR"] }],
    ["bool", "regexEnabled", "true", "Run the regular expression rules."],
    ["bool", "sqlfluffEnabled", "true", "Run the SQLFluff rules."],
    ["string", "rulesConfig", none, "Configuration of the SQLFluff rules."],
    ["string", "rulesDialect", none, "Dialect of the SQLFluff rules."],
    ["string", "rulesLocation", none, "Folder of the regular expression rules."],
    ["string", "sqlfluffCustomRulesPath", none, "Folder of own SQLFluff rules.", { aliases: ["check.sqlfluffCustomRulesLocation"] }],
    ["enum", "scope", none, "Which migrations are reviewed: the pending ones when a database is configured, else all.", { values: ["DEFAULT", "ALL", "PENDING", "SCRIPT"] }],
    ["string", "scriptFilename", none, "Script to review with scope SCRIPT."],
  ]),
  ...namespace("diff", [
    ["string", "source", none, "What is compared: an environment, schemaModel, migrations, empty, or snapshot:PATH."],
    ["string", "target", none, "What it is compared with."],
    artifact("Where the result is kept."),
    ...build,
    ["list", "snapshotSchemas", none, "Schemas of a snapshot side."],
    ["bool", "includeFlywayObjects", "false", "Compare the history table too."],
  ]),
  ...namespace("diffText", [artifact("Result of diff to read."), changes]),
  ...namespace("generate", [
    artifact("Result of diff to read."),
    changes,
    ["list", "types", "versioned", "Kinds of scripts to write: versioned, undo, baseline."],
    ["string", "location", none, "Folder the scripts go to; the first filesystem location unless set."],
    ["string", "target", none, "Which side the scripts change."],
    ["string", "version", none, "Version of the scripts; the next free one unless set."],
    timestamp,
    ["string", "description", none, "Description of the scripts."],
    ["string", "versionedFilename", none, "Name or path of the versioned script."],
    ["string", "undoFilename", none, "Name or path of the undo script."],
    ["string", "baselineFilename", none, "Name or path of the baseline script."],
    force,
    ["bool", "usePlaceholders", "false", "Write placeholders where a value equals one."],
  ]),
  ...namespace("model", [
    artifact("Result of diff to read."),
    changes,
    ["bool", "dryRun", "false", "List what would change and change nothing."],
  ]),
  ...namespace("prepare", [
    ["string", "source", none, "What the target is to become."],
    ["string", "target", none, "Database to change."],
    ["list", "types", "deploy", "Kinds of scripts to write: deploy, undo."],
    ["string", "scriptFilename", "deployments/D__deployment.sql", "Path of the deployment script."],
    ["string", "undoFilename", "deployments/DU__undo.sql", "Path of the undo script."],
    ["enum", "abortOnWarningSeverity", "None", "Fail on warnings from this severity on.", { values: ["None", "High", "Medium", "Low"] }],
    force,
    artifact("Result of diff to read."),
    changes,
  ]),
  ...namespace("deploy", [
    ["string", "scriptFilename", none, "Script to run; that of prepare unless set."],
    ["bool", "saveSnapshot", "false", "Save a snapshot after success.", ignored],
  ]),
  ...namespace("snapshot", [
    ["string", "filename", none, "Where the snapshot goes: a path or snapshotHistory:NAME."],
    ["string", "source", none, "What is snapshotted; the environment unless set."],
    ["string", "historyTable", "flyway_snapshot_history", "Name of the snapshot table."],
    ["int", "historyLimit", "5", "How many snapshots the table keeps."],
    ...build,
  ]),
  ...namespace("migrate", [["bool", "saveSnapshot", "false", "Save a snapshot after success.", ignored]]),
  ...namespace("undo", [["bool", "saveSnapshot", "false", "Save a snapshot after success.", ignored]]),
  ...namespace("init", [
    ["string", "projectName", none, "Name of the project."],
    ["string", "databaseType", none, "Kind of the database."],
    ["string", "fileName", "flyway.toml", "Name of the configuration file."],
    ["string", "from", none, "What to import."],
    ["enum", "fromType", none, "Kind of what is imported.", { values: ["Conf", "SqlSourceControl", "SourceControlForOracle"] }],
  ]),
  ...namespace("mcp", [
    ["list", "toolsets", none, "Tools that the MCP server offers."],
    ["int", "maxLogs", "100", "How many log lines an answer holds."],
  ]),
  ...group("tags", "flyway", [
    ["open", "tags.definitions.*", none, "Tags of each version: definitions.\"1.2\" = [\"a\", \"b\"].", ignored],
    ["list", "tags.anyOf", "", "Only migrations with one of these tags.", ignored],
    ["list", "tags.allOf", "", "Only migrations with all of these tags.", ignored],
    ["list", "tags.noneOf", "", "Only migrations with none of these tags.", ignored],
    ["list", "tags.deploymentOrder", "", "Order by tag.", ignored],
    ["bool", "tags.failOnMissing", "true", "Fail when a tagged version has no file.", ignored],
  ]),
  ...group("secrets", "flyway", [
    ["string", "vault.url", none, "Address of HashiCorp Vault.", ignored],
    ["string", "vault.token", none, "Token for Vault.", ignoredSecret],
    ["list", "vault.secrets", none, "Secrets of Vault that hold configuration.", ignored],
    ["string", "dapr.url", none, "Address of the Dapr secret store.", ignored],
    ["list", "dapr.secrets", none, "Secrets of Dapr that hold configuration.", ignored],
    ["string", "gcsm.project", none, "Google Cloud project.", ignored],
    ["list", "gcsm.secrets", none, "Secrets of Google Cloud that hold configuration.", ignored],
    ["string", "akv.vaultUrl", none, "Address of the Azure key vault.", ignored],
    ["list", "akv.secrets", none, "Secrets of Azure that hold configuration.", ignored],
  ]),
  ...group("project", "root", [
    ["string", "id", none, "Id of the project, written by init (TOML only).", ignored],
    ["string", "name", none, "Name of the project (TOML only)."],
    ["string", "databaseType", none, "Kind of the database, for Flyway Desktop (TOML only).", ignored],
  ]),
  ...group(
    "other databases",
    "flyway",
    // One project file may serve several databases.
    [
      "bigquery",
      "cassandra",
      "clickhouse",
      "cockroachdb",
      "databricks",
      "db2",
      "db2z",
      "mariadb",
      "mongodb",
      "mysql",
      "oracle",
      "redshift",
      "singlestore",
      "snowflake",
      "spanner",
      "sqlite",
      "sqlserver",
      "yugabytedb",
    ].map((name): Row => ["open", `${name}.*`, none, "Settings of this database.", ignored]),
  ),
];

/** Every setting, in the order of the documentation. */
export const SETTING_KEYS: readonly SettingKey[] = [
  ...ENVIRONMENT,
  ...GENERAL,
  ...COMMAND_LINE,
  ...FILES,
  ...APPLY,
  ...HISTORY,
  ...PLACEHOLDERS,
  ...OWN,
  ...NAMESPACES,
];

export interface ObsoleteKey {
  readonly kind: "Replaced" | "Removed";
  readonly replacement: string | undefined;
}

/**
 * Names that Flyway 13 still recognises as obsolete. When nothing else is wrong the failure is
 * CONFIGURATION_RECOVERABLE. A name covers everything below it.
 */
export const OBSOLETE_KEYS: Readonly<Record<string, ObsoleteKey>> = {
  "plugins.clean": { kind: "Replaced", replacement: "sqlserver.clean" },
  "plugins.vault": { kind: "Replaced", replacement: "vault" },
  "plugins.dapr": { kind: "Replaced", replacement: "dapr" },
  "plugins.gcsm": { kind: "Replaced", replacement: "gcsm" },
  cleanOnValidationError: { kind: "Removed", replacement: undefined },
  "check.majorTolerance": { kind: "Removed", replacement: undefined },
  "check.minorTolerance": { kind: "Removed", replacement: undefined },
  "check.majorRules": { kind: "Removed", replacement: undefined },
  "check.minorRules": { kind: "Removed", replacement: undefined },
};

/** Names of Flyway versions before 10 and what does the same now; plainly unknown to Flyway 13. */
export const FORMER_NAMES: Readonly<Record<string, string>> = {
  allowMixedMigrations: "mixed",
  configFile: "configFiles",
  errorHandlers: "errorOverrides",
  ignoreFailedFutureMigration: 'ignoreMigrationPatterns="*:future"',
  ignoreFutureMigrations: 'ignoreMigrationPatterns="*:future"',
  ignoreIgnoredMigrations: 'ignoreMigrationPatterns="*:ignored"',
  ignoreMissingMigrations: 'ignoreMigrationPatterns="*:missing"',
  ignorePendingMigrations: 'ignoreMigrationPatterns="*:pending"',
  initDescription: "baselineDescription",
  initOnMigrate: "baselineOnMigrate",
  initVersion: "baselineVersion",
  repeatableMigrationPrefix: "repeatableSqlMigrationPrefix",
  sqlMigrationSuffix: "sqlMigrationSuffixes",
};
