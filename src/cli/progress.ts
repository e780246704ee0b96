// Joins the live report, the redrawn line and the clock: what main hands to the engine as `emit`.
import type { Emit } from "../base/event.ts";
import { monotonic } from "../base/monotonic.ts";
import { createLiveReport } from "../reports/live.ts";
import { nextStatus, type Status, statusText } from "../reports/status.ts";
import type { Terminal } from "./terminal.ts";

export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls `action` again and again; gives the way to end it. */
  every(ms: number, action: () => void): () => void;
}

export interface Progress {
  readonly emit: Emit;
  /** Ends the redrawn line. */
  stop(): void;
}

/** Ten times a second looks alive and costs nothing that could be measured. */
const REDRAW_MS = 100;
/** Statements that end sooner are not worth a flicker. */
const PATIENCE_MS = 150;

export function createProgress(terminal: Terminal, clock: Clock): Progress {
  const report = createLiveReport(terminal.style);
  let status: Status | undefined;
  let since = 0;
  let end: (() => void) | undefined;

  const draw = (): void => {
    const now = clock.now();
    if (status === undefined) terminal.status(undefined);
    else if (now - since >= PATIENCE_MS) terminal.status(statusText(status, terminal.errorStyle, now));
  };
  const stop = (): void => {
    end?.();
    end = undefined;
    status = undefined;
    terminal.status(undefined);
  };

  return {
    emit: (event) => {
      if (terminal.redraws) {
        const before = status;
        status = nextStatus(status, event, clock.now());
        if (before === undefined) since = clock.now();
        if (status === undefined) stop();
        else end ??= clock.every(REDRAW_MS, draw);
      }
      terminal.print(report(event));
    },
    stop,
  };
}

/** The clock of the process. Its timer does not keep the process alive. */
export const processClock: Clock = {
  now: monotonic,
  every: (ms, action) => {
    const timer = setInterval(action, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};
