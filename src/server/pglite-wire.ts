// PGlite (PostgreSQL compiled to WebAssembly) as a wire: no socket, one session, answers in one piece. It has neither
// lock waits nor cancellation, so nothing about locks can be learnt from it.
import { copyData, copyDone, copyFail, readAnswers } from "./protocol.ts";
import { NO_COPY_DATA, type Receiver, type Request, type Wire } from "./wire.ts";

/** What is used of a PGlite instance; @electric-sql/pglite is no dependency. */
export interface PgliteLike {
  /** Takes frontend messages, gives the backend's. */
  execProtocolRaw(message: Uint8Array): Promise<Uint8Array>;
  /** Keeps others of the same process out meanwhile. */
  runExclusive?<T>(action: () => Promise<T>): Promise<T>;
  /** Settles when it has started. */
  readonly waitReady?: Promise<unknown>;
  readonly closed?: boolean;
}

export class PgliteWire implements Wire {
  readonly backendPid = 0;
  readonly takesMore = false;
  broken: unknown;
  readonly #db: PgliteLike;

  constructor(db: PgliteLike) {
    this.#db = db;
  }

  async exchange(requests: readonly Request[], newReceiver: () => Receiver): Promise<void> {
    for (const request of requests) {
      const bytes = await whole(request);
      readAnswers(await this.#send(bytes), newReceiver());
    }
  }

  async #send(bytes: Uint8Array): Promise<Uint8Array> {
    if (this.broken !== undefined) throw this.broken;
    const send = (): Promise<Uint8Array> => this.#db.execProtocolRaw(bytes);
    try {
      return this.#db.runExclusive === undefined ? await send() : await this.#db.runExclusive(send);
    } catch (error) {
      // It answers a refused statement in messages; what it throws is its own end.
      this.broken = error;
      throw error;
    }
  }

  async cancel(): Promise<void> {}

  async close(): Promise<void> {
    this.broken ??= new Error("the session was closed");
  }
}

/** COPY takes its data only in one piece with its statement. */
async function whole(request: Request): Promise<Uint8Array> {
  if (request.copyData === undefined) {
    // Left to wait for data it would end the session. Where it does not wait, the message is passed over.
    return request.mayCopyIn === true
      ? Buffer.concat([request.bytes, copyFail(NO_COPY_DATA)])
      : request.bytes;
  }
  const parts: Buffer[] = [request.bytes];
  for await (const chunk of request.copyData) parts.push(copyData(chunk));
  return Buffer.concat([...parts, copyDone()]);
}
