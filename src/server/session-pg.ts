// The Session contract on pg's Client: one class for a client that godwit opened and for one that was lent to it.
import { GodwitError } from "../base/errors.ts";
import { Batch } from "./batch.ts";
import { isServerMessage, toSqlError } from "./pg-error.ts";
import type { Notice, PipelineOptions, Session, StatementResult } from "./session.ts";

/** What is used of pg's Client. */
export interface PgClient {
  _activeQuery: unknown;
  readyForQuery?: boolean;
  readonly processID?: number | null;
  query(submittable: unknown): unknown;
  end(): Promise<void>;
  on(event: string, listener: (argument: never) => void): unknown;
  removeListener(event: string, listener: (argument: never) => void): unknown;
}

interface CopyWire {
  readonly stream: NodeJS.WritableStream & { once(event: "drain" | "close", listener: () => void): unknown };
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

export interface SessionOptions {
  readonly serverVersion: number;
  readonly serverVersionText: string;
  readonly product: string;
  /** Opens a connection that cancels what `backendPid` runs. */
  readonly cancel: () => Promise<void>;
  /** Ends the connection, or gives a lent one back. */
  readonly end: () => Promise<void>;
}

interface NoticeMessage {
  readonly severity?: string;
  readonly code?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
}

export class PgSession implements Session {
  readonly serverVersion: number;
  readonly serverVersionText: string;
  readonly product: string;
  readonly backendPid: number;
  readonly #client: PgClient;
  readonly #options: SessionOptions;
  readonly #onNotice = (message: NoticeMessage): void => this.#batch?.notice(toNotice(message));
  readonly #onError = (error: unknown): void => {
    this.#broken ??= error;
  };
  #batch: Batch | undefined;
  #broken: unknown;
  #closed = false;

  constructor(client: PgClient, options: SessionOptions) {
    this.#client = client;
    this.#options = options;
    this.serverVersion = options.serverVersion;
    this.serverVersionText = options.serverVersionText;
    this.product = options.product;
    this.backendPid = client.processID ?? 0;
    client.on("notice", this.#onNotice);
    client.on("error", this.#onError);
  }

  get isClosed(): boolean {
    return this.#closed || this.#broken !== undefined;
  }

  async query<Row extends Record<string, string | null>>(sql: string): Promise<readonly Row[]> {
    const [result] = await this.pipeline([sql], { keepRows: true });
    if (result === undefined) return [];
    if (!result.ok) {
      throw new GodwitError(
        "DB_CONNECTION",
        `The server refused "${firstLine(sql)}": ${result.error.message}`,
        {
          sql: result.error,
        },
      );
    }
    const { columns, rows } = result.result ?? { columns: [], rows: [] };
    return rows.map((row) => Object.fromEntries(columns.map((c, i) => [c, row[i] ?? null])) as Row);
  }

  async pipeline(
    statements: readonly string[],
    options: PipelineOptions = {},
  ): Promise<readonly StatementResult[]> {
    if (statements.length === 0) return [];
    return this.#run(
      new Batch(this.#client, statements, {
        keepRows: options.keepRows ?? false,
        onResult: options.onResult,
        onCopyIn: refuseCopy,
      }),
    );
  }

  async copyIn(
    sql: string,
    data: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  ): Promise<StatementResult> {
    const batch = new Batch(this.#client, [sql], {
      keepRows: false,
      onResult: undefined,
      onCopyIn: (connection) =>
        void sendCopy(connection as CopyWire, data, () => batch.lastError !== undefined),
    });
    const [result] = await this.#run(batch);
    if (result === undefined) throw this.#brokenError(batch, undefined);
    return result;
  }

  async cancel(): Promise<void> {
    if (!this.isClosed) await this.#options.cancel();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#client.removeListener("notice", this.#onNotice);
    try {
      await this.#options.end();
    } catch {
      // A connection that is already gone has nothing to end.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(batch: Batch): Promise<readonly StatementResult[]> {
    if (this.isClosed) throw this.#brokenError(undefined, this.#broken);
    this.#batch = batch;
    try {
      this.#client.query(batch);
      return await batch.done;
    } catch (error) {
      this.#broken ??= error;
      throw this.#brokenError(batch, error);
    } finally {
      this.#batch = undefined;
    }
  }

  #brokenError(batch: Batch | undefined, cause: unknown): GodwitError {
    const told = batch?.lastError ?? (isServerMessage(this.#broken) ? this.#broken : undefined);
    const reason = told?.message ?? (cause instanceof Error ? cause.message : "it was closed");
    return new GodwitError("DB_CONNECTION", `The connection to the server broke: ${reason}.`, {
      advice:
        "Check that the server runs and can be reached, then run the same command again: it goes on where it stopped.",
      details: { results: batch?.results ?? [], connectionLost: true },
      ...(told === undefined ? {} : { sql: toSqlError(told) }),
      cause,
    });
  }
}

const firstLine = (sql: string): string => {
  const line = sql.split("\n", 1)[0] ?? "";
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
};

function toNotice(message: NoticeMessage): Notice {
  return {
    severity: message.severity ?? "NOTICE",
    sqlState: message.code ?? "00000",
    message: message.message ?? "",
    detail: message.detail,
    hint: message.hint,
    where: message.where,
  };
}

/** A COPY that reached the batch path has no data: the server is told so, and reports a failed statement. */
function refuseCopy(connection: unknown): void {
  (connection as CopyWire).sendCopyFail("no data follows this COPY in the file");
}

async function sendCopy(
  wire: CopyWire,
  data: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  stopped: () => boolean,
): Promise<void> {
  try {
    for await (const chunk of data) {
      if (stopped()) break;
      wire.sendCopyFromChunk(typeof chunk === "string" ? Buffer.from(chunk, "utf8") : Buffer.from(chunk));
      if (
        wire.stream.writable &&
        (wire.stream as { writableNeedDrain?: boolean }).writableNeedDrain === true
      ) {
        await drained(wire);
      }
    }
    // After an error the server has left COPY mode; CopyDone is then ignored (protocol documentation, COPY operations).
    wire.endCopyFrom();
  } catch (error) {
    wire.sendCopyFail(error instanceof Error ? error.message : "the data could not be read");
  }
}

function drained(wire: CopyWire): Promise<void> {
  return new Promise((resolve) => {
    wire.stream.once("drain", resolve);
    wire.stream.once("close", resolve);
  });
}
