// A server through a client of the pg driver: one that godwit connected, or one that was lent to it. It uses what
// pg's cursors and streams use too (`query` with a "submittable", and the connection's stream), so any pg 8 will do.
import { endsConnection, errorFields, isServerMessage, noticeFields } from "./pg-error.ts";
import { copyData, copyDone, copyFail } from "./protocol.ts";
import type { Notice } from "./session.ts";
import { type CopySource, NO_COPY_DATA, type Receiver, type Request, type Wire } from "./wire.ts";

/** What is used of a pg Client. */
export interface PgClient {
  query(submittable: { submit: (connection: PgConnection) => void }): unknown;
  on(event: "notice" | "error" | "end", listener: (value: unknown) => void): unknown;
  removeListener(event: "notice" | "error" | "end", listener: (value: unknown) => void): unknown;
}

export interface PgWireOptions {
  readonly backendPid: number;
  readonly cancel: () => Promise<void>;
  /** Ends the connection, or gives it back; told whether it broke before. */
  readonly end: (wasBroken: boolean) => Promise<void>;
  /** Hears notices that no statement caused. */
  readonly onNotice?: ((notice: Notice) => void) | undefined;
}

/** A WARNING that the server sends before it drops every connection: another backend crashed. */
const CRASH = "57P02";

export class PgWire implements Wire {
  readonly backendPid: number;
  broken: unknown;
  #exchange: Exchange | undefined;
  readonly #client: PgClient;
  readonly #options: PgWireOptions;
  readonly #onNotice = (message: unknown): void => {
    if (!isServerMessage(message)) return;
    if (message.code === CRASH) this.broken ??= message;
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
    if (this.broken !== undefined) throw this.broken;
    const exchange = new Exchange(this.#client, requests, receiverOf);
    this.#exchange = exchange;
    try {
      exchange.start();
      await exchange.done;
    } catch (error) {
      this.broken ??= error;
      throw this.broken;
    } finally {
      this.#exchange = undefined;
    }
    if (exchange.thrown !== undefined) throw exchange.thrown.error;
  }

  cancel(): Promise<void> {
    return this.#options.cancel();
  }

  async close(): Promise<void> {
    const wasBroken = this.broken !== undefined;
    this.broken ??= new Error("the connection was closed");
    this.#client.removeListener("notice", this.#onNotice);
    this.#client.removeListener("end", this.#onEnd);
    await this.#options.end(wasBroken);
    this.#client.removeListener("error", this.#onError);
  }
}

export interface PgConnection {
  readonly stream: NodeJS.WritableStream;
}

/** What the driver calls on the query that is being answered. */
interface Part {
  callback?: (error: unknown) => void;
  submit(connection: PgConnection): void;
  handleRowDescription(message: { readonly fields: readonly { readonly name: string }[] }): void;
  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void;
  handleCommandComplete(message: { readonly text: string }): void;
  handleEmptyQuery(): void;
  handlePortalSuspended(): void;
  handleCopyInResponse(connection: PgConnection): void;
  handleCopyData(): void;
  handleError(error: unknown): void;
  handleReadyForQuery(): void;
}

/**
 * The driver thinks in queries with one ReadyForQuery each. So every request is a part of its own: the first writes
 * the bytes of all, and each part, when it is over, puts its successor in the driver's queue just before the driver
 * looks there.
 */
class Exchange {
  readonly done: Promise<void>;
  /** What a receiver threw: the caller's own error, told when all answers were heard. */
  thrown: { readonly error: unknown } | undefined;
  receiver: Receiver;
  #index = 0;
  #failed = false;
  #resolve: () => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  readonly #client: PgClient;
  readonly #requests: readonly Request[];
  readonly #receiverOf: (index: number) => Receiver;

  constructor(client: PgClient, requests: readonly Request[], receiverOf: (index: number) => Receiver) {
    this.#client = client;
    this.#requests = requests;
    this.#receiverOf = receiverOf;
    this.receiver = receiverOf(0);
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  start(): void {
    const all = this.#requests.map((request) => request.bytes);
    this.#enqueue(({ stream }) => stream.write(all.length === 1 ? (all[0] ?? "") : Buffer.concat(all)));
  }

  fail(reason: unknown): void {
    this.#failed = true;
    this.#reject(reason);
  }

  /** Gives the driver the part that hears the answer to the current request. */
  #enqueue(submit: (connection: PgConnection) => void): void {
    const index = this.#index;
    const part: Part = {
      // What it returned would be taken for an error.
      submit: (connection) => {
        submit(connection);
      },
      handleRowDescription: ({ fields }) => this.#tell((r) => r.columns(fields.map((field) => field.name))),
      handleDataRow: ({ fields }) => this.#tell((r) => r.row(fields)),
      handleCommandComplete: ({ text }) => this.#tell((r) => r.complete(text)),
      handleEmptyQuery: () => {},
      handlePortalSuspended: () => {},
      handleCopyInResponse: ({ stream }) => {
        const source = this.#requests[index]?.copyData;
        if (source === undefined) stream.write(copyFail(NO_COPY_DATA));
        else void this.#sendCopy(stream, source, () => this.#failed || this.#index !== index);
      },
      // COPY ... TO STDOUT in a script: the data has nowhere to go and is dropped, as Flyway's driver does.
      handleCopyData: () => {},
      handleError: (error) => this.#handleError(part, error),
      handleReadyForQuery: () => this.#next(part),
    };
    this.#client.query(asQuery(this.#client, part));
  }

  #handleError(part: Part, error: unknown): void {
    const fields = isServerMessage(error) ? errorFields(error) : undefined;
    if (fields === undefined || endsConnection(fields)) {
      this.fail(error);
      return;
    }
    this.#tell((r) => r.failed(fields));
    // Its ReadyForQuery is still to come, but the driver tells it to nobody: it takes the next part from its queue.
    this.#next(part);
  }

  #next(part: Part): void {
    this.#tell((r) => r.end());
    // Stops the driver's own time limit for queries.
    part.callback?.(null);
    this.#index++;
    if (this.#index >= this.#requests.length) {
      this.#resolve();
      return;
    }
    this.receiver = this.#receiverOf(this.#index);
    this.#enqueue(() => {});
  }

  #tell(say: (receiver: Receiver) => void): void {
    try {
      say(this.receiver);
    } catch (error) {
      // Thrown here it would leave the driver in the middle of a message.
      this.thrown ??= { error };
    }
  }

  async #sendCopy(stream: NodeJS.WritableStream, source: CopySource, isOver: () => boolean): Promise<void> {
    try {
      for await (const chunk of source) {
        // After an error the server has left COPY mode and ignores what still comes.
        if (isOver()) return;
        if (!stream.write(copyData(chunk))) await drained(stream);
      }
      if (!isOver()) stream.write(copyDone());
    } catch (error) {
      this.thrown ??= { error };
      if (!isOver()) stream.write(copyFail("the data could not be read"));
    }
  }
}

function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      stream.removeListener("drain", go);
      stream.removeListener("close", go);
      resolve();
    };
    stream.on("drain", go);
    stream.on("close", go);
  });
}

/**
 * A client with `pipeline: true` takes only queries of its own class. Parts are safe there, as they keep no portal
 * open and write nothing out of turn; so they are given that class's prototype.
 */
function asQuery(client: PgClient, part: Part): Part {
  if (!("pipeline" in client) || client.pipeline !== true) return part;
  const driver = client.constructor;
  const query: unknown = "Query" in driver ? driver.Query : undefined;
  if (typeof query !== "function") return part;
  const shell: unknown = Object.assign(Object.create(query.prototype), part);
  return isPart(shell) ? shell : part;
}

const isPart = (value: unknown): value is Part =>
  typeof value === "object" && value !== null && "handleReadyForQuery" in value;
