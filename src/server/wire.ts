// What a session needs of a connection: requests out, answers in. One implementation for a server through the pg
// driver (pg-wire.ts), one for PGlite (pglite-wire.ts).
import type { SqlErrorFields } from "../base/errors.ts";
import type { Notice } from "./session.ts";

/** Hears the answer to one request, message by message. */
export interface Receiver {
  /** A result set begins. */
  columns(names: readonly string[]): void;
  row(values: readonly (string | null)[]): void;
  /** A command is done; its tag. */
  complete(tag: string): void;
  failed(error: SqlErrorFields): void;
  notice(notice: Notice): void;
  /** The whole answer was heard: the connection is ready for the next request. */
  end(): void;
}

export type CopySource = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

export interface Request {
  /** Frontend messages that the server answers with exactly one ReadyForQuery. */
  readonly bytes: Buffer;
  /** Data for a COPY ... FROM STDIN; without it the server is told that there is none. */
  readonly copyData?: CopySource;
  /** The statement may turn out to be such a COPY, though it has no data. */
  readonly mayCopyIn?: boolean;
}

export interface Wire {
  /** Process id of the server's backend; 0 where there is none. */
  readonly backendPid: number;
  /** Why the connection can't be used any more; undefined while it can. */
  readonly broken: unknown;
  /** `exchange` may be called while another is under way: its requests are written at once, and answered behind. */
  readonly takesMore: boolean;
  /**
   * Sends the requests in one write; the answers go to their receivers in order.
   * Rejects with the reason (a server message or an Error) when the connection breaks.
   */
  exchange(requests: readonly Request[], newReceiver: () => Receiver): Promise<void>;
  /** Asks the server to stop what it is doing for this connection. Never rejects. */
  cancel(): Promise<void>;
  /** Ends the connection, or gives a lent one back. Never rejects. */
  close(): Promise<void>;
}

/** Says to the server, in place of data that a COPY has not got. */
export const NO_COPY_DATA = "no data follows this COPY";
