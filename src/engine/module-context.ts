// What a migration in TypeScript or JavaScript is given: the session of the run, kept inside the bounds of a migration
// (its transaction, one statement after the other, nothing after its end), with all that the server says told.
import { GodwitError, type SqlErrorFields } from "../base/errors.ts";
import type { Place } from "../base/place.ts";
import type { ScannedFile } from "../migrations/migration.ts";
import type { PipelineOptions, Session, StatementResult } from "../server/session.ts";
import { splitStatements } from "../sql/split.ts";
import { summarize } from "../sql/summary.ts";
import type { Engine } from "./engine.ts";
import type { MigrationContext } from "./module-types.ts";
import { tellNotice } from "./statements.ts";

export interface ContextRequest {
  readonly engine: Engine;
  readonly file: ScannedFile;
  readonly inTransaction: boolean;
  readonly placeIn: (stack: string | undefined) => Place | undefined;
}

/** A statement that the server refused. */
export interface Refusal {
  readonly error: SqlErrorFields;
  readonly place: Place;
}

/** A context and its other side. */
export interface OpenContext {
  readonly context: MigrationContext;
  /** The first statement that was refused, whether its error was caught or not. */
  readonly refusal: () => Refusal | undefined;
  /** Waits for statements that nobody waited for; later ones are refused. */
  close(): Promise<void>;
}

export function openContext(request: ContextRequest): OpenContext {
  const guard = new Guard(request);
  const { engine } = request;
  const { session } = engine;
  const { serverVersion, serverVersionText, product } = session;
  const query: Session["query"] = (sql, parameters) => {
    const place = guard.caller();
    return guard.run(sql, place, () =>
      session.query(sql, parameters, { onResult: (result) => guard.hear(result, place) }),
    );
  };
  const pipeline: Session["pipeline"] = (statements, options: PipelineOptions = {}) => {
    const place = guard.caller();
    const onResult = (index: number, result: StatementResult): void => {
      guard.hear(result, place);
      options.onResult?.(index, result);
    };
    return guard.run(statements.join(";\n"), place, () =>
      session.pipeline(statements, { ...options, onResult }),
    );
  };
  const copyIn: Session["copyIn"] = (sql, data) => {
    const place = guard.caller();
    return guard.run(undefined, place, async () => {
      const result = await session.copyIn(sql, data);
      guard.hear(result, place);
      return result;
    });
  };
  return {
    context: {
      query,
      session: { serverVersion, serverVersionText, product, query, pipeline, copyIn },
      signal: engine.world.signal ?? new AbortController().signal,
      log: (message) => engine.emit({ type: "log", level: "info", code: "MIGRATION", message }),
      placeholders: engine.placeholders,
    },
    refusal: () => guard.refusal,
    close: () => guard.close(),
  };
}

class Guard {
  refusal: Refusal | undefined;
  #closed = false;
  readonly #running = new Set<Promise<unknown>>();
  readonly #request: ContextRequest;

  constructor(request: ContextRequest) {
    this.#request = request;
  }

  /** Runs `action` unless its SQL would leave the bounds. `sql` is undefined where it can't. */
  run<T>(sql: string | undefined, place: Place, action: () => Promise<T>): Promise<T> {
    const running = this.#run(sql, place, action);
    this.#running.add(running);
    // A promise that nobody waits for must not end the process; the failure is remembered all the same.
    running
      .catch(() => {})
      .finally(() => {
        this.#running.delete(running);
      });
    return running;
  }

  async #run<T>(sql: string | undefined, place: Place, action: () => Promise<T>): Promise<T> {
    const { engine, file, inTransaction } = this.#request;
    if (this.#closed) throw tooLate(file);
    if (engine.world.signal?.aborted === true) throw new GodwitError("ABORTED", `${file.name} was stopped.`);
    if (sql !== undefined && inTransaction) refuseControl(sql, file, place);
    engine.emit({ type: "statement-start", place, summary: summarize(sql ?? "COPY") });
    return action();
  }

  hear(result: StatementResult, place: Place): void {
    const { engine } = this.#request;
    for (const notice of result.notices) tellNotice(engine, notice, place);
    if (result.ok) {
      const { command, elapsedMs, rowCount } = result;
      engine.emit({ type: "statement-end", place, command, rowCount, elapsedMs });
    } else this.refusal ??= { error: result.error, place };
  }

  /** Where in the file the statement is asked for. */
  caller(): Place {
    const { file, placeIn } = this.#request;
    return placeIn(new Error().stack) ?? { file: file.configuredPath, line: 1, column: 1 };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#running);
  }
}

const tooLate = (file: ScannedFile): GodwitError =>
  new GodwitError("ERROR", `${file.name} ran a statement after its function had ended.`, {
    advice: "Wait for every query: await query(...).",
  });

const CONTROL = /\b(?:begin|start|commit|end|rollback|abort|prepare)\b/i;

/** The migration, its history row and the lock are one transaction: it must not be ended from within. */
function refuseControl(sql: string, file: ScannedFile, place: Place): void {
  if (!CONTROL.test(sql)) return;
  const found = splitStatements(sql).find(({ transactionControl: control }) =>
    ["begin", "commit", "rollback", "prepare"].includes(control ?? ""),
  );
  if (found === undefined) return;
  throw new GodwitError("ERROR", `${file.name} runs ${found.words[0] ?? ""} inside its own transaction.`, {
    place,
    advice:
      "godwit begins and ends it, together with the history row. Leave the statement out (SAVEPOINT is allowed), or say `export const transaction = false` and end transactions as you like.",
  });
}
