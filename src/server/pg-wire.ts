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
  readonly takesMore = true;
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

  async exchange(requests: readonly Request[], newReceiver: () => Receiver): Promise<void> {
    if (this.broken !== undefined) throw this.broken;
    const turn = new Turn(requests, newReceiver);
    if (this.#exchange?.isOver !== false) this.#exchange = new Exchange(this.#client, turn);
    else this.#exchange.add(turn);
    try {
      await turn.done;
    } catch (error) {
      this.broken ??= error;
      throw this.broken;
    } finally {
      if (this.#exchange?.isOver === true) this.#exchange = undefined;
    }
    if (turn.thrown !== undefined) throw turn.thrown.error;
  }

  cancel(): Promise<void> {
    return this.#options.cancel();
  }

  async close(): Promise<void> {
    // What is in the middle of an answer cannot be ended in good order either.
    const wasBroken = this.broken !== undefined || this.#exchange !== undefined;
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

/** The requests of one call, and how far their answers are. */
class Turn {
  readonly done: Promise<void>;
  /** What a receiver threw: the caller's own error, told when all answers were heard. */
  thrown: { readonly error: unknown } | undefined;
  index = 0;
  resolve: () => void = () => {};
  reject: (reason: unknown) => void = () => {};
  readonly requests: readonly Request[];
  readonly newReceiver: () => Receiver;

  constructor(requests: readonly Request[], newReceiver: () => Receiver) {
    this.requests = requests;
    this.newReceiver = newReceiver;
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  get request(): Request | undefined {
    return this.requests[this.index];
  }

  get bytes(): Buffer {
    const all = this.requests.map((request) => request.bytes);
    const [only] = all;
    return all.length === 1 && only !== undefined ? only : Buffer.concat(all);
  }
}

/**
 * The driver thinks in queries with one ReadyForQuery each. So every request is a part of its own: the first writes
 * the bytes of all, and each part, when it is over, puts its successor in the driver's queue just before the driver
 * looks there. A turn that is added meanwhile is written at once and answered behind the others.
 */
class Exchange {
  receiver: Receiver;
  #turn: Turn;
  #waiting: Turn[] = [];
  #stream: NodeJS.WritableStream | undefined;
  #failed = false;
  readonly #client: PgClient;

  constructor(client: PgClient, turn: Turn) {
    this.#client = client;
    this.#turn = turn;
    this.receiver = turn.newReceiver();
    this.#enqueue(({ stream }) => {
      this.#stream = stream;
      for (const { bytes } of [turn, ...this.#waiting]) stream.write(bytes);
    });
  }

  /** All that was asked is answered, or never will be. */
  get isOver(): boolean {
    return this.#failed || this.#turn.request === undefined;
  }

  add(turn: Turn): void {
    this.#waiting.push(turn);
    this.#stream?.write(turn.bytes);
  }

  fail(reason: unknown): void {
    this.#failed = true;
    for (const turn of [this.#turn, ...this.#waiting]) turn.reject(reason);
  }

  /** Gives the driver the part that hears the answer to the current request. */
  #enqueue(submit: (connection: PgConnection) => void): void {
    const { request } = this.#turn;
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
        const source = request?.copyData;
        if (source === undefined) stream.write(copyFail(NO_COPY_DATA));
        else void this.#sendCopy(stream, source, () => this.#failed || this.#turn.request !== request);
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
    this.#turn.index++;
    if (this.#turn.request === undefined) {
      this.#turn.resolve();
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#turn = next;
    }
    this.receiver = this.#turn.newReceiver();
    this.#enqueue(() => {});
  }

  #tell(say: (receiver: Receiver) => void): void {
    try {
      say(this.receiver);
    } catch (error) {
      // Thrown here it would leave the driver in the middle of a message.
      this.#turn.thrown ??= { error };
    }
  }

  async #sendCopy(stream: NodeJS.WritableStream, source: CopySource, isOver: () => boolean): Promise<void> {
    const turn = this.#turn;
    try {
      for await (const chunk of source) {
        // After an error the server has left COPY mode and ignores what still comes.
        if (isOver()) return;
        if (!stream.write(copyData(chunk))) await drained(stream);
      }
      if (!isOver()) stream.write(copyDone());
    } catch (error) {
      turn.thrown ??= { error };
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
