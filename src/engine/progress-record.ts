// How far a file that runs statement by statement has come, in a table of godwit's own beside the history, where Flyway
// does not look. The table is there only while such a file is under way: after a success nothing but Flyway's catalog
// is left. What the record means for the next run is decided in steps.ts.
import { createHash } from "node:crypto";
import type { SqlErrorFields } from "../base/errors.ts";
import { quoteLiteral, quoteQualified } from "../base/quote.ts";
import type { HistoryTable } from "../history/table.ts";
import type { ResolvedMigration } from "../migrations/migration.ts";
import type { Session, StatementResult } from "../server/session.ts";
import { summarize } from "../sql/summary.ts";
import { type Engine, tableExists } from "./engine.ts";
import type { Note } from "./probes/probe.ts";
import { tellVoid } from "./progress-words.ts";
import type { PreparedScript } from "./script.ts";

export type RecordedState = "begun" | "failed" | "done";

/** One statement of a file, as the table holds it. */
export interface Recorded {
  readonly script: string;
  /** 1-based. */
  readonly statement: number;
  /** Statements of the file. */
  readonly total: number;
  readonly line: number;
  readonly digest: string;
  readonly summary: string;
  readonly state: RecordedState;
  readonly note: Note | undefined;
  readonly since: string;
}

/** What of a file is recorded, and the statements that record more of it. */
export interface ProgressRecord {
  /** "schema"."table", for messages. */
  readonly table: string;
  /** The file's name in the table. */
  readonly script: string;
  /** False once something could not be recorded. */
  readonly isKept: boolean;
  /** By index of the statement (0-based), as earlier runs and this one left it. */
  at(index: number): Recorded | undefined;
  /** SQL for a transaction that the caller runs; none when nothing can be recorded. */
  marks(indices: readonly number[], state: RecordedState, note?: Note): readonly string[];
  /** Takes note that marks with these were committed. */
  marked(indices: readonly number[], state: RecordedState, note?: Note): void;
  /** Marks in a write of its own. Never throws for a refusal: nothing is recorded from then on, and it is told. */
  mark(indices: readonly number[], state: RecordedState, note?: Note): Promise<void>;
  /** Records nothing from now on, and says why. */
  giveUp(reason: string): void;
  /** SQL that forgets this file, for the transaction that writes its history row: the first that works is the best. */
  forget(): readonly (readonly string[])[];
}

const SUFFIX = "_godwit";
/** NAMEDATALEN - 1. */
const NAME_BYTES = 63;

/** The record's table stands beside the history, under its name with a suffix. */
export function recordTable(history: Pick<HistoryTable, "schema" | "name">): string {
  return quoteQualified(history.schema, recordName(history));
}

function recordName(history: Pick<HistoryTable, "name">): string {
  let { name } = history;
  while (Buffer.byteLength(name) > NAME_BYTES - SUFFIX.length) name = name.slice(0, -1);
  return name + SUFFIX;
}

/** An expression: true when the table is there. */
export const recordExists = (history: Pick<HistoryTable, "schema" | "name">): string =>
  tableExists({ schema: history.schema, name: recordName(history) });

const createTable = (table: string): string => `CREATE TABLE IF NOT EXISTS ${table} (
  "script" text NOT NULL,
  "version" text,
  "statement" int NOT NULL,
  "total" int NOT NULL,
  "line" int NOT NULL,
  "digest" text NOT NULL,
  "summary" text NOT NULL,
  "state" text NOT NULL,
  "note" text,
  "rank" int NOT NULL,
  "since" timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY ("script", "statement")
)`;

/** What the file is known by should it be renamed; undo and baseline files have the version of another. */
const versionOf = ({ kind, version }: ResolvedMigration): string | undefined =>
  kind === "versioned" ? version?.text : undefined;

function whose(migration: ResolvedMigration): string {
  const version = versionOf(migration);
  const script = `"script" = ${quoteLiteral(migration.script)}`;
  return version === undefined ? script : `(${script} OR "version" = ${quoteLiteral(version)})`;
}

/** Of a statement as the file has it: a placeholder whose value changes (flyway:timestamp) makes it no other statement. */
function digestOf(script: PreparedScript, index: number): string {
  const statement = script.statements[index];
  const hash = createHash("sha256");
  if (statement !== undefined) {
    hash.update(script.source(statement));
    if (statement.copyData !== undefined) {
      hash.update(script.text.slice(statement.copyData.start, statement.copyData.end));
    }
  }
  return hash.digest("hex").slice(0, 32);
}

// --- opening ---------------------------------------------------------------------------------------------------------

export interface RecordOptions {
  readonly engine: Engine;
  readonly migration: ResolvedMigration;
  readonly script: PreparedScript;
  /** Highest rank of the history when the file was begun: a later row of the same file makes the record stale. */
  readonly lastRank: number;
}

/**
 * Makes the table and reads what it holds of the file; the caller holds the migration lock. Records from the first
 * statement on that the file has no more are void, and removed.
 */
export async function openRecord(options: RecordOptions): Promise<ProgressRecord> {
  const { engine, migration } = options;
  const table = recordTable(engine.history);
  const stale = `DELETE FROM ${table} r WHERE EXISTS (SELECT FROM ${engine.history.qualified} h WHERE h."script" = r."script" AND h."success" AND h."installed_rank" > r."rank")`;
  const results = await engine.session.pipeline(
    [createTable(table), stale, selectStatement(table, whose(migration)), othersStatement(table, migration)],
    { keepRows: true },
  );
  const [created, , own, others] = results;
  const record = new TableRecord(options, table, others !== undefined && hasRows(others));
  if (own?.ok !== true) record.giveUp(reasonOf(created) ?? reasonOf(own) ?? "the table could not be read");
  else await record.load(decode(own));
  return record;
}

const selectStatement = (table: string, where: string): string =>
  `SELECT "script", "statement", "total", "line", "digest", "summary", "state", "note", "since"::timestamp(0)::text
     FROM ${table} WHERE ${where} ORDER BY "script", "statement"`;

const othersStatement = (table: string, migration: ResolvedMigration): string =>
  `SELECT 1 FROM ${table} WHERE NOT ${whose(migration)} LIMIT 1`;

const hasRows = (result: StatementResult): boolean => result.ok && (result.result?.rows.length ?? 0) > 0;

const reasonOf = (result: StatementResult | undefined): string | undefined =>
  result === undefined || result.ok ? undefined : result.error.message;

function decode(result: StatementResult): readonly Recorded[] {
  if (!result.ok) return [];
  return (result.result?.rows ?? []).map((row) => {
    const [script, statement, total, line, digest, summary, state, note, since] = row.map((v) => v ?? "");
    return {
      script: script ?? "",
      statement: Number(statement),
      total: Number(total),
      line: Number(line),
      digest: digest ?? "",
      summary: summary ?? "",
      state: state === "done" || state === "failed" ? state : "begun",
      note: note === undefined || note === "" ? undefined : decodeNote(note),
      since: since ?? "",
    };
  });
}

/** Written by marks() below; what somebody else made of it counts as nothing noted. */
function decodeNote(text: string): Note {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Note) : {};
  } catch {
    return {};
  }
}

/** For files of which nothing lasts before their row does. */
export const NO_RECORD: ProgressRecord = {
  table: "",
  script: "",
  isKept: true,
  at: () => undefined,
  marks: () => [],
  marked: () => {},
  mark: () => Promise.resolve(),
  giveUp: () => {},
  forget: () => [],
};

// --- the record ------------------------------------------------------------------------------------------------------

class TableRecord implements ProgressRecord {
  readonly table: string;
  readonly script: string;
  readonly #options: RecordOptions;
  readonly #holdsOthers: boolean;
  readonly #rows = new Map<number, Recorded>();
  readonly #digests = new Map<number, string>();
  #isOn = true;

  constructor(options: RecordOptions, table: string, holdsOthers: boolean) {
    this.#options = options;
    this.#holdsOthers = holdsOthers;
    this.table = table;
    this.script = options.migration.script;
  }

  get isKept(): boolean {
    return this.#isOn;
  }

  async load(rows: readonly Recorded[]): Promise<void> {
    const { engine, script } = this.#options;
    const isVoid = (row: Recorded): boolean => row.digest !== this.#digest(row.statement - 1);
    const firstVoid = rows.find(isVoid)?.statement ?? Number.POSITIVE_INFINITY;
    for (const row of rows) if (row.statement < firstVoid) this.#rows.set(row.statement - 1, row);
    const renamed = rows.some((row) => row.script !== this.script);
    const voided = rows.filter((row) => row.statement >= firstVoid);
    const own = whose(this.#options.migration);
    const updates = [
      ...(voided.length === 0
        ? []
        : [`DELETE FROM ${this.table} WHERE ${own} AND "statement" >= ${firstVoid}`]),
      ...(renamed ? [`UPDATE ${this.table} SET "script" = ${quoteLiteral(this.script)} WHERE ${own}`] : []),
    ];
    if (updates.length > 0) this.#check(await engine.session.pipeline(updates));
    tellVoid(engine, script, voided);
  }

  at(index: number): Recorded | undefined {
    return this.#rows.get(index);
  }

  marks(indices: readonly number[], state: RecordedState, note?: Note): readonly string[] {
    if (!this.#isOn || indices.length === 0) return [];
    const insert = this.#insert(indices, state, note);
    return asOwner(this.#options.engine, this.#options.script, insert);
  }

  marked(indices: readonly number[], state: RecordedState, note?: Note): void {
    for (const index of indices) this.#rows.set(index, this.#row(index, state, note));
  }

  async mark(indices: readonly number[], state: RecordedState, note?: Note): Promise<void> {
    const marks = this.marks(indices, state, note);
    if (marks.length === 0) return;
    const write = marks.length === 1 ? marks : ["BEGIN", ...marks, "COMMIT"];
    const { session } = this.#options.engine;
    let results = await session.pipeline(write);
    // A request to cancel that came too late for the statement hits its mark, which must not be lost for that.
    if (results.some((r) => !r.ok && r.error.sqlState === "57014")) results = await session.pipeline(write);
    if (this.#check(results)) this.marked(indices, state, note);
  }

  giveUp(reason: string): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#options.engine.emit({
      type: "log",
      level: "warn",
      code: "NOT_RECORDED",
      message:
        `How far ${this.#options.script.file.name} has come cannot be recorded in ${this.table}: ${reason}. ` +
        "It runs all the same; but should the run break off, the next one would not know what is done.",
    });
  }

  forget(): readonly (readonly string[])[] {
    if (!this.#isOn) return [[]];
    const own = whose(this.#options.migration);
    const remove = `DELETE FROM ${this.table} WHERE ${own}`;
    if (this.#holdsOthers) return [[remove], []];
    // Whoever reads the table (a pg_dump, say) keeps it from being dropped; the row must not wait for that.
    return [["SET LOCAL lock_timeout = '1s'", `DROP TABLE ${this.table}`], [remove], []];
  }

  #check(results: readonly StatementResult[]): boolean {
    const bad = results.find((result) => !result.ok);
    if (bad === undefined || bad.ok) return true;
    this.giveUp(bad.error.message);
    return false;
  }

  #digest(index: number): string {
    const digest = this.#digests.get(index) ?? digestOf(this.#options.script, index);
    this.#digests.set(index, digest);
    return digest;
  }

  #row(index: number, state: RecordedState, note: Note | undefined): Recorded {
    const { script } = this.#options;
    const statement = script.statements[index];
    return {
      script: this.script,
      statement: index + 1,
      total: script.statements.length,
      line: statement === undefined ? 0 : script.place(statement).line,
      digest: this.#digest(index),
      summary: statement === undefined ? "" : summarize(statement.text, 200),
      state,
      note,
      since: "",
    };
  }

  #insert(indices: readonly number[], state: RecordedState, note: Note | undefined): string {
    const { lastRank, migration } = this.#options;
    const version = versionOf(migration);
    const json = note === undefined ? undefined : JSON.stringify(note);
    const values = indices.map((index) => {
      const row = this.#row(index, state, note);
      return (
        `(${quoteLiteral(row.script)}, ${quoteLiteral(version)}, ${row.statement}, ${row.total}, ${row.line}, ` +
        `${quoteLiteral(row.digest)}, ${quoteLiteral(row.summary)}, '${state}', ${quoteLiteral(json)}, ${lastRank})`
      );
    });
    return (
      `INSERT INTO ${this.table} ("script", "version", "statement", "total", "line", "digest", "summary", "state", "note", "rank") ` +
      `VALUES ${values.join(", ")} ON CONFLICT ("script", "statement") DO UPDATE SET "total" = excluded."total", ` +
      `"line" = excluded."line", "digest" = excluded."digest", "summary" = excluded."summary", ` +
      `"state" = excluded."state", "note" = excluded."note", "rank" = excluded."rank", "since" = clock_timestamp()`
    );
  }
}

/**
 * A statement of godwit's own in a transaction of the file's, which may work under a role without rights on godwit's
 * tables; what is left of the transaction (deferred triggers) must run under that role again.
 */
export function asOwner(engine: Engine, script: PreparedScript, statement: string): readonly string[] {
  if (!/\b(?:role|authorization|discard)\b/i.test(script.text)) return [statement];
  return [
    "SELECT set_config('godwit.role', current_setting('role'), true)",
    `SELECT set_config('role', ${quoteLiteral(engine.facts.user)}, true)`,
    statement,
    "SELECT set_config('role', current_setting('godwit.role'), true)",
  ];
}

// --- in the file's own transactions ------------------------------------------------------------------------------------

/**
 * Marks as done in the open transaction of the file, which must not suffer from it: it may be read-only, or aborted.
 * False when nothing was written.
 */
export async function markInside(
  session: Session,
  record: ProgressRecord,
  indices: readonly number[],
): Promise<boolean> {
  const marks = record.marks(indices, "done");
  if (marks.length === 0) return false;
  const error = await trySaved(session, marks);
  // 25P02: the transaction had failed before. 25006: it is read-only. Neither is the record's fault.
  if (error !== undefined && error.sqlState !== "25P02" && error.sqlState !== "25006")
    record.giveUp(error.message);
  return error === undefined;
}

/** Forgets the file in the open transaction that writes its row. */
export async function forgetInside(session: Session, record: ProgressRecord): Promise<void> {
  for (const forget of record.forget()) {
    if (forget.length === 0 || (await trySaved(session, forget)) === undefined) return;
  }
}

async function trySaved(
  session: Session,
  statements: readonly string[],
): Promise<SqlErrorFields | undefined> {
  const results = await session.pipeline([
    "SAVEPOINT godwit_progress",
    ...statements,
    "RELEASE SAVEPOINT godwit_progress",
  ]);
  const bad = results.find((result) => !result.ok);
  if (bad === undefined || bad.ok) return undefined;
  await session.pipeline(["ROLLBACK TO SAVEPOINT godwit_progress"]);
  return bad.error;
}

// --- for repair --------------------------------------------------------------------------------------------------------

/**
 * SQL that forgets files, for repair: whoever removes a failed row has undone what the file left, as Flyway asks, and
 * wants it to run from its beginning.
 */
export function forgetScripts(
  history: HistoryTable,
  records: ReadonlyMap<string, readonly Recorded[]>,
  scripts: readonly string[],
): readonly string[] {
  const recorded = scripts.filter((script) => records.has(script));
  if (recorded.length === 0) return [];
  const table = recordTable(history);
  if (recorded.length === records.size) return [`DROP TABLE ${table}`];
  return [`DELETE FROM ${table} WHERE "script" IN (${recorded.map((s) => quoteLiteral(s)).join(", ")})`];
}

// --- for info --------------------------------------------------------------------------------------------------------

/** What is recorded of all files, by the file's name in the history; empty when nothing is. */
export async function readRecords(
  session: Session,
  history: HistoryTable,
): Promise<ReadonlyMap<string, readonly Recorded[]>> {
  const table = recordTable(history);
  const [found] = await session.query(`SELECT ${recordExists(history)} AS found`);
  if (found?.["found"] !== "t") return new Map();
  const [result] = await session.pipeline([selectStatement(table, "true")], { keepRows: true });
  const byScript = new Map<string, Recorded[]>();
  for (const row of result === undefined ? [] : decode(result)) {
    byScript.set(row.script, [...(byScript.get(row.script) ?? []), row]);
  }
  return byScript;
}
