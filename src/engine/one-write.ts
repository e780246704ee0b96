// Transactional files in one write. A file is BEGIN, the lock (tried, never waited for), a check that the history is
// still what the plan was made from, session reset, its statements, its row, COMMIT. Statements are a message each, so
// that each is timed and told as it ends; what is round them goes in one message before and one behind, as every message
// costs the server an answer. Whatever fails, the server answers the rest with 25P02: nothing is half done and nobody had
// to ask between.
//
// Several files may share a write, each still a transaction of its own: when one comes to nothing, so do all behind it,
// and the server never waits for us. The lock is then one of the session, from the first file to the last, so that
// nobody comes between and the history need not be looked at for each. A file that failed leaves its transaction open, in
// which nothing runs any more; but a COMMIT that fails ends it. So each file leaves a mark on the session with its row,
// and the next one asks for that. Where a pooler may change the backend between two transactions, each takes the lock for
// itself and looks at the history too.
//
// The next write is sent before the server is done with this one, so that it never waits for us. It takes the lock anew,
// looks at the history and asks for the mark of the last file before it: what failed stops it like the files of its own.
//
// Of the files of a write only the last waits for the disk: its commit makes those before it durable too (PostgreSQL
// documentation, "Asynchronous Commit"). A server that goes down in between has neither file nor row of those it lost, and
// the next run applies them. What ends in another way than by the last commit is made durable before it is told.
import type { GodwitError } from "../base/errors.ts";
import { insertStatement, rowGuard } from "../history/table.ts";
import type { ResultSet, StatementResult } from "../server/session.ts";
import {
  type ApplyRequest,
  type Attempt,
  brokenBeforeCommit,
  brokenFailure,
  isConnectionLost,
  type MigrationFailure,
  newRow,
  plainFailure,
  rowFailure,
  rowOf,
  sqlFailure,
} from "./attempt.ts";
import {
  type Engine,
  resetRoleCall,
  resetRoleStatement,
  searchPathCall,
  searchPathStatement,
} from "./engine.ts";
import {
  heldGuard,
  keepsSession,
  letGo,
  lockGuard,
  rankGuard,
  refusedBy,
  sessionLockGuard,
} from "./migration-lock.ts";
import type { PreparedScript } from "./script.ts";
import { announceStart, placeOfFailure, tellResult } from "./statements.ts";
import { timeoutStatements } from "./timing.ts";

/** A file and how it goes to the server. */
export interface Write {
  readonly request: ApplyRequest;
  readonly script: PreparedScript;
}

type Applied = Extract<Attempt, { kind: "applied" }>;

export interface WriteOptions {
  /** The files of a further write, none at the end. Asked while the server works, where one session has the lock. */
  readonly more?: () => readonly Write[];
  /** Hears of each file that was applied as soon as its COMMIT is answered: before what the next one says is told. */
  readonly onApplied?: (index: number, attempt: Applied) => void;
}

/**
 * Sends the files in one write, and those of `more` in further writes, each while the one before it is answered. Gives
 * their ends, in order, up to and with the first that was not applied.
 * @throws GodwitError only for what is neither a file's failure nor a broken connection.
 */
export async function applyInWrites(
  engine: Engine,
  writes: readonly Write[],
  { more = () => [], onApplied }: WriteOptions = {},
): Promise<readonly Attempt[]> {
  if (writes.length === 0) return [];
  const isHeld = writes.length > 1 && keepsSession(engine);
  const sent = new SentFiles(engine, isHeld, onApplied);
  const takeBack = () => engine.session.pipeline(["ROLLBACK", ...(isHeld ? [letGo(engine)] : [])]);
  try {
    await sendAll(sent, writes, isHeld ? more : () => []);
  } catch (error) {
    const { open } = sent;
    if (!isConnectionLost(error) || open === undefined) {
      if (!engine.session.isClosed) await takeBack();
      throw error;
    }
    const failure = withUnsure(open.brokenBy(error), sent.unsure);
    return upToFirstEnd([...sent.ended, { kind: "failed", failure }]);
  }
  const attempts = upToFirstEnd(sent.ended);
  if (attempts.at(-1)?.kind !== "applied") {
    await takeBack();
    if (attempts.length > 1) await makeDurable(engine);
  }
  return attempts;
}

/** What fails leaves its transaction open, so that a write that was sent behind it comes to nothing too. */
async function sendAll(
  sent: SentFiles,
  first: readonly Write[],
  more: () => readonly Write[],
): Promise<void> {
  let last = sent.send(first);
  for (;;) {
    // The write leaves with the next turn of the event loop; then what follows is read while the server works.
    await new Promise((resolve) => setImmediate(resolve));
    const following = more();
    if (following.length === 0) return last;
    const behind = sent.send(following);
    await last;
    if (sent.hasFailed) return;
    last = behind;
  }
}

/**
 * Waits until all that was committed is on disk. A message in the log of the server is the smallest thing that makes a
 * commit wait. Where even that is forbidden, the server writes the log within a second by itself (wal_writer_delay).
 */
async function makeDurable(engine: Engine): Promise<void> {
  await engine.session.pipeline(["SELECT pg_catalog.pg_logical_emit_message(true, 'godwit', '')"]);
}

/** Says of files that were told as applied that they may not have outlived the server. */
function withUnsure(failure: MigrationFailure, before: readonly SentFile[]): MigrationFailure {
  const names = before.map((f) => f.migration.file.name);
  const [first] = names;
  if (first === undefined) return failure;
  const which = names.length === 1 ? first : `${first} to ${names.at(-1)}`;
  const unsure = `${which}, applied a moment before, may be gone, row and all, if the server itself went down; then they are applied again.`;
  return { ...failure, advice: `${failure.advice} ${unsure}` };
}

function upToFirstEnd(attempts: readonly Attempt[]): readonly Attempt[] {
  const end = attempts.findIndex((a) => a.kind !== "applied");
  return end === -1 ? attempts : attempts.slice(0, end + 1);
}

interface SentWrite {
  readonly files: readonly SentFile[];
  /** How many of them. */
  ended: number;
}

const isOpen = ({ files, ended }: SentWrite): boolean => ended < files.length;

/** The files of one or more writes, and their ends so far. */
class SentFiles {
  readonly ended: Attempt[] = [];
  /** Those that are not over, and the last that is: what was sent before is let go of, however many files there are. */
  #writes: SentWrite[] = [];
  #count = 0;
  /** Of the marks. */
  readonly #token = Math.random().toString(36).slice(2);
  readonly #engine: Engine;
  readonly #isHeld: boolean;
  readonly #onApplied: WriteOptions["onApplied"];

  constructor(engine: Engine, isHeld: boolean, onApplied: WriteOptions["onApplied"]) {
    this.#engine = engine;
    this.#isHeld = isHeld;
    this.#onApplied = onApplied;
  }

  /** The first file whose end is not known. */
  get open(): SentFile | undefined {
    const write = this.#openWrite;
    return write?.files[write.ended];
  }

  /** Nothing is applied behind what failed. */
  get hasFailed(): boolean {
    return this.ended.length > 0 && this.ended.at(-1)?.kind !== "applied";
  }

  /** Those that were applied, but are not known to be on disk. */
  get unsure(): readonly SentFile[] {
    const write = this.#openWrite;
    return write?.files.slice(0, write.ended) ?? [];
  }

  get #openWrite(): SentWrite | undefined {
    return this.#writes.find(isOpen);
  }

  /** Rejects when the connection breaks, or with what a listener threw; never unheard, as the next call rejects too. */
  send(writes: readonly Write[]): Promise<void> {
    const isHeld = this.#isHeld;
    const start = this.#count;
    const files = writes.map((write, i) => {
      const rest = writes.length - 1 - i;
      return new SentFile(write, { token: this.#token, at: start + i, isFirst: i === 0, rest, isHeld });
    });
    this.#count += files.length;
    const write: SentWrite = { files, ended: 0 };
    this.#writes = [...this.#writes.filter(isOpen), write];
    let at = -1;
    const rowsAt = new Set(files.map((f) => (at += f.texts.length)));
    let from = 0;
    const texts = files.flatMap((f) => f.texts);
    const { session, settings } = this.#engine;
    const sending = session.pipeline(isHeld ? [...texts, letGo(this.#engine)] : texts, {
      ahead: start > 0,
      keepRows: (i) => settings.outputQueryResults || rowsAt.has(i),
      onResult: (i, result) => {
        const file = files[write.ended];
        if (file === undefined) return;
        file.take(i - from, result);
        if (i - from < file.texts.length - 1) return;
        from += file.texts.length;
        write.ended++;
        this.#end(file.attempt());
      },
    });
    const sent = sending.then(() => {});
    sent.catch(() => {});
    return sent;
  }

  #end(attempt: Attempt): void {
    this.ended.push(attempt);
    if (attempt.kind === "applied") this.#onApplied?.(this.ended.length - 1, attempt);
  }
}

interface Place {
  /** The mark of a file is this and the rank of its row. */
  readonly token: string;
  /** Index of the file among all that were sent. */
  readonly at: number;
  /** Of its write. */
  readonly isFirst: boolean;
  /** Files behind it in its write. */
  readonly rest: number;
  /** The session has the lock from the first file of the write to the last. */
  readonly isHeld: boolean;
}

/**
 * What every transaction of a file begins with; `mark`: that of the file before it in the same write; `lock`: how the lock
 * is taken.
 */
export function head(
  request: ApplyRequest,
  mark?: string,
  lock: (engine: Engine) => string = lockGuard,
): readonly string[] {
  const { engine } = request;
  const path = searchPathStatement(engine, true);
  return [
    "BEGIN",
    lock(engine),
    rankGuard(engine, request.lastRank, mark === undefined ? undefined : isMarked(mark)),
    resetRoleStatement(engine),
    ...(path === undefined ? [] : [path]),
    ...timeoutStatements(engine),
  ];
}

/** The same behind another file, while the session has the lock. Every statement costs. */
function headBehind({ engine }: ApplyRequest, mark: string, waits: boolean): readonly string[] {
  const path = searchPathCall(engine, true);
  const calls = [
    resetRoleCall(engine),
    ...(path === undefined ? [] : [path]),
    ...(waits ? [] : ["set_config('synchronous_commit', 'off', true)"]),
  ];
  return ["BEGIN", heldGuard(engine, isMarked(mark), calls), ...timeoutStatements(engine)];
}

/** The guards' failures are not failures of the migration. */
export function earlyEnd(result: StatementResult | undefined): Attempt | undefined {
  if (result === undefined || result.ok) return undefined;
  const by = refusedBy(result.error.sqlState);
  if (by === undefined) return undefined;
  return { kind: by === "lock" ? "busy" : "moved" };
}

class SentFile {
  readonly texts: readonly string[];
  readonly #write: Write;
  /** Statements from the session's reset to the row, in the message of the COMMIT. */
  readonly #beforeCommit: number;
  #taken = 0;
  #failed: { readonly index: number; readonly result: StatementResult } | undefined;
  #row: StatementResult | undefined;

  constructor(write: Write, { token, at, isFirst, rest, isHeld }: Place) {
    const { request, script } = write;
    const rank = newRow(request).installedRank;
    const mark = at > 0 ? `${token} ${request.lastRank}` : undefined;
    const waits = rest === 0;
    const before =
      isHeld && mark !== undefined && !isFirst
        ? headBehind(request, mark, waits)
        : [
            ...head(request, mark, isHeld ? sessionLockGuard : lockGuard),
            ...(waits ? [] : ["SET LOCAL synchronous_commit = off"]),
          ];
    this.#write = write;
    const tail = [
      ...(mayChangeRole(script) ? [resetRoleStatement(request.engine)] : []),
      `${insertReturning(request)}, ${leaveMark(`${token} ${rank}`)}`,
      ...(request.guardsRow ? [rowGuard(request.engine.history, rank)] : []),
      "COMMIT",
    ];
    this.#beforeCommit = tail.length - 1;
    this.texts = [before.join(";\n"), ...script.statements.map((s) => s.text), tail.join(";\n")];
  }

  get migration(): ApplyRequest["migration"] {
    return this.#write.request.migration;
  }

  take(index: number, result: StatementResult): void {
    const { request, script } = this.#write;
    this.#taken = index + 1;
    if (this.#failed !== undefined) return;
    if (!result.ok) this.#failed = { index, result };
    if (index === 0 && result.ok) request.onStart();
    if (index === this.texts.length - 1) this.#row = result;
    const statement = script.statements[index - 1];
    if (statement !== undefined) tellResult(request.engine, script, statement, result);
    const next = result.ok ? script.statements[index] : undefined;
    if (next !== undefined) announceStart({ engine: request.engine, script }, next);
  }

  /** A server that says why it ended the session has not come to what is behind: to the COMMIT, or it did to that too. */
  brokenBy(error: GodwitError): MigrationFailure {
    const { script } = this.#write;
    const isCertain = error.sql !== undefined && this.#taken < this.texts.length - 1;
    if (!isCertain) return brokenFailure(this.migration, error);
    const statement = script.statements[this.#taken - 1];
    const failure = brokenBeforeCommit(this.migration, error);
    if (statement === undefined) return failure;
    return {
      ...failure,
      place: script.place(statement),
      statementLine: statement.line,
      advice: `${failure.advice} If it breaks at this statement again, the statement is the cause.`,
    };
  }

  attempt(): Attempt {
    const { request, script } = this.#write;
    if (this.#failed === undefined) {
      const kept = rowSet(this.#row)?.rows.length !== 0;
      return kept ? { kind: "applied", row: appliedRow(request, this.#row) } : withoutRow(request);
    }
    const { index, result } = this.#failed;
    const early = index === 0 ? earlyEnd(result) : undefined;
    return early ?? failedAttempt(request, script, this.#stageOf(index, result), result, true);
  }

  #stageOf(index: number, result: StatementResult): Stage {
    if (index === 0) return "begin";
    if (index < this.texts.length - 1) return index - 1;
    return !result.ok && result.doneBefore >= this.#beforeCommit ? "commit" : "row";
  }
}

/** Taken back with the transaction. */
const leaveMark = (mark: string): string => `pg_catalog.set_config('godwit.last_row', '${mark}', false)`;
const isMarked = (mark: string): string => `pg_catalog.current_setting('godwit.last_row', true) = '${mark}'`;

/** First words of statements that cannot run code of a user's which might change the role. */
const PLAIN_DDL: ReadonlySet<string> = new Set(["CREATE", "DROP", "COMMENT", "GRANT", "REVOKE"]);

/**
 * The row is written as the original role, whatever the file did to it. Asking costs a statement a file, so files of
 * plain DDL are let off.
 */
const mayChangeRole = (script: PreparedScript): boolean =>
  script.statements.some((s) => !PLAIN_DDL.has(s.words[0] ?? ""));

export const insertReturning = (request: ApplyRequest): string =>
  `${insertStatement(request.engine.history, newRow(request))} RETURNING "execution_time"`;

export function appliedRow(request: ApplyRequest, insert: StatementResult | undefined): Applied["row"] {
  return { ...rowOf(request), executionTime: Number(rowSet(insert)?.rows[0]?.[0] ?? 0) };
}

/** What the INSERT gave back. */
function rowSet(insert: StatementResult | undefined): ResultSet | undefined {
  if (insert?.ok !== true) return undefined;
  const sets = insert.resultSets ?? (insert.result === undefined ? [] : [insert.result]);
  return sets.find((set) => set.columns[0] === "execution_time");
}

/** The file, or one of the same write, has made the trigger: the next run would know of it before. */
function withoutRow(request: ApplyRequest): Attempt {
  const { engine, migration } = request;
  const row = insertStatement(engine.history, { ...newRow(request), executionTime: 0 });
  return {
    kind: "failed",
    failure: {
      ...plainFailure(undefined, false),
      message: `${migration.file.name} is applied, but its row is not in ${engine.history.qualified}: a trigger of that table, made in this run, keeps it out.`,
      advice: `Change or drop the trigger, and write the row before the next run, which would apply the file again: ${row};`,
      atRow: true,
    },
  };
}

/** The index of the failed statement of the file, or which of godwit's own round it. */
export type Stage = "begin" | number | "row" | "commit";

export function failedAttempt(
  request: ApplyRequest,
  script: PreparedScript | undefined,
  stage: Stage,
  result: StatementResult | undefined,
  rolledBack: boolean,
): Attempt {
  const error = result !== undefined && !result.ok ? result.error : undefined;
  const statement = typeof stage === "number" ? script?.statements[stage] : undefined;
  if (script !== undefined && statement !== undefined && error !== undefined) {
    const place = placeOfFailure(script, statement, error);
    return { kind: "failed", failure: sqlFailure(script, { error, place, statement }, rolledBack) };
  }
  if (stage === "row") return { kind: "failed", failure: rowFailure(request, error, rolledBack) };
  const how = stage === "commit" ? "committed" : "begun";
  const message = `The transaction of ${request.migration.file.name} could not be ${how}: ${error?.message ?? ""}`;
  return { kind: "failed", failure: { ...plainFailure(error, rolledBack), message } };
}
