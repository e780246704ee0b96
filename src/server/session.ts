// One connection to a PostgreSQL server, as the layers above see it. The driver is hidden behind this contract.
import type { SqlErrorFields } from "../base/errors.ts";

export interface Notice {
  readonly severity: string;
  readonly sqlState: string;
  readonly message: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly where: string | undefined;
  /** The statement has IF (NOT) EXISTS and did nothing. */
  readonly skipped: boolean;
}

/** A result set as PostgreSQL's text representation; null is SQL NULL. */
export interface ResultSet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface StatementSuccess {
  readonly ok: true;
  /** Command tag without counts, such as "CREATE TABLE" or "INSERT"; "" for an empty statement. */
  readonly command: string;
  /** Rows touched, where the tag says so. */
  readonly rowCount: number | undefined;
  /** The last result set. */
  readonly result: ResultSet | undefined;
  /** All of them, where one text gave several (several statements in one text, with keepRows). */
  readonly resultSets?: readonly ResultSet[];
  readonly notices: readonly Notice[];
  /** Milliseconds from the previous answer (or the write) to this one, by the client's monotonic clock. */
  readonly elapsedMs: number;
}

export interface StatementFailure {
  readonly ok: false;
  readonly error: SqlErrorFields;
  /** Statements of the same text that were done before the one that failed. */
  readonly doneBefore: number;
  readonly notices: readonly Notice[];
  readonly elapsedMs: number;
}

export type StatementResult = StatementSuccess | StatementFailure;

export interface PipelineOptions {
  /** Called as each statement's answer arrives, in order. */
  readonly onResult?: (index: number, result: StatementResult) => void;
  /** Keep rows of result sets, of all statements or by index (default false: rows are counted and dropped). */
  readonly keepRows?: boolean | ((index: number) => boolean);
  /**
   * Sends these while the call before is still answered, where the connection allows it and neither has a COPY. What an
   * error of that call does to the session is then met by these too.
   */
  readonly ahead?: boolean;
}

export interface QueryOptions {
  /** Hears the whole answer (notices, command, time), a refusal too. */
  readonly onResult?: (result: StatementResult) => void;
}

/**
 * A connection. Methods may be called only one after the other unless said otherwise; a connection that broke
 * rejects every later call with a GodwitError of code DB_CONNECTION.
 */
export interface Session extends AsyncDisposable {
  /** server_version_num, such as 150018. */
  readonly serverVersion: number;
  /** "15.18": major.minor as the server says it. */
  readonly serverVersionText: string;
  /** "PostgreSQL", or the product that speaks its protocol where it says so. */
  readonly product: string;
  /** Backend pid by BackendKeyData, for pg_cancel_backend. */
  readonly backendPid: number;
  readonly isClosed: boolean;

  /**
   * Runs one statement and gives its rows as objects of text values.
   * @throws GodwitError DB_CONNECTION with `sql` when the server refuses it.
   */
  query<Row extends Record<string, string | null> = Record<string, string | null>>(
    sql: string,
    parameters?: readonly (string | number | boolean | null)[],
    options?: QueryOptions,
  ): Promise<readonly Row[]>;

  /**
   * Sends the statements as separate simple-protocol messages in one write and gives their results in order.
   * Never throws for a refused statement; rejects when the connection breaks (results so far are in the
   * error's details as `results`).
   */
  pipeline(statements: readonly string[], options?: PipelineOptions): Promise<readonly StatementResult[]>;

  /** Runs one COPY ... FROM STDIN with its data (bytes in the session's encoding, UTF-8). */
  copyIn(
    sql: string,
    data: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  ): Promise<StatementResult>;

  /** Asks the server, over a second connection, to cancel what this one runs. Safe to call at any time. */
  cancel(): Promise<void>;

  /** Ends the connection; never throws. */
  close(): Promise<void>;
}
