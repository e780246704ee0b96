import { describe, expect, it, vi } from "vitest";
import type { RunEvent } from "../../../src/base/event.ts";
import { canRedraw, speaksUtf8, styleFor } from "../../../src/cli/capabilities.ts";
import { type Clock, createProgress } from "../../../src/cli/progress.ts";
import { createTerminal, type TerminalOptions } from "../../../src/cli/terminal.ts";
import { runEvents } from "../reports/samples.ts";

/** A terminal that writes into one list, each entry marked by its stream. */
function recorded(over: Partial<TerminalOptions> = {}) {
  const written: [stream: string, text: string][] = [];
  const sink = (name: string) => ({ write: (text: string) => written.push([name, text]) });
  const terminal = createTerminal({
    stdout: sink("out"),
    stderr: sink("err"),
    env: { LANG: "C.UTF-8", TERM: "xterm" },
    isTTY: { stdout: false, stderr: false },
    columns: () => 80,
    ...over,
  });
  return { terminal, written, sink };
}

const lines = [
  { level: "debug", text: "d" },
  { level: "info", text: "i" },
  { level: "warn", text: "w" },
  { level: "error", text: "e\nmore" },
  { level: "data", text: "{}" },
] as const;

const tty = { stdout: true, stderr: true };

describe("the terminal", () => {
  it("sends results to stdout, warnings and errors to stderr", () => {
    const { terminal, written } = recorded();
    terminal.print(lines);
    expect(written).toEqual([
      ["out", "i\n"],
      ["err", "WARNING: w\n"],
      ["err", "ERROR: e\nmore\n"],
      ["out", "{}"],
    ]);
  });

  it("shows debug lines with -X, and only what is grave with -q, which wins", () => {
    const debug = recorded({ debug: true });
    debug.terminal.print(lines);
    expect(debug.written[0]).toEqual(["out", "DEBUG: d\n"]);
    const quiet = recorded({ quiet: true, debug: true });
    quiet.terminal.print(lines);
    expect(quiet.written).toEqual([
      ["err", "WARNING: w\n"],
      ["err", "ERROR: e\nmore\n"],
      ["out", "{}"],
    ]);
  });

  it("colours prefixes by stream", () => {
    const { terminal, written } = recorded({ isTTY: { stdout: false, stderr: true } });
    terminal.print(lines.slice(1, 3));
    expect(written).toEqual([
      ["out", "i\n"],
      ["err", "\x1b[33mWARNING: \x1b[39mw\n"],
    ]);
  });

  it("tees everything but colours to the output file", () => {
    const file: string[] = [];
    const { terminal } = recorded({ isTTY: tty, outputFile: { write: (t) => file.push(t) } });
    terminal.print([{ level: "info", text: "\x1b[1mbold\x1b[22m" }, ...lines.slice(2)]);
    terminal.write("document\n");
    expect(file.join("")).toBe("bold\nWARNING: w\nERROR: e\nmore\n{}document\n");
  });

  it("prints nothing but documents with -outputType=json", () => {
    const { terminal, written } = recorded({ format: "json" });
    terminal.print(lines);
    terminal.write('{ "a" : 1 }\n');
    expect(written).toEqual([
      ["out", "{}"],
      ["out", '{ "a" : 1 }\n'],
    ]);
  });

  it("writes logs as JSON to stderr with -outputLogsInJson", () => {
    const { terminal, written } = recorded({ format: "json", logsInJson: true });
    terminal.print(lines.slice(1, 4));
    expect(written).toEqual([
      ["err", '{"level":"INFO","message":"i"}\n'],
      ["err", '{"level":"WARN","message":"w"}\n'],
      ["err", '{"level":"ERROR","message":"e"}\n'],
      ["err", '{"level":"ERROR","message":"more"}\n'],
    ]);
  });

  it("goes quiet when the reader of its output has gone", () => {
    let fail: (error: NodeJS.ErrnoException) => void = () => {};
    const written: string[] = [];
    const { terminal } = recorded({
      stdout: {
        write: (text) => written.push(text),
        on: (_, listener) => {
          fail = listener;
        },
      },
    });
    terminal.write("a");
    fail(Object.assign(new Error("EPIPE"), { code: "EPIPE" }));
    terminal.write("b");
    expect(written).toEqual(["a"]);
    expect(terminal.lost).toBeUndefined();
  });

  it("goes on without an output that cannot be written, and remembers why", () => {
    const full = Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
    const write = vi.fn(() => {
      throw full;
    });
    const { terminal } = recorded({ outputFile: { write } });
    terminal.print([{ level: "info", text: "a" }]);
    terminal.print([{ level: "info", text: "b" }]);
    expect(write).toHaveBeenCalledTimes(1);
    expect(terminal.lost).toEqual({ name: "The outputFile", error: full });
  });
});

describe("the status line", () => {
  it("is erased before and drawn again after whatever is printed", () => {
    const { terminal, written } = recorded({ isTTY: tty });
    terminal.status("working");
    terminal.status("working");
    terminal.print([{ level: "info", text: "i" }]);
    terminal.status("working more");
    terminal.close();
    terminal.close();
    expect(written).toEqual([
      ["err", "working"],
      ["err", "\r\x1b[2K"],
      ["out", "i\n"],
      ["err", "working"],
      ["err", "\r\x1b[2K"],
      ["err", "working more"],
      ["err", "\r\x1b[2K"],
    ]);
  });

  it.each([
    ["in a pipe", {}],
    ["in CI", { isTTY: tty, env: { CI: "true", TERM: "xterm" } }],
    ["on a dumb terminal", { isTTY: tty, env: { TERM: "dumb" } }],
    ["with -q", { isTTY: tty, quiet: true }],
    ["with JSON output", { isTTY: tty, format: "json" as const }],
  ])("is not shown %s", (_, over) => {
    const { terminal, written } = recorded(over);
    terminal.status("working");
    terminal.close();
    expect(written).toEqual([]);
  });
});

describe("progress", () => {
  /** A clock that ticks only when told to. */
  function handClock() {
    let now = 0;
    const timers = new Set<() => void>();
    const clock: Clock = {
      now: () => now,
      every: (_, action) => {
        timers.add(action);
        return () => timers.delete(action);
      },
    };
    const tick = (ms: number): void => {
      now += ms;
      for (const action of timers) action();
    };
    return { clock, tick, running: () => timers.size };
  }

  const start = runEvents.find((e) => e.type === "migration-start") as RunEvent;
  const end = runEvents.find((e) => e.type === "migration-end") as RunEvent;

  it("shows the running file after a moment, and removes it at its end", () => {
    const { terminal, written } = recorded({ isTTY: tty, color: "never" });
    const { clock, tick, running } = handClock();
    const progress = createProgress(terminal, clock);
    progress.emit(start);
    tick(100);
    expect(written).toEqual([]);
    tick(100);
    tick(1000);
    progress.emit(end);
    expect(running()).toBe(0);
    expect(written).toEqual([
      ["err", "[1/3] V5 Create users 200 ms"],
      ["err", "\r\x1b[2K"],
      ["err", "[1/3] V5 Create users 1.20 s"],
      ["err", "\r\x1b[2K"],
      ["out", "✓ V5 Create users ···················································· 12 ms\n"],
    ]);
  });

  it("starts no timer in a pipe", () => {
    const { terminal, written } = recorded();
    const { clock, running } = handClock();
    const progress = createProgress(terminal, clock);
    progress.emit(start);
    expect(running()).toBe(0);
    progress.emit(end);
    progress.stop();
    expect(written).toEqual([["out", "Applied V5 Create users in 12 ms\n"]]);
  });
});

describe("what the terminal can show", () => {
  const style = (env: Record<string, string>, isTTY: boolean, color: "always" | "never" | "auto" = "auto") =>
    styleFor({ env, isTTY, columns: undefined, color });

  it("is decided by option, NO_COLOR, FORCE_COLOR and the stream, in this order", () => {
    const cases = [
      [style({}, true).color, true],
      [style({}, false).color, false],
      [style({ NO_COLOR: "1" }, true).color, false],
      [style({ NO_COLOR: "" }, true).color, true],
      [style({ FORCE_COLOR: "1" }, false).color, true],
      [style({ FORCE_COLOR: "" }, false).color, true],
      [style({ FORCE_COLOR: "0" }, true).color, false],
      [style({ NO_COLOR: "1", FORCE_COLOR: "1" }, true).color, false],
      [style({ NO_COLOR: "1" }, false, "always").color, true],
      [style({ FORCE_COLOR: "1" }, true, "never").color, false],
      [style({ TERM: "dumb" }, true).color, false],
    ];
    expect(cases.filter(([is, wanted]) => is !== wanted)).toEqual([]);
  });

  it("is plain in a pipe whatever the locale", () => {
    expect(style({ LANG: "C.UTF-8" }, false)).toEqual({
      color: false,
      unicode: false,
      layout: "pipe",
      width: Number.POSITIVE_INFINITY,
    });
    expect(style({ LANG: "C.UTF-8" }, true)).toEqual({
      color: true,
      unicode: true,
      layout: "terminal",
      width: 80,
    });
  });

  it("takes 80 columns for a terminal that knows no width, and 20 for one that is narrower than that", () => {
    const widths = [undefined, 0, 3, 132].map(
      (columns) => styleFor({ env: {}, isTTY: true, columns, color: "auto" }).width,
    );
    expect(widths).toEqual([80, 80, 20, 132]);
  });

  it("speaks UTF-8 by the first locale variable that is set", () => {
    expect(speaksUtf8({ LANG: "en_IN.utf8" })).toBe(true);
    expect(speaksUtf8({ LANG: "en_US.UTF-8", LC_ALL: "C" })).toBe(false);
    expect(speaksUtf8({ LC_ALL: "", LC_CTYPE: "UTF-8", LANG: "C" })).toBe(true);
    expect(speaksUtf8({})).toBe(false);
    expect(speaksUtf8({ WT_SESSION: "x" })).toBe(true);
  });

  it("redraws unless CI or the terminal speaks against it", () => {
    const redraws = (env: Record<string, string>) =>
      canRedraw({ env, isTTY: true, columns: 80, color: "auto" });
    expect([redraws({}), redraws({ CI: "false" }), redraws({ CI: "1" }), redraws({ TERM: "dumb" })]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
