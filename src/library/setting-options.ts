// This file is made from the table of settings (src/config/keys.ts); do not edit it.
// node script/make-option-types.mjs writes it.

/** Flyway's settings and godwit's own by their names, without `flyway.` before them. */
export type SettingOptions = {
  /** Where the database is: a jdbc:postgresql: URL, a postgresql:// URL or a libpq connection string. */
  readonly url?: string | undefined;
  /** User to connect as. A user inside the URL wins. */
  readonly user?: string | undefined;
  /** Password to connect with. A password inside the URL wins; without any, PGPASSWORD and the pgpass file are asked. */
  readonly password?: string | undefined;
  /** Schemas that are managed: created when missing, cleaned, checked for emptiness. The first is the default schema. */
  readonly schemas?: string | readonly string[] | undefined;
  /** Label of the environment, shown beside its name. */
  readonly displayName?: string | undefined;
  /** How often a failed connection is tried again. Default: `0`. */
  readonly connectRetries?: number | undefined;
  /** Longest wait between two tries, in seconds; the waits double from one second up to it. Default: `120`. */
  readonly connectRetriesInterval?: number | undefined;
  /** SQL that is run on every new connection. */
  readonly initSql?: string | undefined;
  /** Connection properties by their JDBC names, below those of the URL. */
  readonly jdbcProperties?: Readonly<Record<string, string>> | undefined;
  /** Configuration of an environment's resolvers and provisioners: resolvers.NAME.PROPERTY. */
  readonly resolvers?: Readonly<Record<string, string>> | undefined;
  /** Name of the environment to use. Default: `default`. */
  readonly environment?: string | undefined;
  /** Which PowerShell runs .ps1 scripts; powershell on Windows and pwsh elsewhere unless set. */
  readonly powershellExecutable?: "powershell" | "pwsh" | undefined;
  /** Configuration files to read; the library looks for no others. */
  readonly configFiles?: string | readonly string[] | undefined;
  /** Encoding of .conf files. Default: `UTF-8`. */
  readonly configFileEncoding?: string | undefined;
  /** Directory that relative paths are resolved against; the process's own unless set. */
  readonly workingDirectory?: string | undefined;
  /** Where migrations are: filesystem:PATH (with *, ** and ?), or a path. Unless set, db/migration when it exists, else sql. */
  readonly locations?: string | readonly string[] | undefined;
  /** Where callbacks are; when set, they are looked for only there. */
  readonly callbackLocations?: string | readonly string[] | undefined;
  /** Fail when a location does not exist. Default: `false`. */
  readonly failOnMissingLocations?: boolean | undefined;
  /** Prefix of versioned migrations. Default: `V`. */
  readonly sqlMigrationPrefix?: string | undefined;
  /** Prefix of repeatable migrations. Default: `R`. */
  readonly repeatableSqlMigrationPrefix?: string | undefined;
  /** Prefix of baseline migrations. Default: `B`. */
  readonly baselineMigrationPrefix?: string | undefined;
  /** Prefix of undo migrations. Default: `U`. */
  readonly undoSqlMigrationPrefix?: string | undefined;
  /** What stands between version and description in a file name. Default: `__`. */
  readonly sqlMigrationSeparator?: string | undefined;
  /** Endings of migration files. Default: `.sql`. */
  readonly sqlMigrationSuffixes?: string | readonly string[] | undefined;
  /** Fail on files whose name is not a migration's. Default: `false`. */
  readonly validateMigrationNaming?: boolean | undefined;
  /** Encoding of migrations. Default: `UTF-8`. */
  readonly encoding?: string | undefined;
  /** Detect the encoding of each migration instead. Default: `false`. */
  readonly detectEncoding?: boolean | undefined;
  /** Run each migration in a transaction. Default: `true`. */
  readonly executeInTransaction?: boolean | undefined;
  /** Allow one migration to hold transactional and non-transactional statements. Default: `false`. */
  readonly mixed?: boolean | undefined;
  /** Run all pending migrations in one transaction. Default: `false`. */
  readonly group?: boolean | undefined;
  /** What the history table's installed_by says; the database user unless set. */
  readonly installedBy?: string | undefined;
  /** Do not look for SQL migrations. Default: `false`. */
  readonly skipDefaultResolvers?: boolean | undefined;
  /** Do not run SQL and script callbacks. Default: `false`. */
  readonly skipDefaultCallbacks?: boolean | undefined;
  /** How far to go: latest, current, next or a version; with `?` a missing version is no error. latest unless set (undo: current). */
  readonly target?: string | undefined;
  /** Apply exactly these versions and descriptions, in this order. */
  readonly cherryPick?: string | readonly string[] | undefined;
  /** Apply versions below the current one too. Default: `false`. */
  readonly outOfOrder?: boolean | undefined;
  /** Write history rows without running the migrations. Default: `false`. */
  readonly skipExecutingMigrations?: boolean | undefined;
  /** What validate and repair overlook: TYPE:STATE, with * for any. Default: `*:future`. */
  readonly ignoreMigrationPatterns?: string | readonly string[] | undefined;
  /** Validate before migrating. Default: `true`. */
  readonly validateOnMigrate?: boolean | undefined;
  /** Baseline a schema that has objects but no history. Default: `false`. */
  readonly baselineOnMigrate?: boolean | undefined;
  /** Version of the baseline row. Default: `1`. */
  readonly baselineVersion?: string | undefined;
  /** Description of the baseline row. Default: `<< Flyway Baseline >>`. */
  readonly baselineDescription?: string | undefined;
  /** Refuse clean. Default: `true`. */
  readonly cleanDisabled?: boolean | undefined;
  /** Treat SQL states otherwise: STATE:CODE:BEHAVIOUR with D, I, W or E, and - to leave out the codes. */
  readonly errorOverrides?: string | readonly string[] | undefined;
  /** Schema of the history table and of unqualified names; the first of schemas unless set, else the connection's. */
  readonly defaultSchema?: string | undefined;
  /** Name of the history table. Default: `flyway_schema_history`. */
  readonly table?: string | undefined;
  /** Tablespace of the history table. */
  readonly tablespace?: string | undefined;
  /** Create missing schemas. Default: `true`. */
  readonly createSchemas?: boolean | undefined;
  /** How often, once a second, the migration lock is tried; -1 = for ever. Default: `50`. */
  readonly lockRetryCount?: number | undefined;
  /** Hold the migration lock in a transaction; false takes a lock of the session. Default: `true`. */
  readonly "postgresql.transactional.lock"?: boolean | undefined;
  /** Replace placeholders in migrations. Default: `true`. */
  readonly placeholderReplacement?: boolean | undefined;
  /** Values of placeholders, by name (in any case). */
  readonly placeholders?: Readonly<Record<string, string>> | undefined;
  /** What a placeholder begins with. Default: `${`. */
  readonly placeholderPrefix?: string | undefined;
  /** What a placeholder ends with. Default: `}`. */
  readonly placeholderSuffix?: string | undefined;
  /** What stands between flyway and the name in built-in placeholders. Default: `:`. */
  readonly placeholderSeparator?: string | undefined;
  /** What begins the environment variables that hand placeholders to scripts. Default: `FP__`. */
  readonly scriptPlaceholderPrefix?: string | undefined;
  /** What ends them. Default: `__`. */
  readonly scriptPlaceholderSuffix?: string | undefined;
  /** PostgreSQL's lock_timeout for each migration, such as 5s; the server's own unless set. A number is milliseconds. */
  readonly lockTimeout?: string | number | undefined;
  /** PostgreSQL's statement_timeout for each migration; the server's own unless set. A number is milliseconds. */
  readonly statementTimeout?: string | number | undefined;
  /** How often a migration (with group=true: the whole group) that ran into lockTimeout is tried again. Default: `0`. */
  readonly lockTimeoutRetries?: number | undefined;
  /** How long a migration waits for transactions open for more than a second that hold locks on tables it names; it fails when they last longer, and does not look unless set. A number is milliseconds. */
  readonly waitForGap?: string | number | undefined;
  /** Fail a migration or undo when a statement of it did nothing because its object exists already or does not exist. Default: `false`. */
  readonly failOnSkipNotices?: boolean | undefined;
  /** Whether the placeholders of an environment are added to those of [flyway] or replace them all, as Flyway does. Default: `merge`. */
  readonly placeholdersMode?: "merge" | "replace" | undefined;
  /** Git's main branch, with which add, lint and rebase compare; origin/HEAD, origin/main, origin/master, main or master unless set. */
  readonly mainBranch?: string | undefined;
  /** Folder of the schema model. */
  readonly schemaModelLocation?: string | undefined;
  /** Schemas of the schema model. */
  readonly schemaModelSchemas?: string | readonly string[] | undefined;
};
