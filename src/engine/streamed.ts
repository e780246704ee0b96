// A file too large to hold: read, split and sent piece by piece, in one transaction with its history row, in memory
// that does not grow with the file. While the server works on one write the next one is read.
import type { Place } from "../base/place.ts";
import { migrationSize, readMigrationStream } from "../migrations/read.ts";
import type { StatementResult } from "../server/session.ts";
import type { Statement } from "../sql/statement.ts";
import { StatementStream, type StreamedStatement, type StreamItem } from "../sql/stream.ts";
import { transactionNeed } from "../sql/transactional.ts";
import { type ApplyRequest, type MigrationFailure, plainFailure } from "./attempt.ts";
import type { Engine } from "./engine.ts";
import { errorPosition } from "./error-position.ts";
import { type PreparedScript, placeholderOptions } from "./script.ts";
import { announceStart, tellResult } from "./statements.ts";

/** Above this many bytes a file is streamed. */
const LARGE = 16 * 1024 * 1024;
/** Characters and statements of one write. */
const WRITE_CHARACTERS = 512 * 1024;
const WRITE_STATEMENTS = 1000;

/**
 * True for a file that is worth it and that nothing asks to be run statement by statement. A script config that
 * forbids the transaction, errorOverrides and statement callbacks need the whole file; an undo is run whole.
 */
export function isStreamed(engine: Engine, migration: ApplyRequest["migration"]): boolean {
  const { settings } = engine;
  const inTransaction = migration.config.executeInTransaction ?? settings.executeInTransaction;
  return (
    migration.kind !== "undo" &&
    inTransaction &&
    !settings.group &&
    settings.errorOverrides.length === 0 &&
    !engine.folder.callbacks.some((c) => /Each(Migrate|Undo)Statement/.test(c.event)) &&
    migrationSize(migration) > LARGE
  );
}

export type Streamed =
  | { readonly kind: "ran"; readonly failure: MigrationFailure | undefined }
  /** A statement that cannot be in this transaction was met; nothing was kept. The file has to be run whole. */
  | { readonly kind: "unfit" };

/** Runs the statements of the file in the transaction that is open on the session. */
export async function streamStatements(request: ApplyRequest): Promise<Streamed> {
  return new Run(request).run();
}

class Run {
  readonly #request: ApplyRequest;
  readonly #script: PreparedScript;
  readonly #items: Generator<StreamItem>;
  #failure: MigrationFailure | undefined;
  #batch: StreamedStatement[] = [];
  #characters = 0;
  #sending: Promise<unknown> = Promise.resolve();

  constructor(request: ApplyRequest) {
    const { engine, migration } = request;
    this.#request = request;
    const replace = migration.config.placeholderReplacement ?? engine.settings.placeholderReplacement;
    const stream = new StatementStream(
      replace ? placeholderOptions(engine.settings, engine.placeholders, migration.file) : undefined,
    );
    this.#items = itemsOf(stream, readMigrationStream(migration));
    const file = migration.file.configuredPath;
    const place = (statement: Statement, position?: number): Place => ({
      file,
      ...("placeInFile" in statement && typeof statement.placeInFile === "function"
        ? (statement as StreamedStatement).placeInFile(position)
        : { line: statement.line, column: statement.column }),
    });
    this.#script = {
      file: migration.file,
      statements: [],
      text: "",
      transactional: true,
      ownControl: false,
      place,
      source: (statement) => statement.text,
    };
  }

  async run(): Promise<Streamed> {
    for (const item of this.#items) {
      if (item.kind !== "statement") continue;
      const { statement } = item;
      if (this.#isUnfit(statement)) {
        await this.#sending;
        return { kind: "unfit" };
      }
      if (statement.startsCopy) await this.#copy(statement);
      else await this.#add(statement);
      if (this.#failure !== undefined) break;
    }
    if (this.#failure === undefined) await this.#flush();
    await this.#sending;
    return { kind: "ran", failure: this.#failure };
  }

  #isUnfit(statement: StreamedStatement): boolean {
    const { serverVersion } = this.#request.engine.session;
    return (
      statement.transactionControl !== undefined ||
      transactionNeed(statement, serverVersion).kind === "non-transactional"
    );
  }

  async #add(statement: StreamedStatement): Promise<void> {
    this.#batch.push(statement);
    this.#characters += statement.text.length;
    if (this.#characters >= WRITE_CHARACTERS || this.#batch.length >= WRITE_STATEMENTS) await this.#flush();
  }

  /** Waits for the write before, then sends this one without waiting for it. */
  async #flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#characters = 0;
    await this.#sending;
    if (batch.length === 0 || this.#failure !== undefined) return;
    const { engine } = this.#request;
    announceStart({ engine, script: this.#script }, batch[0]);
    const sent = engine.session.pipeline(
      batch.map((s) => s.text),
      {
        keepRows: engine.settings.outputQueryResults,
        onResult: (index, result) => this.#take(batch[index], result),
      },
    );
    // A break is met by whoever waits next; until then it must not count as unhandled.
    sent.catch(() => {});
    this.#sending = sent;
  }

  async #copy(statement: StreamedStatement): Promise<void> {
    await this.#flush();
    await this.#sending;
    if (this.#failure !== undefined) return;
    const { engine } = this.#request;
    announceStart({ engine, script: this.#script }, statement);
    this.#take(statement, await engine.session.copyIn(statement.text, copyData(this.#items)));
  }

  #take(statement: StreamedStatement | undefined, result: StatementResult): void {
    if (statement === undefined || this.#failure !== undefined) return;
    tellResult(this.#request.engine, this.#script, statement, result);
    if (result.ok) return;
    this.#failure = {
      ...plainFailure(result.error, true),
      message: `${this.#script.file.name}: ${result.error.message}`,
      place: this.#script.place(statement, errorPosition(statement.text, result.error)),
      statementLine: statement.placeInFile().line,
    };
  }
}

function* itemsOf(stream: StatementStream, pieces: Iterable<string>): Generator<StreamItem> {
  for (const piece of pieces) yield* stream.push(piece);
  yield* stream.finish();
}

/** The data up to its end; leaves the items behind it for the caller. */
function* copyData(items: Generator<StreamItem>): Generator<string> {
  for (let next = items.next(); next.done !== true; next = items.next()) {
    if (next.value.kind === "copy-end") return;
    if (next.value.kind === "copy-data") yield next.value.text;
  }
}
