// What the author of a migration in TypeScript or JavaScript sees. How it comes about is module-context.ts.
import type { Session } from "../server/session.ts";

export type SqlParameter = string | number | boolean | null;

/** The session of the run: that of Session, without the end of the connection. */
export type MigrationSession = Pick<
  Session,
  "serverVersion" | "serverVersionText" | "product" | "query" | "pipeline" | "copyIn"
>;

export interface MigrationContext {
  /**
   * Runs SQL and gives its rows, every value as text. Without parameters the text may hold several statements; the
   * rows are then those of the last. A refused statement ends the transaction of the migration, even when the error
   * is caught; put a SAVEPOINT before what may fail.
   * @throws GodwitError with the server's words in `sql`.
   */
  readonly query: <Row extends Record<string, string | null> = Record<string, string | null>>(
    sql: string,
    parameters?: readonly SqlParameter[],
  ) => Promise<readonly Row[]>;
  /** For many statements in one write (`pipeline`) and COPY ... FROM STDIN (`copyIn`). */
  readonly session: MigrationSession;
  /** Aborted when the run is to stop. What waits for something else than the server should listen to it. */
  readonly signal: AbortSignal;
  /** A line in the output of the run. */
  readonly log: (message: string) => void;
  /** Values of the placeholders, names in lower case. */
  readonly placeholders: Readonly<Record<string, string>>;
}

/** The function of a migration. What it returns is waited for and not looked at. */
export type MigrationFunction = (context: MigrationContext) => unknown;
