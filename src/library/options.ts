// What the library takes, as types. Nothing here needs the types of pg, of PGlite or of Node's streams.
import type { Emit } from "../base/event.ts";
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
