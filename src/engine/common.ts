// Small pieces that every verb shares: the states of its settings, the outcome's common keys, the finish events.
import { GodwitError } from "../base/errors.ts";
import type { HistoryRow } from "../history/row.ts";
import { computeStates, type Entry, type States } from "../history/state.ts";
import type { Version } from "../migrations/migration.ts";
import { runCallbacks } from "./callbacks.ts";
import { type Engine, FLYWAY_VERSION } from "./engine.ts";
import type { OutcomeBase } from "./outcome.ts";

export interface StateWishes {
  readonly outOfOrder?: boolean;
  /** Ignore the configured target (repair does). */
  readonly anyTarget?: boolean;
  readonly presumedBaseline?: Version | undefined;
}

export function statesOf(engine: Engine, rows: readonly HistoryRow[], wishes: StateWishes = {}): States {
  const { settings, folder } = engine;
  return computeStates({
    migrations: folder.migrations,
    undos: folder.undos,
    rows,
    target: wishes.anyTarget === true ? undefined : settings.target,
    outOfOrder: wishes.outOfOrder ?? settings.outOfOrder,
    cherryPick: settings.cherryPick,
    ...(wishes.presumedBaseline === undefined ? {} : { presumedBaseline: wishes.presumedBaseline }),
  });
}

/**
 * The words of `target` are versions of files too (`Vlatest__x.sql`). Flyway runs such a file and writes a row that
 * neither it nor anybody else can read again (seen on 13.12).
 * @throws GodwitError ERROR before anything runs.
 */
export function refuseWordVersions(states: States): void {
  const file = states.pending.find((e) => e.version?.special !== undefined)?.migration?.file;
  if (file === undefined) return;
  throw new GodwitError("ERROR", `${file.configuredPath} has a word for a version; nothing was run.`, {
    advice:
      'current, next, latest and 9223372036854775807 are words for "target". Flyway would run the file, and then fail on its own history row in every command. Give the file a version of its own.',
  });
}

export function outcomeBase(engine: Engine): Omit<OutcomeBase, "operation"> {
  return {
    database: engine.facts.database,
    flywayVersion: FLYWAY_VERSION,
    godwitVersion: engine.world.godwitVersion,
    warnings: engine.warnings,
  };
}

/** Flyway's "Category" of an entry. */
export function categoryOf(entry: Pick<Entry, "type" | "version">): string {
  switch (entry.type) {
    case "SCHEMA":
    case "BASELINE":
    case "DELETE":
      return "";
    case "UNDO_SQL":
    case "UNDO_JDBC":
    case "UNDO_SCRIPT":
      return "Undo";
    case "SQL_BASELINE":
    case "JDBC_BASELINE":
      return "Baseline";
    default:
      return entry.version === undefined ? "Repeatable" : "Versioned";
  }
}

/** `afterXOperationFinish`, at the end of a verb that succeeded (Flyway 13.1). */
export async function finishEvent(engine: Engine, verb: string): Promise<void> {
  await runCallbacks(engine, engine.session, `after${verb}OperationFinish`);
}

/** `schemaName` of the outcomes: the configured schemas, not the effective one (Flyway 13 JSON). */
export const schemaName = (engine: Engine): string => engine.settings.schemas.join(", ");

/** Local date-time with offset, nanosecond digits left out: "2026-11-22T18:38:54.847+01:00" (Flyway 13.2). */
export function timestamp(date: Date): string {
  const two = (n: number): string => String(Math.abs(n)).padStart(2, "0");
  const offset = -date.getTimezoneOffset();
  const zone =
    offset === 0 ? "Z" : `${offset < 0 ? "-" : "+"}${two(Math.trunc(offset / 60))}:${two(offset % 60)}`;
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:` +
    `${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}${zone}`
  );
}
