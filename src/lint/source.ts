// The files that lint reads: values, with no file system behind them.
import type { Version } from "../migrations/migration.ts";
import type { Replaced } from "../sql/placeholders.ts";

export interface SourceFile {
  /** Path as the user knows it. */
  readonly path: string;
  readonly name: string;
  readonly kind: "versioned" | "repeatable" | "baseline" | "undo" | "callback";
  readonly version: Version | undefined;
  readonly description: string;
  /** The file's text, before placeholder replacement; undefined for scripts and modules, which are not SQL. */
  readonly text: string | undefined;
  readonly replaced: Replaced | undefined;
  /** What the script's .conf says. */
  readonly executeInTransaction: boolean | undefined;
  /** False: read only to know the schema. */
  readonly judged: boolean;
  /** Where the comments of a file stand that is not SQL. */
  readonly comments?: readonly { readonly start: number; readonly end: number }[];
}

/** A file of the application, which is not SQL. */
export interface ApplicationFile {
  /** Path as the user knows it. */
  readonly path: string;
  readonly text: string;
}

/** A file of a project's folder, and where it is. */
export interface LintFile {
  readonly source: Omit<SourceFile, "judged">;
  readonly absolute: string;
  readonly encoding: string;
  /** Replaces the placeholders of another text for the file. */
  readonly replace: (text: string) => Replaced | undefined;
}

export interface LintFolder {
  readonly files: readonly LintFile[];
  readonly strays: Project["strays"];
}

/** What git knows of one file. */
export interface FileHistory {
  /** The first commit that had it, short. */
  readonly firstCommit: string;
  /** Its text there, or on the main branch; undefined when it cannot be read. */
  readonly committedText: string | undefined;
  /** How many commits changed it after its first. */
  readonly changes: number;
}

/** What a database's history says of a file that it has applied. */
export interface AppliedFile {
  /** Day, YYYY-MM-DD. */
  readonly on: string;
  /** The checksum of its row is another one. */
  readonly isChanged: boolean;
}

/** What a server said when the file was run. */
export interface FileFailure {
  readonly message: string;
  /** 1-based, in the file's own text; undefined when the server did not say. */
  readonly place: { readonly line: number; readonly column: number } | undefined;
  readonly sqlState: string | undefined;
}

/** Everything that is judged at once. */
export interface Project {
  /** In any order. */
  readonly files: readonly SourceFile[];
  /** Files beside the migrations that are none, by path: V5__a.sql.bak. */
  readonly strays: readonly { readonly path: string; readonly reason: string }[];
  /** What is looked through for DDL, as far as it may hold some. */
  readonly application: readonly ApplicationFile[];
  /** By path; empty without git. */
  readonly git: ReadonlyMap<string, FileHistory>;
  /** Files that the database has applied, by path; empty when none was asked. They come before all others. */
  readonly applied: ReadonlyMap<string, AppliedFile>;
  /** Files that a server refused, by path. */
  readonly failures: ReadonlyMap<string, FileFailure>;
  /** The path of a session, default schema first. */
  readonly searchPath: readonly string[];
  readonly hasLockTimeout: boolean;
  readonly hasStatementTimeout: boolean;
  readonly executeInTransaction: boolean;
  /** All pending files run in one transaction. */
  readonly group: boolean;
  /** The configuration names the default schema: it is no guess. */
  readonly knowsDefaultSchema: boolean;
  readonly separator: string;
  /** Table of the history, which no migration makes. */
  readonly historyTable: string;
  /** PostgreSQL's major version. */
  readonly pg: number;
  /** Day of judgement, YYYY-MM-DD: expiries of suppressions. */
  readonly today: string;
}
