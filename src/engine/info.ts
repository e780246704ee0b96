// The verb info: states as a list. No locks, no writes.
import type { Settings } from "../config/settings.ts";
import { isUndo } from "../history/row.ts";
import type { Entry } from "../history/state.ts";
import { STATES } from "../history/state.ts";
import type { Version } from "../migrations/migration.ts";
import { compareVersions, parseVersion } from "../migrations/version.ts";
import { whoHolds } from "../server/lock.ts";
import { runCallbacks } from "./callbacks.ts";
import { categoryOf, finishEvent, outcomeBase, schemaName, statesOf, timestamp } from "./common.ts";
import { type Engine, existingSchemas, nonEmptySchemas, tellHistoriesElsewhere } from "./engine.ts";
import { firstLook } from "./first-look.ts";
import { type UtcReader, utcReader } from "./installed-on.ts";
import { keyOf } from "./migration-lock.ts";
import type { InfoEntry, InfoOutcome } from "./outcome.ts";
import { readRecords } from "./progress-record.ts";
import { progressText } from "./progress-words.ts";

export interface InfoFilter {
  /** Keeps what was installed after it, and what is not installed. */
  readonly sinceDate?: Date;
  /** Keeps what was installed before it only. */
  readonly untilDate?: Date;
  readonly sinceVersion?: Version;
  readonly untilVersion?: Version;
  /** State codes or display names, any case. */
  readonly states?: readonly string[];
}

export async function info(engine: Engine, filter: InfoFilter = {}): Promise<InfoOutcome> {
  try {
    return await readInfo(engine, filter);
  } catch (error) {
    if (!engine.session.isClosed) await runCallbacks(engine, engine.session, "afterInfoError");
    throw error;
  }
}

async function readInfo(engine: Engine, filter: InfoFilter): Promise<InfoOutcome> {
  await runCallbacks(engine, engine.session, "beforeInfo");
  const look = await firstLook(engine);
  const { history } = look;
  if (!history.exists) await tellHistoriesElsewhere(engine);
  // A history is something, and its schema one of those that count.
  const allSchemasEmpty =
    !history.exists && (await nonEmptySchemas(engine, await existingSchemas(engine))).length === 0;
  const presumedBaseline = presumed(engine.settings, history.exists, !allSchemasEmpty);
  const states =
    presumedBaseline === undefined ? look.states : statesOf(engine, history.rows, { presumedBaseline });
  const records = await readProgress(engine, states.entries);
  const utcOf = utcReader();
  const outcome: InfoOutcome = {
    ...outcomeBase(engine),
    operation: "info",
    schemaVersion: states.current?.version?.text ?? null,
    schemaName: schemaName(engine),
    migrations: states.entries.filter((e) => keeps(e, filter)).map((e) => toInfoEntry(e, records, utcOf)),
    allSchemasEmpty,
    timestamp: timestamp(engine.world.now()),
    exception: null,
    licenseFailed: false,
  };
  await runCallbacks(engine, engine.session, "afterInfo");
  await finishEvent(engine, "Info");
  return outcome;
}

/** What baselineOnMigrate will write, so that info shows what migrate will see (Flyway 13.11). */
function presumed(settings: Settings, historyExists: boolean, filled: boolean): Version | undefined {
  const applies = settings.baselineOnMigrate && !settings.skipExecutingMigrations && !historyExists && filled;
  return applies ? parseVersion(settings.baselineVersion) : undefined;
}

function keeps(entry: Entry, filter: InfoFilter): boolean {
  const { sinceDate, untilDate } = filter;
  if (sinceDate !== undefined || untilDate !== undefined) {
    const installed = entry.row === undefined ? undefined : wallClock(entry.row.installedOn);
    if (sinceDate !== undefined && installed !== undefined && installed <= sinceDate) return false;
    if (untilDate !== undefined && (installed === undefined || installed >= untilDate)) return false;
  }
  if (entry.version !== undefined) {
    if (filter.sinceVersion !== undefined && compareVersions(entry.version, filter.sinceVersion) < 0)
      return false;
    if (filter.untilVersion !== undefined && compareVersions(entry.version, filter.untilVersion) > 0)
      return false;
  }
  if (filter.states === undefined || filter.states.length === 0) return true;
  return filter.states.some((s) => isState(entry, s));
}

function isState(entry: Entry, name: string): boolean {
  return (
    name.toUpperCase() === entry.state || name.toLowerCase() === STATES[entry.state].display.toLowerCase()
  );
}

function wallClock(stored: string): Date {
  const [date = "", time = ""] = stored.split(" ");
  return new Date(`${date}T${time.slice(0, 12)}`);
}

/** What is recorded of the files, in words, by script. */
type Records = ReadonlyMap<string, string | undefined>;

async function readProgress(engine: Engine, entries: readonly Entry[]): Promise<Records> {
  if (!entries.some(mayBeUnderWay)) return new Map();
  const records = await readRecords(engine.session, engine.history);
  if (records.size === 0) return new Map();
  const isUnderWay = (await whoHolds(engine.session, keyOf(engine))) !== undefined;
  return new Map([...records].map(([script, rows]) => [script, progressText(rows, isUnderWay)]));
}

/** True where a run may have broken off inside the file: asking costs a look at the server. */
const mayBeUnderWay = ({ migration, state }: Entry): boolean =>
  migration !== undefined && (!STATES[state].applied || STATES[state].failed || state === "OUTDATED");

function toInfoEntry(entry: Entry, records: Records, utcOf: UtcReader): InfoEntry {
  const { row, migration } = entry;
  const progress = mayBeUnderWay(entry) ? records.get(migration?.script ?? "") : undefined;
  const file = migration?.file.path ?? "";
  return {
    category: categoryOf(entry),
    version: entry.version === undefined ? "" : jsonVersion(entry.version),
    rawVersion: entry.version?.raw ?? "",
    description: entry.description,
    type: entry.type,
    installedOnUTC: row === undefined ? "" : utcOf(row.installedOn),
    state: STATES[entry.state].display,
    undoable: undoable(entry),
    filepath: file,
    undoFilepath: entry.undo?.file.path ?? "",
    installedBy: row?.installedBy ?? "",
    shouldExecuteExpression: migration?.config.shouldExecute?.expression ?? null,
    executionTime: row?.executionTime ?? 0,
    installedOn: row?.installedOn.slice(0, 19) ?? "",
    stateCode: entry.state,
    ...(progress === undefined ? {} : { progress }),
  };
}

/** Flyway prints LATEST as the number it stands for. */
const jsonVersion = (version: Version): string =>
  version.special === "latest" ? "9223372036854775807" : version.text;

function undoable(entry: Entry): string {
  if (entry.version === undefined) return "";
  if (entry.type === "DELETE" || isUndo(entry.type) || entry.state === "UNDONE") return "";
  return entry.undo !== undefined && !STATES[entry.state].failed && entry.state !== "DELETED" ? "Yes" : "No";
}

/** The states that info can show, for filters and their complaints. */
export const stateNames = (): readonly { readonly code: string; readonly display: string }[] =>
  Object.entries(STATES).map(([code, { display }]) => ({ code, display }));
