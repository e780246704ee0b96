// Several simple-protocol statements in one socket write, answered one after the other. This is a "submittable" of
// the pg driver: it is handed the messages of the server as they come.
//
// Simple Query messages, not one multi-statement query: the server holds back CommandComplete messages of a
// multi-statement query until its end, so nothing could be timed or reported statement by statement; and a bare
// multi-statement query is one transaction, which separate messages are not.
import { serialize } from "pg-protocol";
import { isServerMessage, type ServerMessage, toSqlError } from "./pg-error.ts";
import type { Notice, StatementResult } from "./session.ts";

interface Wire {
  readonly stream: NodeJS.WritableStream;
}

/** What a batch needs of pg's Client beyond its public face: it must stay the active query until its last answer. */
export interface ActiveHolder {
  _activeQuery: unknown;
  readyForQuery?: boolean;
}

export interface BatchOptions {
  readonly keepRows: boolean;
  readonly onResult: ((index: number, result: StatementResult) => void) | undefined;
  readonly onCopyIn: ((connection: unknown) => void) | undefined;
}

interface Current {
  columns: string[];
  rows: (string | null)[][];
  rowCount: number | undefined;
  command: string;
  error: ServerMessage | undefined;
  notices: Notice[];
}

const fresh = (): Current => ({
  columns: [],
  rows: [],
  rowCount: undefined,
  command: "",
  error: undefined,
  notices: [],
});

/** COPY rows and commands such as SELECT say how many rows; the number is the tag's last word. */
const TAG = /^([A-Za-z ]*[A-Za-z])(?: (\d+))?(?: (\d+))?$/;

export class Batch {
  /** pg calls it when the query is over; the batch settles its own promise instead. */
  callback: () => void = () => {};
  readonly done: Promise<readonly StatementResult[]>;
  readonly results: StatementResult[] = [];
  #resolve: (results: readonly StatementResult[]) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #current = fresh();
  #since = 0;
  readonly #statements: readonly string[];
  readonly #options: BatchOptions;
  readonly #holder: ActiveHolder;

  constructor(holder: ActiveHolder, statements: readonly string[], options: BatchOptions) {
    this.#holder = holder;
    this.#statements = statements;
    this.#options = options;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: Wire): void {
    this.#since = performance.now();
    const messages = this.#statements.map((text) => serialize.query(text));
    connection.stream.write(
      messages.length === 1 ? (messages[0] ?? Buffer.alloc(0)) : Buffer.concat(messages),
    );
  }

  notice(notice: Notice): void {
    this.#current.notices.push(notice);
  }

  handleRowDescription(message: { readonly fields: readonly { readonly name: string }[] }): void {
    this.#current.columns = message.fields.map((f) => f.name);
    this.#current.rows = [];
  }

  handleDataRow(message: { readonly fields: (string | null)[] }): void {
    if (this.#options.keepRows) this.#current.rows.push(message.fields);
  }

  handleCommandComplete(message: { readonly text: string }): void {
    const [, command, first, second] = TAG.exec(message.text) ?? [];
    const count = second ?? first;
    this.#current.command = command ?? message.text;
    this.#current.rowCount = count === undefined ? undefined : Number(count);
  }

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {}

  handleCopyInResponse(connection: unknown): void {
    this.#options.onCopyIn?.(connection);
  }

  /** COPY ... TO STDOUT in a script: the data has nowhere to go and is dropped, as Flyway's driver does. */
  handleCopyData(): void {}

  handleError(error: unknown): void {
    if (!isServerMessage(error)) {
      this.#reject(error);
      return;
    }
    this.#current.error = error;
    // pg gives up the active query on an error, but its ReadyForQuery (and the other answers) are still to come.
    this.#holder._activeQuery = this;
  }

  handleReadyForQuery(): void {
    const result = this.#finish();
    this.results.push(result);
    this.#options.onResult?.(this.results.length - 1, result);
    if (this.results.length < this.#statements.length) {
      this.#holder._activeQuery = this;
      this.#holder.readyForQuery = false;
      return;
    }
    this.#resolve(this.results);
  }

  /** The server's last words, when the connection broke after an error was told. */
  get lastError(): ServerMessage | undefined {
    return this.#current.error;
  }

  #finish(): StatementResult {
    const { command, columns, error, notices, rowCount, rows } = this.#current;
    const now = performance.now();
    const elapsedMs = now - this.#since;
    this.#since = now;
    this.#current = fresh();
    if (error !== undefined) return { ok: false, error: toSqlError(error), notices, elapsedMs };
    const result = columns.length === 0 ? undefined : { columns, rows };
    return { ok: true, command, rowCount, result, notices, elapsedMs };
  }
}
