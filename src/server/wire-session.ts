// The Session contract over any wire: what a statement's answer becomes, and how failures are said.
import { GodwitError, type SqlErrorFields } from "../base/errors.ts";
import { monotonic } from "../base/monotonic.ts";
import { errorFields, isServerMessage } from "./pg-error.ts";
import { parameterQuery, queryMessage } from "./protocol.ts";
import type {
  Notice,
  PipelineOptions,
  QueryOptions,
  ResultSet,
  Session,
  StatementResult,
} from "./session.ts";
import { limitBehind } from "./session-limits.ts";
import type { CopySource, Receiver, Request, Wire } from "./wire.ts";

export interface ServerFacts {
  /** server_version_num. */
  readonly serverVersion: number;
  readonly serverVersionText: string;
  readonly product: string;
}

const CANCEL_TRIES = 100;
const CANCEL_AGAIN_MS = 50;

export class WireSession implements Session {
  readonly serverVersion: number;
  readonly serverVersionText: string;
  readonly product: string;
  readonly backendPid: number;
  readonly #wire: Wire;
  #closed: Promise<void> | undefined;
  /** Calls are made one after the other by contract; a call made too early waits for its turn all the same. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Resolves when the last call begins to be sent. */
  #begun: Promise<unknown> = Promise.resolve();
  /** Calls under way that may stop and ask for data. */
  #openEnded = 0;
  /** Monotonic milliseconds of the last answer. */
  #answeredAt = 0;
  /** Calls that wait or run, and statements answered so far. */
  #busy = 0;
  #answers = 0;

  constructor(wire: Wire, facts: ServerFacts) {
    this.#wire = wire;
    this.serverVersion = facts.serverVersion;
    this.serverVersionText = facts.serverVersionText;
    this.product = facts.product;
    this.backendPid = wire.backendPid;
  }

  get isClosed(): boolean {
    return this.#closed !== undefined || this.#wire.broken !== undefined;
  }

  async query<Row extends Record<string, string | null> = Record<string, string | null>>(
    sql: string,
    parameters: readonly (string | number | boolean | null)[] = [],
    options: QueryOptions = {},
  ): Promise<readonly Row[]> {
    const bytes = parameters.length === 0 ? queryMessage(sql) : parameterQuery(sql, parameters);
    const { onResult } = options;
    const [result] = await this.#run([[{ bytes }]], {
      keepRows: true,
      ...(onResult === undefined ? {} : { onResult: (_, answer) => onResult(answer) }),
    });
    if (result === undefined) return [];
    if (!result.ok) throw refused(sql, result.error);
    return result.result === undefined ? [] : rowsOf<Row>(result.result);
  }

  async pipeline(
    statements: readonly string[],
    options: PipelineOptions = {},
  ): Promise<readonly StatementResult[]> {
    return this.#run(writesOf(statements), options);
  }

  async copyIn(sql: string, data: CopySource): Promise<StatementResult> {
    const [result] = await this.#run([[{ bytes: queryMessage(sql), copyData: data }]], {});
    if (result === undefined) throw connectionLost(undefined, []);
    return result;
  }

  /** A request that comes before the server has begun is lost; so it is made again until an answer comes. */
  async cancel(): Promise<void> {
    const answers = this.#answers;
    for (let tries = 0; tries < CANCEL_TRIES; tries++) {
      if (this.isClosed) return;
      await this.#wire.cancel();
      if (this.#busy === 0 || this.#answers !== answers) return;
      await new Promise((resolve) => setTimeout(resolve, CANCEL_AGAIN_MS));
      if (this.#busy === 0 || this.#answers !== answers) return;
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#wire.close();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #run(writes: Writes, options: PipelineOptions): Promise<readonly StatementResult[]> {
    const isOpenEnded = writes.some((requests) => requests.some(waitsForData));
    const isAhead = options.ahead === true && this.#wire.takesMore && !isOpenEnded && this.#openEnded === 0;
    const begin = isAhead ? this.#begun : this.#turn;
    this.#busy++;
    if (isOpenEnded) this.#openEnded++;
    const run = begin
      .then(() => this.#runNow(writes, options))
      .finally(() => {
        this.#busy--;
        if (isOpenEnded) this.#openEnded--;
      });
    this.#begun = begin;
    this.#turn = Promise.allSettled([this.#turn, run]).then(() => {});
    return run;
  }

  async #runNow(writes: Writes, options: PipelineOptions): Promise<readonly StatementResult[]> {
    const results: StatementResult[] = [];
    if (this.#closed !== undefined) throw connectionLost(new Error("it was closed"), results);
    const sentAt = monotonic();
    const keep = (result: StatementResult): void => {
      this.#answers++;
      results.push(result);
      options.onResult?.(results.length - 1, result);
    };
    const elapsed = (): number => {
      const from = Math.max(sentAt, this.#answeredAt);
      this.#answeredAt = monotonic();
      return this.#answeredAt - from;
    };
    const { keepRows = false } = options;
    const receiver = (): Receiver =>
      collector(typeof keepRows === "boolean" ? keepRows : keepRows(results.length), elapsed, keep);
    try {
      for (const requests of writes) await this.#wire.exchange(requests, receiver);
    } catch (error) {
      // Otherwise it is what a callback or a source of COPY data threw.
      if (this.#wire.broken !== undefined) throw connectionLost(this.#wire.broken, results);
      throw error;
    }
    return results;
  }
}

/** Requests that go out together, one write after the other. */
type Writes = readonly (readonly Request[])[];

/** A COPY that waits for data ends its write: the messages behind it would be taken for the data. */
function writesOf(statements: readonly string[]): Writes {
  const writes: Request[][] = [[]];
  for (const sql of statements) {
    const request = { bytes: queryMessage(sql), mayCopyIn: mayCopyIn(sql) };
    writes.at(-1)?.push(request);
    if (request.mayCopyIn) writes.push([]);
  }
  return writes.filter((requests) => requests.length > 0);
}

const waitsForData = (request: Request): boolean =>
  request.mayCopyIn === true || request.copyData !== undefined;

// --- one answer ------------------------------------------------------------------------------------------------------

/** Makes one StatementResult of one answer. */
function collector(
  keepRows: boolean,
  elapsed: () => number,
  keep: (result: StatementResult) => void,
): Receiver {
  let sets: { readonly columns: readonly string[]; readonly rows: (readonly (string | null)[])[] }[] = [];
  let tag: Tag = { command: "", rowCount: undefined };
  let done = 0;
  let error: SqlErrorFields | undefined;
  const notices: Notice[] = [];
  return {
    columns: (names) => {
      const set = { columns: names, rows: [] };
      // Rows are dropped: what is left of earlier sets is of no use either.
      sets = keepRows ? [...sets, set] : [set];
    },
    row: (values) => {
      if (keepRows) sets.at(-1)?.rows.push(values);
    },
    complete: (text) => {
      tag = readTag(text);
      done++;
    },
    failed: (fields) => {
      error = fields;
    },
    notice: (notice) => {
      notices.push(notice);
    },
    end: () => {
      const elapsedMs = elapsed();
      if (error !== undefined) return keep({ ok: false, error, doneBefore: done, notices, elapsedMs });
      const many = sets.length > 1 ? { resultSets: sets } : {};
      keep({ ok: true, ...tag, result: sets.at(-1), ...many, notices, elapsedMs });
    },
  };
}

interface Tag {
  readonly command: string;
  readonly rowCount: number | undefined;
}

/** "INSERT 0 5" -> INSERT, 5 (the 0 was an oid once); "CREATE TABLE" has no count. */
function readTag(text: string): Tag {
  const [, command, count] = /^(.*?)(?: \d+)? (\d+)$/.exec(text) ?? [];
  return { command: command ?? text, rowCount: count === undefined ? undefined : Number(count) };
}

function rowsOf<Row extends Record<string, string | null>>(set: ResultSet): readonly Row[] {
  // The caller's type names the columns it asked for in its SQL; nothing but the SQL can tell them.
  return set.rows.map(
    (row) => Object.fromEntries(set.columns.map((name, i) => [name, row[i] ?? null])) as Row,
  );
}

/** True for a statement that may wait for COPY data; it may begin with comments. */
function mayCopyIn(sql: string): boolean {
  const first = sql.charCodeAt(0) | 0x20;
  const isWord = first >= 0x61 && first <= 0x7a;
  if (isWord && first !== 0x63) return false;
  return /^(?:\s|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/|;)*copy\b/i.test(sql);
}

// --- failures --------------------------------------------------------------------------------------------------------

function refused(sql: string, error: SqlErrorFields): GodwitError {
  return new GodwitError("DB_CONNECTION", `The server refused "${summary(sql)}": ${error.message}`, {
    sql: error,
  });
}

function summary(sql: string): string {
  const line = sql.replace(/\s+/g, " ").trim();
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}

function connectionLost(cause: unknown, results: readonly StatementResult[]): GodwitError {
  const told = isServerMessage(cause) ? errorFields(cause) : undefined;
  const reason = told?.message ?? (cause instanceof Error ? cause.message : "its end is unknown");
  return new GodwitError("DB_CONNECTION", `The connection to the server broke: ${reason}.`, {
    advice:
      limitBehind({ sql: told }) ??
      "Check that the server runs and can be reached, then run the same command again: it goes on where it stopped.",
    details: { results, connectionLost: true },
    ...(told === undefined ? {} : { sql: told }),
    cause,
  });
}
