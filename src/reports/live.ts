// What is told while a run goes on, event by event. Lines only; the line that is redrawn is status.ts.
import type { MigrationRef, RunEvent } from "../base/event.ts";
import { asciiTable, boxTable } from "./ascii-table.ts";
import { info, type Level, type Line } from "./line.ts";
import { type Hue, marks, paint, type Style } from "./style.ts";
import { displayWidth, harmless, shorten, stripEscapes } from "./width.ts";
import { count, duration, fullName, placeText, shortName } from "./words.ts";

const NOTHING: readonly Line[] = [];

/** Where the durations of a terminal's list of migrations end. */
const LIST_WIDTH = 76;

type Start = Extract<RunEvent, { type: "migration-start" }>;

interface Memory {
  /** The migration that runs. */
  start: Start | undefined;
  /** Milliseconds after which a wait for a lock is told again: it doubles, so that a log stays short. */
  nextWaitMs: number;
}

/** Gives the lines of each event in turn; keeps what the end of a migration needs to know of its start. */
export function createLiveReport(style: Style): (event: RunEvent) => readonly Line[] {
  const memory: Memory = { start: undefined, nextWaitMs: 0 };
  return (event) => render(event, style, memory);
}

function render(event: RunEvent, style: Style, memory: Memory): readonly Line[] {
  switch (event.type) {
    case "log":
      return [{ level: event.level, text: withPlace(harmless(event.message, true), event.place) }];
    case "connected":
      return connected(event, style);
    case "validated":
      return [
        info(
          `${event.count === 1 ? "1 migration agrees" : `${event.count} migrations agree`} with the history (${duration(event.elapsedMs)})`,
        ),
      ];
    case "schema-created":
      return [info(`Created schema "${harmless(event.schema)}"`)];
    case "history-created":
      return [
        info(
          `Created the history table ${harmless(event.table)}${event.withBaseline ? " with a baseline row" : ""}`,
        ),
      ];
    case "current-version":
      return currentVersion(event, style);
    case "migration-start":
      memory.start = event;
      memory.nextWaitMs = 0;
      return [debug(`${fullName(event.migration)} (${harmless(event.migration.file)}) begins`)];
    case "migration-end":
      return [info(ended(event.migration, event.elapsedMs, style, memory.start))];
    case "migration-failed":
      return [info(failed(event.migration, event.rolledBack, style))];
    case "statement-start":
      return [debug(`${placeText(event.place)}: ${harmless(event.summary)}`)];
    case "statement-end": {
      const rows = event.rowCount === undefined ? "" : ` ${event.rowCount}`;
      return [debug(`${placeText(event.place)}: ${event.command}${rows} (${duration(event.elapsedMs)})`)];
    }
    case "notice":
      return [notice(event)];
    case "result-set":
      return [info(resultSet(event.columns, event.rows, style))];
    case "callback": {
      const text = `Callback ${event.event}${event.description === "" ? "" : ` (${harmless(event.description)})`}`;
      return [info(style.layout === "terminal" ? paint(style, "dim", text) : text)];
    }
    case "script-output":
      return [info(scriptText(event.text))];
    case "lock-wait":
      return lockWait(event, memory);
    case "progress":
      return NOTHING;
  }
}

const debug = (text: string): Line => ({ level: "debug", text });

const withPlace = (text: string, place: Parameters<typeof placeText>[0] | undefined): string =>
  place === undefined ? text : `${placeText(place)}: ${text}`;

// Environment and Database are labels that scripts cut by; what stands behind them is the same as Flyway 13.11's.
function connected(event: Extract<RunEvent, { type: "connected" }>, style: Style): readonly Line[] {
  const label = (text: string): string => paint(style, "dim", text);
  const shown = event.environmentDisplayName;
  const environment = harmless(event.environment) + (shown === undefined ? "" : ` (${harmless(shown)})`);
  const server = `${event.product} ${event.serverVersion}${event.embedded ? ", embedded" : ""}`;
  return [
    info(`${label("Environment:")} ${environment}`),
    info(`${label("Database:")} ${harmless(event.url)} (${harmless(server)})`),
  ];
}

function currentVersion(
  event: Extract<RunEvent, { type: "current-version" }>,
  style: Style,
): readonly Line[] {
  const schema = `Schema "${harmless(event.schema)}"`;
  const at =
    event.version === undefined
      ? `${schema} holds no version yet`
      : `${schema} is at version ${paint(style, "bold", harmless(event.version))}`;
  const pending =
    event.pending === 0 ? "" : `; ${count(event.pending, "migration is", "migrations are")} pending`;
  const order = event.outOfOrder
    ? [info("outOfOrder is on: another database may get these migrations in another order")]
    : [];
  return [info(at + pending), ...order];
}

function tags(start: Start | undefined): string {
  if (start === undefined) return "";
  const words = [
    ...(start.outOfOrder ? ["out of order"] : []),
    ...(start.transactional ? [] : ["outside a transaction"]),
    ...(start.skipped ? ["recorded without running"] : []),
  ];
  return words.length === 0 ? "" : ` [${words.join(", ")}]`;
}

function ended(migration: MigrationRef, elapsedMs: number, style: Style, start: Start | undefined): string {
  const undo = migration.kind === "undo";
  const time = duration(elapsedMs);
  if (style.layout === "pipe") {
    return `${undo ? "Undid" : "Applied"} ${fullName(migration)} in ${time}${tags(start)}`;
  }
  return listItem(migration, style, {
    mark: marks(style).done,
    hue: "green",
    note: tags(start),
    right: time,
  });
}

function failed(migration: MigrationRef, rolledBack: boolean | undefined, style: Style): string {
  const end =
    rolledBack === true ? "failed, rolled back" : rolledBack === false ? "failed, NOT rolled back" : "failed";
  if (style.layout === "pipe") return `${fullName(migration)} ${end}`;
  return listItem(migration, style, { mark: marks(style).failed, hue: "red", note: "", right: end });
}

interface Item {
  readonly mark: string;
  readonly hue: Hue;
  readonly note: string;
  readonly right: string;
}

/** "✓ V5 Create users ······ 12 ms", the right ends under each other. */
function listItem(migration: MigrationRef, style: Style, item: Item): string {
  const width = Math.min(style.width, LIST_WIDTH);
  const version = shortName(migration);
  const rest = `${harmless(migration.description)}${item.note}`;
  const room = width - displayWidth(version) - item.right.length - 7;
  const text = shorten(rest, Math.max(room, 12), marks(style).ellipsis);
  const used = 2 + displayWidth(version) + 1 + displayWidth(text) + 1;
  const leader = marks(style).leader.repeat(Math.max(2, width - used - item.right.length - 1));
  const right = item.hue === "red" ? paint(style, "red", item.right) : item.right;
  return `${paint(style, item.hue, item.mark)} ${paint(style, "bold", version)} ${text} ${paint(style, "dim", leader)} ${right}`;
}

function notice(event: Extract<RunEvent, { type: "notice" }>): Line {
  const severity = event.severity === "WARNING" ? "" : `${event.severity}: `;
  const text = withPlace(severity + harmless(event.message, true), event.place);
  // Skips are counted by the engine and shown together at the end (skipped.ts).
  if (event.skipped) return debug(text);
  const level: Level =
    event.severity === "WARNING" ? "warn" : event.severity.startsWith("DEBUG") ? "debug" : "info";
  return { level, text };
}

function resultSet(
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  style: Style,
): string {
  const titles = columns.map((c) => harmless(c));
  const cells = rows.map((row) => row.map((value) => (value === null ? "" : harmless(value))));
  if (style.layout === "pipe") return asciiTable(titles, cells, "No rows returned");
  if (rows.length === 0) return "The query returned no rows.";
  return boxTable(
    titles.map((title) => ({ title, shrinkTo: 8 })),
    cells,
    style,
  );
}

/** Output of a script: its own colours may stay out, its line ends stay in. */
const scriptText = (text: string): string => harmless(stripEscapes(text), true).replace(/\n$/, "");

const WAITS: Readonly<Record<Extract<RunEvent, { type: "lock-wait" }>["what"], string>> = {
  "migration-lock": "Waiting for another godwit or Flyway that holds the migration lock",
  "table-lock": "Waiting for a lock on a table",
  gap: "Waiting for a long transaction on a table of the next file to end",
};

function lockWait(event: Extract<RunEvent, { type: "lock-wait" }>, memory: Memory): readonly Line[] {
  if (event.waitedMs < memory.nextWaitMs) return NOTHING;
  memory.nextWaitMs = Math.max(2_000, event.waitedMs * 2);
  const what = WAITS[event.what];
  const since = event.waitedMs < 1000 ? "" : ` (for ${duration(event.waitedMs)} now)`;
  const holder = event.holder === undefined ? "" : `: ${harmless(event.holder)}`;
  return [{ level: "warn", text: `${what}${since}${holder}` }];
}
