// The line that is redrawn on a terminal while a run goes on: which file of how many, which statement, since when.
import type { RunEvent } from "../base/event.ts";
import { marks, paint, type Style } from "./style.ts";
import { displayWidth, harmless, shorten } from "./width.ts";
import { duration, fullName } from "./words.ts";

const WAITED_FOR: Readonly<Record<Extract<RunEvent, { type: "lock-wait" }>["what"], string>> = {
  "migration-lock": "the migration lock",
  "table-lock": "the lock on a table",
  gap: "a long transaction to end",
};

export interface Status {
  readonly name: string;
  readonly index: number;
  readonly total: number;
  readonly statement: string;
  /** Clock reading at the statement's start. */
  readonly since: number;
  readonly detail: string | undefined;
  readonly fraction: number | undefined;
  /** What is waited for, if anything. */
  readonly waiting: string | undefined;
}

/** The status after an event; undefined when there is nothing to redraw. */
export function nextStatus(status: Status | undefined, event: RunEvent, now: number): Status | undefined {
  switch (event.type) {
    case "migration-start":
      return {
        name: fullName(event.migration),
        index: event.index,
        total: event.total,
        statement: "",
        since: now,
        detail: undefined,
        fraction: undefined,
        waiting: undefined,
      };
    case "statement-start":
      if (status === undefined) return undefined;
      return {
        ...status,
        statement: harmless(event.summary),
        since: now,
        detail: undefined,
        fraction: undefined,
        waiting: undefined,
      };
    case "progress":
      if (status === undefined) return undefined;
      return {
        ...status,
        statement: harmless(event.statement),
        since: now - event.elapsedMs,
        detail: event.detail === undefined ? undefined : harmless(event.detail),
        fraction: event.fraction,
        waiting: undefined,
      };
    case "lock-wait": {
      const holder =
        event.holder === undefined
          ? ""
          : `${event.what === "gap" ? ": " : ", held by "}${harmless(event.holder)}`;
      const waiting = `waiting for ${WAITED_FOR[event.what]}${holder}`;
      const base = status ?? {
        name: "",
        index: 0,
        total: 0,
        statement: "",
        since: now - event.waitedMs,
        detail: undefined,
        fraction: undefined,
        waiting: undefined,
      };
      return { ...base, waiting };
    }
    case "migration-end":
    case "migration-failed":
      return undefined;
    default:
      return status;
  }
}

const BAR = 16;
/** What is running keeps this many cells, whatever stands behind it. */
const LEAST_HEAD = 24;

/** One line, no wider than the terminal less one cell (a full last column makes some terminals wrap). */
export function statusText(status: Status, style: Style, now: number): string {
  const counter = status.total > 1 ? `[${status.index}/${status.total}] ` : "";
  const elapsed = duration(Math.max(0, now - status.since));
  const bar = status.fraction === undefined ? "" : ` ${progressBar(status.fraction, style)}`;
  const detail = status.detail === undefined ? "" : ` (${status.detail})`;
  const doing = status.waiting ?? status.statement;
  const tail = `${bar}${detail} ${elapsed}`;
  const head = [`${counter}${status.name}`.trim(), doing].filter((part) => part !== "").join(": ");
  const room = style.width - 1;
  const { ellipsis } = marks(style);
  const shown = shorten(head, Math.max(room - displayWidth(tail), LEAST_HEAD), ellipsis);
  return paint(style, "dim", shorten(shown + tail, room, ellipsis));
}

function progressBar(fraction: number, style: Style): string {
  const share = Math.min(1, Math.max(0, fraction));
  const filled = Math.round(share * BAR);
  const [full, empty] = style.unicode ? ["█", "░"] : ["#", "."];
  return `${full.repeat(filled)}${empty.repeat(BAR - filled)} ${Math.floor(share * 100)} %`;
}
