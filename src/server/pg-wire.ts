// A server through a client of the pg driver: one that godwit connected, or one that was lent to it. It uses what
// pg's cursors and streams use too (`query` with a "submittable", and the connection's stream), so any pg 8 will do.
import { errorFields, endsConnection, isServerMessage, noticeFields, type ServerMessage } from "./pg-error.ts";
import { copyData, copyDone, copyFail, queryMessage } from "./protocol.ts";
import type { Notice } from "./session.ts";
import { type CopySource, NO_COPY_DATA, type Receiver, type Request, type Wire } from "./wire.ts";

/** What is used of a pg Client. */
export interface PgClient {
  query(submittable: { submit: (connection: never) => void }): unknown;
  on(event: "notice" | "error" | "end", listener: (argument: never) => void): unknown;
  removeListener(event: "notice" | "error" | "end", listener: (argument: never) => void): unknown;
}

export interface PgWireOptions {
  readonly backendPid: number;
  readonly cancel: () => Promise<void>;
  readonly end: () => Promise<void>;
  /** Hears notices that no statement caused. */
  readonly onNotice?: ((notice: Notice) => void) | undefined;
}

export class PgWire implements Wire {
  readonly backendPid: number;
  broken: unknown;
  #exchange: Exchange | undefined;
  readonly #client: PgClient;
  readonly #options: PgWireOptions;
  readonly #onNotice = (message: ServerMessage): void => {
    const notice = noticeFields(message);
    if (this.#exchange === undefined) this.#options.onNotice?.(notice);
    else this.#exchange.receiver.notice(notice);
  };
  readonly #onError = (error: unknown): void => {
    this.broken ??= error;
  };
  readonly #onEnd = (): void => {
    this.broken ??= new Error("the server closed the connection");
    this.#exchange?.fail(this.broken);
  };

  constructor(client: PgClient, options: PgWireOptions) {
    this.#client = client;
    this.#options = options;
    this.backendPid = options.backendPid;
    client.on("notice", this.#onNotice);
    client.on("error", this.#onError);
    client.on("end", this.#onEnd);
  }

  async exchange(requests: readonly Request[], receiverOf: (index: number) => Receiver): Promise<void> {
    const exchange = new Exchange(this.#client, requests, receiverOf);
    this.#exchange = exchange;
    try {
      exchange.start();
      await exchange.done;
    } catch (error) {
      this.broken ??= error;
      throw isServerMessage(error) ? error : this.broken;
    } finally {
      this.#exchange = undefined;
    }
  }

  cancel(): Promise<void> {
    return this.#options.cancel();
  }

  async close(): Promise<void> {
    this.broken ??= new Error("the connection was closed");
    // The error listener stays: a client without one would end the process when its socket breaks.
    this.#client.removeListener("notice", this.#onNotice);
    await this.#options.end();
  }
}

interface PgConnection {
  readonly stream: NodeJS.WritableStream & { readonly writableNeedDrain?: boolean; readonly destroyed?: boolean };
}

/**
 * The driver thinks in queries with one ReadyForQuery each. So every request is a part of its own: the first writes
 * the bytes of all, and each part, when it is over, puts its successor in the driver's queue just before the driver
 * looks for it.
 */
class Exchange {
  readonly done: Promise<void>;
  #resolve: () => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  #index = 0;
  #receiver: Receiver;
  /** An error whose ReadyForQuery has not been seen: with a broken connection it is the reason, not an answer. */
  #unconfirmed: ServerMessage | undefined;
  /** Set by whatever goes wrong in a receiver: that is a bug, and told when the connection is at rest again. */
  #bug: unknown;
  readonly #client: PgClient;
  readonly #requests: readonly Request[];
  readonly #receiverOf: (index: number) => Receiver;

  constructor(client: PgClient, requests: readonly Request[], receiverOf: (index: number) => Receiver) {
    this.#client = client;
    this.#requests = requests;
    this.#receiverOf = receiverOf;
    this.#receiver = receiverOf(0);
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get receiver(): Receiver {
    return this.#receiver;
  }

  start(): void {
    this.#enqueue((connection) => {
      const [only] = this.#requests;
      const bytes =
        this.#requests.length === 1 && only !== undefined
          ? only.bytes
          : Buffer.concat(this.#requests.map((r) => r.bytes));
      connection.stream.write(bytes);
    });
  }

  fail(reason: unknown): void {
    this.#reject(this.#unconfirmed ?? reason);
  }

  /** Puts the part for the current request in the driver's queue. */
  #enqueue(submit: (connection: PgConnection) => void): void {
    const part: Part = {
      submit: (connection) => {
        this.#confirm();
        submit(connection);
      },
      handleRowDescription: (message) =>
        this.#tell((r) => r.columns(message.fields.map((field) => field.name))),
      handleDataRow: (message) => this.#tell((r) => r.row(message.fields)),
      handleCommandComplete: (message) => this.#tell((r) => r.complete(message.text)),
      handleEmptyQuery: () => this.#confirm(),
      handlePortalSuspended: () => {},
      // COPY ... TO STDOUT in a script: the data has nowhere to go and is dropped, as Flyway's driver does.
      handleCopyData: () => {},
      handleCopyInResponse: (connection) => {
        const source = this.#requests[this.#index]?.copyData;
        if (source === undefined) connection.stream.write(copyFail(NO_COPY_DATA));
        else void sendCopy(connection, source, this.#index, this.#stillAt);
      },
      handleError: (error) => this.#handleError(part, error),
      handleReadyForQuery: () => {
        this.#tell((r) => r.end());
        this.#next(part);
      },
    };
    this.#client.query(asQuery(this.#client, part));
  }

  readonly #stillAt = (index: number): boolean => index === this.#index && this.#unconfirmed === undefined;

  #handleError(part: Part, error: unknown): void {
    if (!isServerMessage(error)) return this.fail(error);
    const fields = errorFields(error);
    this.#unconfirmed = error;
    this.#tellLate = () => {
      this.#receiver.failed(fields);
      this.#receiver.end();
    };
    if (fields.severity === "ERROR" && !endsConnection(fields)) this.#confirm();
    this.#next(part);
  }

  #tellLate: (() => void) | undefined;

  /** The connection outlived the error, so it was the answer to a statement. */
  #confirm(): void {
    this.#unconfirmed = undefined;
    const late = this.#tellLate;
    this.#tellLate = undefined;
    if (late !== undefined) this.#guard(late);
  }

  #tell(say: (receiver: Receiver) => void): void {
    this.#confirm();
    this.#guard(() => say(this.#receiver));
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#bug ??= error;
    }
  }

  #next(part: Part): void {
    // The driver's own time limit for queries ends by this call.
    part.callback?.(null);
    const failedLast = this.#tellLate !== undefined;
    if (this.#index + 1 < this.#requests.length) {
      // A failure that is not confirmed yet still talks to its own receiver.
      if (!failedLast) {
        this.#index++;
        this.#receiver = this.#receiverOf(this.#index);
        this.#enqueue(() => {});
        return;
      }
    }
    if (failedLast) return this.#awaitConfirmation();
    this.#finish();
  }
