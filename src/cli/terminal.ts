// The only writer to stdout and stderr: streams by weight, prefixes, colour, -q and -X, -outputFile, and the line that
// is redrawn. Results and remarks go to stdout; warnings and errors to stderr (Flyway writes warnings to stdout: a
// wanted difference, so that output can be piped on while warnings are still seen).

import type { Level, Line } from "../reports/line.ts";
import { logJson } from "../reports/log-json.ts";
import { type Hue, paint, type Style } from "../reports/style.ts";
import { stripEscapes } from "../reports/width.ts";
import { type ColorChoice, canRedraw, styleFor } from "./capabilities.ts";

/** What is needed of a stream; process.stdout and fs.WriteStream are such. */
export interface Sink {
  write(text: string): unknown;
  on?(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
}

export interface TerminalOptions {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: { readonly stdout: boolean; readonly stderr: boolean };
  /** Columns of the terminal; asked again at each use, so that a resized window is noticed. */
  readonly columns: () => number | undefined;
  readonly color?: ColorChoice;
  /** -q: only warnings, errors and data. */
  readonly quiet?: boolean;
  /** -X. Quiet wins over it, as in Flyway. */
  readonly debug?: boolean;
  /** Text for people, or nothing but documents ("json"). */
  readonly format?: "text" | "json";
  /** With json: lines go to stderr as JSON objects. */
  readonly logsInJson?: boolean;
  /** -outputFile: gets the same lines without colours, whatever goes to the streams. */
  readonly outputFile?: Sink;
}

export interface Terminal {
  /** The style of stdout, for reports. */
  readonly style: Style;
  /** The style of stderr, for failures. */
  readonly errorStyle: Style;
  /** True when status() shows something. */
  readonly redraws: boolean;
  print(lines: readonly Line[]): void;
  /** A document or other data, verbatim, to stdout (and -outputFile). */
  write(text: string): void;
  /** Text to stderr, verbatim. */
  err(text: string): void;
  /** Shows (or with undefined removes) the line that is redrawn. */
  status(text: string | undefined): void;
  /** Why an output could not be written; the run went on without it. */
  readonly lost: { readonly name: string; readonly error: unknown } | undefined;
  /** Leaves the cursor at the beginning of an empty line. Safe to call at any time, also twice. */
  close(): void;
}

const PREFIXES: Readonly<Record<Level, readonly [prefix: string, hue: Hue | undefined]>> = {
  debug: ["DEBUG: ", "dim"],
  info: ["", undefined],
  warn: ["WARNING: ", "yellow"],
  error: ["ERROR: ", "red"],
  data: ["", undefined],
};
const WEIGHTS: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3, data: 4 };

/** Back to the line's first column and erase it. The cursor is never hidden, so a kill can leave nothing to mend. */
const ERASE_LINE = "\r\x1b[2K";

export function createTerminal(options: TerminalOptions): Terminal {
  const { env, isTTY, columns } = options;
  const color = options.color ?? "auto";
  const around = (tty: boolean) => ({ env, isTTY: tty, columns: columns(), color });
  const text = (options.format ?? "text") === "text";
  const least = options.quiet === true ? WEIGHTS.warn : options.debug === true ? WEIGHTS.debug : WEIGHTS.info;
  const redraws = text && options.quiet !== true && canRedraw(around(isTTY.stderr));
  let lost: Terminal["lost"];
  const open = (name: string, sink: Sink) =>
    guarded(sink, (error) => {
      lost ??= { name, error };
    });
  const out = open("Standard output", options.stdout);
  const err = open("Standard error", options.stderr);
  const file = options.outputFile === undefined ? undefined : open("The outputFile", options.outputFile);
  let shown: string | undefined;

  const erase = (): void => {
    if (shown !== undefined) err.write(ERASE_LINE);
  };
  const redraw = (): void => {
    if (shown !== undefined) err.write(shown);
  };
  const aboveStatus = (action: () => void): void => {
    erase();
    action();
    redraw();
  };

  const printLine = (line: Line): void => {
    if (line.level === "data") {
      out.write(line.text);
      file?.write(line.text);
      return;
    }
    if (WEIGHTS[line.level] < least) return;
    if (!text) {
      if (options.logsInJson === true) for (const json of logJson(line)) err.write(`${json}\n`);
      return;
    }
    const toError = WEIGHTS[line.level] >= WEIGHTS.warn;
    const style = styleFor(around(toError ? isTTY.stderr : isTTY.stdout));
    const [prefix, hue] = PREFIXES[line.level];
    (toError ? err : out).write(`${paint(style, hue, prefix)}${line.text}\n`);
    file?.write(`${prefix}${stripEscapes(line.text)}\n`);
  };

  return {
    get style() {
      return styleFor(around(isTTY.stdout));
    },
    get errorStyle() {
      return styleFor(around(isTTY.stderr));
    },
    redraws,
    print: (lines) => {
      if (lines.length > 0) aboveStatus(() => lines.forEach(printLine));
    },
    write: (data) =>
      aboveStatus(() => {
        out.write(data);
        file?.write(data);
      }),
    err: (data) => aboveStatus(() => err.write(data)),
    status: (next) => {
      if (!redraws || next === shown) return;
      erase();
      shown = next;
      redraw();
    },
    get lost() {
      return lost;
    },
    close: () => {
      erase();
      shown = undefined;
    },
  };
}

/**
 * A stream that takes everything and writes nothing once it failed: a migration must not stop for a full disk of ours.
 * A reader that goes away (`godwit info | head`) is no failure.
 */
function guarded(sink: Sink, onFailure: (error: unknown) => void): { write(text: string): void } {
  let gone = false;
  const fail = (error: unknown): void => {
    if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) onFailure(error);
    gone = true;
  };
  sink.on?.("error", fail);
  return {
    write: (text) => {
      if (gone) return;
      try {
        sink.write(text);
      } catch (error) {
        fail(error);
      }
    },
  };
}
