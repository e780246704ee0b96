// What the library takes, as types. Nothing here needs the types of pg, of PGlite or of Node's streams.
import type { Emit } from "../base/event.ts";
import type { LintFinding, LintSummary } from "../lint/finding.ts";
import type { Preset } from "../lint/rule.ts";
import type { SettingOptions } from "./setting-options.ts";

/** A connected Client of the package pg (8.x), as far as its type tells it from other things. */
export interface PgClientLike {
  readonly query: (...args: never[]) => unknown;
  readonly on: (...args: never[]) => unknown;
  readonly removeListener: (...args: never[]) => unknown;
  readonly end: (...args: never[]) => unknown;
}

/** A Pool of the package pg (8.x). */
export interface PgPoolLike {
  readonly connect: (...args: never[]) => unknown;
  readonly query: (...args: never[]) => unknown;
  readonly end: (...args: never[]) => unknown;
  readonly totalCount: number;
}

/** An instance of @electric-sql/pglite. */
export interface PgliteLike {
  readonly execProtocolRaw: (...args: never[]) => unknown;
}

export type LentConnection = PgClientLike | PgPoolLike | PgliteLike;

/**
 * Settings by Flyway's names. Settings that are not listed here (those of single commands, and those of paid
 * editions that godwit accepts without effect) come from configuration files.
 */
export interface GodwitSettings extends SettingOptions {
  /** Other environments by their names, as `[environments.NAME]` in flyway.toml. */
  readonly environments?: Readonly<Record<string, SettingOptions>> | undefined;
}

export interface GodwitOptions extends GodwitSettings {
  /**
   * A connection of yours instead of a URL: a connected client or a pool of pg, or PGlite. It is used by one verb at
   * a time, given back as it was, and never closed.
   */
  readonly client?: LentConnection | undefined;
  /** Hears what a run tells while it goes on. It must not throw. */
  readonly onEvent?: Emit | undefined;
  /** Stops whatever runs: the running statement is cancelled, and its migration rolled back. */
  readonly signal?: AbortSignal | undefined;
  /** Environment variables (FLYWAY_*, GODWIT_*, PG*). Default: those of the process; `{}` for none. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** What every verb takes. */
export interface RunOptions {
  /** For this run only, beside that of createGodwit. */
  readonly signal?: AbortSignal | undefined;
  /** For this run only, beside that of createGodwit. */
  readonly onEvent?: Emit | undefined;
  /** Other settings for this run, such as `{ target: "24" }`. */
  readonly settings?: GodwitSettings | undefined;
}

/** What info shows; everything unless set. */
export interface InfoOptions extends RunOptions {
  /** Leaves out what was installed before. */
  readonly sinceDate?: Date | undefined;
  /** Only what was installed before. */
  readonly untilDate?: Date | undefined;
  readonly sinceVersion?: string | undefined;
  readonly untilVersion?: string | undefined;
  /** State codes or names, such as "PENDING". */
  readonly states?: readonly string[] | undefined;
}

/** What lint judges, and how. Beside the options stand the settings `lint.*` of the configuration files. */
export interface LintOptions extends RunOptions {
  /** Paths, counted from the working directory. All migrations where there is none. */
  readonly files?: readonly string[] | undefined;
  /** Only what migrate would apply, by the database. */
  readonly pending?: boolean | undefined;
  /** Only files that differ from a commit or branch of git, and new ones. */
  readonly since?: string | undefined;
  /** Which rules; guide and recommended unless set. */
  readonly presets?: readonly Preset[] | undefined;
  /** Only these rules, by id. */
  readonly rules?: readonly string[] | undefined;
  /** Mend what can be mended, in files that neither the main branch nor the database has yet. */
  readonly fix?: boolean | undefined;
  /** Mend the others too. Their checksums change: migrate refuses them until repair. */
  readonly fixApplied?: boolean | undefined;
  /** Give what `fix` would change as `patch`, and write nothing. */
  readonly diff?: boolean | undefined;
  /** Whether each file is deployed on its own, or all judged files at once: a table made there is new. */
  readonly together?: "file" | "set" | undefined;
  /** Judge pending files against what the database holds. */
  readonly database?: boolean | undefined;
  /** Run the files on a temporary PostgreSQL, and judge each against what that holds before it. */
  readonly scratch?: boolean | undefined;
  /** PostgreSQL's major version; that of the database where it is asked, else 13. */
  readonly pg?: number | undefined;
  /** Path of the baseline file; godwit-lint-baseline.json unless set. */
  readonly baseline?: string | undefined;
  /** Write what is found now into the baseline file. */
  readonly updateBaseline?: boolean | undefined;
  /** Last day of the baseline that is written, YYYY-MM-DD. */
  readonly until?: string | undefined;
}

/** What lint found. Findings and summary have the keys of `godwit lint --format json`, and more. */
export interface LintReport {
  readonly operation: "lint";
  /** By file in the order of application, line and column; offsets of `fix` are UTF-16 units of the file. */
  readonly findings: readonly LintFinding[];
  readonly summary: LintSummary;
  /** What else is worth saying: files written, files passed over. */
  readonly notes: readonly string[];
  /** With `diff`: a unified diff. */
  readonly patch?: string;
}

export interface RulesOptions extends RunOptions {
  /** Which rules are in force; guide and recommended unless set. */
  readonly presets?: readonly Preset[] | undefined;
}

/** The file that add writes. */
export interface AddOptions extends RunOptions {
  /** In words. Only an undo file can do without: it takes that of the last version. */
  readonly description?: string | undefined;
  /** versioned unless set. */
  readonly type?: "versioned" | "repeatable" | "undo" | "baseline" | undefined;
  /** The next free one, of the folder and of git's main branch, unless set. */
  readonly version?: string | undefined;
  /** The first filesystem location unless set. */
  readonly location?: string | undefined;
  /** Whether the version has the time in it; auto, as the folder does, unless set. */
  readonly timestamp?: "auto" | "always" | "never" | undefined;
  /** create-table, add-column, foreign-key, index, enum, seed, function, policy, repeatable, undo, reverse, or the team's. */
  readonly template?: string | undefined;
  /** Folder of the team's templates; db/templates unless set. */
  readonly templates?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  /** VARCHAR(100) unless set. */
  readonly columnType?: string | undefined;
  /** Other table of a foreign key. */
  readonly references?: string | undefined;
  /** Other {{names}} in the team's templates. */
  readonly set?: Readonly<Record<string, string>> | undefined;
  /** Give the path, and write nothing. */
  readonly nameOnly?: boolean | undefined;
  /** Overwrite a file that is there. */
  readonly force?: boolean | undefined;
}

/** Which files rebase moves. */
export interface RebaseOptions extends RunOptions {
  /** Paths; all that the main branch does not have where there is none. */
  readonly files?: readonly string[] | undefined;
  /** The main branch; the setting mainBranch, or what usually is one, unless set. */
  readonly onto?: string | undefined;
  /** Tell what would be moved, and move nothing. */
  readonly dryRun?: boolean | undefined;
  /** Move although files need each other in the old order, and named files of the main branch too. */
  readonly force?: boolean | undefined;
  /** Do not ask the database what it has applied. */
  readonly offline?: boolean | undefined;
}
