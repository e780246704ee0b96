// The values that files become. Everything here is data; reading files is files.ts, judging names is name.ts.
import type { Place } from "../base/place.ts";
import type { FileTiming } from "../config/settings.ts";

/** A version as Flyway compares and prints it. */
export interface Version {
  /** Display text: as in the file name, underscores turned into dots; stored in the history table. */
  readonly text: string;
  /** As in the file name. */
  readonly raw: string;
  /**
   * Numeric parts, trailing zeros dropped (never the first); empty for a special version. Only those that are beyond
   * Number.MAX_SAFE_INTEGER are big: big integers take several times as long to make and to compare.
   */
  readonly parts: readonly (number | bigint)[];
  readonly special: "empty" | "current" | "latest" | "next" | undefined;
}

/** What a file is written in, as far as running it goes. */
export type Language = "sql" | "script" | "module";

export type MigrationKind = "versioned" | "repeatable" | "baseline" | "undo";

/** Types that godwit resolves from files; the history table may hold others. */
export type ResolvedType = "SQL" | "SCRIPT" | "SQL_BASELINE" | "UNDO_SQL" | "UNDO_SCRIPT" | "CUSTOM";

/** What a `<script>.conf` says; undefined where it says nothing. */
export interface ScriptConfig {
  readonly executeInTransaction: boolean | undefined;
  readonly placeholderReplacement: boolean | undefined;
  readonly encoding: string | undefined;
  /** The expression as written, and its value after placeholder replacement. */
  readonly shouldExecute: { readonly expression: string; readonly value: boolean } | undefined;
  /** Settings of the run that the file has its own values of. */
  readonly timing?: FileTiming;
}

/** A file found in a location. */
export interface ScannedFile {
  /** Absolute path. */
  readonly path: string;
  /** Path as reached through the location as configured, such as "db/migration/V1__a.sql". */
  readonly configuredPath: string;
  /** File name alone. */
  readonly name: string;
  /** Relative to its location, "/"-separated: the history table's `script`. */
  readonly script: string;
}

export interface ResolvedMigration {
  readonly kind: MigrationKind;
  readonly type: ResolvedType;
  /** undefined for repeatables. */
  readonly version: Version | undefined;
  readonly description: string;
  readonly script: string;
  /** undefined: no checksum (never for files). */
  readonly checksum: number | undefined;
  /** A second checksum that counts as equal: that of a repeatable's text before placeholder replacement. */
  readonly equivalentChecksum: number | undefined;
  /** What runs the file. Not told by the type: Flyway gives a baseline script the type of baseline SQL. */
  readonly language: Language;
  readonly file: ScannedFile;
  /** The encoding the file is to be decoded with. */
  readonly encoding: string;
  readonly config: ScriptConfig;
}

export interface CallbackFile {
  readonly event: string;
  readonly description: string;
  readonly language: "sql" | "script";
  readonly file: ScannedFile;
  readonly encoding: string;
  readonly config: ScriptConfig;
}

/** A file that looked like a migration but has an invalid name. */
export interface InvalidName {
  readonly file: ScannedFile;
  readonly message: string;
}

export interface ResolvedFolder {
  /** Versioned by version (baseline after regular of the same version), then repeatables by description. */
  readonly migrations: readonly ResolvedMigration[];
  /** By version. */
  readonly undos: readonly ResolvedMigration[];
  readonly callbacks: readonly CallbackFile[];
  readonly invalidNames: readonly InvalidName[];
  /** Things worth telling (discarded locations, missing locations ...), in order. */
  readonly remarks: readonly {
    readonly level: "info" | "warn" | "error" | "debug";
    readonly message: string;
    readonly place?: Place;
  }[];
}
