#!/usr/bin/env node
import { spawnSync } from "node:child_process";
// The command line: arguments to settings to commands to reports to an exit code. The only file that exits.
import { mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { dirname, resolve } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { RunEvent } from "../base/event.ts";
import type { Command, CommandResult } from "../commands/command.ts";
import { COMMANDS } from "../commands/index.ts";
import { type OpenWorld, openWorld } from "../commands/world.ts";
import { argumentsError, optionValue, type ParsedArguments, parseArguments } from "../config/arguments.ts";
import type { Settings } from "../config/settings.ts";
import { readSettings } from "../config/settings-read.ts";
import type { InfoOutcome, Outcome } from "../engine/outcome.ts";
import type { SourceText } from "../reports/code-frame.ts";
import { renderThrown } from "../reports/failure.ts";
import { factsOf } from "../reports/failure-facts.ts";
import { migrationIds } from "../reports/info.ts";
import { errorJson, outcomesJson } from "../reports/json.ts";
import { errorLine, eventJson, outcomeLine, progressJson } from "../reports/json-lines.ts";
import { renderOutcome, renderVersion } from "../reports/text.ts";
import type { ColorChoice } from "./capabilities.ts";
import { helpPage } from "./help-page.ts";
import { runProcess } from "./process.ts";
import { createProgress, processClock } from "./progress.ts";
import { createTerminal, type Sink, type Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

const FLYWAY_VERSION = "13.12.0";
const REPORT_TO = "https://github.com/godwit-migrations/godwit/issues";

type Format = "text" | "json" | "jsonl";

/** One run of the program. */
interface Run {
  readonly parsed: ParsedArguments;
  readonly terminal: Terminal;
  readonly format: Format;
  readonly signal: AbortSignal;
  settings: Settings | undefined;
}

async function main(argv: readonly string[]): Promise<number> {
  const parsed = parseArguments(argv, [...COMMANDS.map((c) => c.name), "help", "version"]);
  const format = formatOf(parsed);
  const terminal = openTerminal(parsed, format);
  const run: Run = { parsed, terminal, format, signal: stopSignal(terminal), settings: undefined };
  try {
    return await dispatch(run);
  } catch (error) {
    return report(run, error);
  } finally {
    terminal.close();
  }
}

async function dispatch(run: Run): Promise<number> {
  const { parsed, terminal } = run;
  refuseBadFormat(parsed);
  if (parsed.problems.length > 0) throw argumentsError(parsed.problems);
  const verbs = parsed.verbs.filter((v) => v !== "help" && v !== "version");
  if (parsed.flags.includes("help") || parsed.verbs.includes("help")) {
    terminal.write(helpPage(verbs, VERSION, terminal.style, true));
    return 0;
  }
  if (parsed.flags.includes("version") || parsed.verbs.includes("version")) {
    showVersion(run);
    if (verbs.length === 0) return 0;
  }
  if (verbs.length === 0) {
    terminal.write(helpPage([], VERSION, terminal.style, false));
    return 0;
  }
  const settings = await readSettings({
    options: parsed.options,
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    osUser: osUser(),
    platform: process.platform,
    git,
  });
  run.settings = settings;
  return runVerbs(run, settings, verbs);
}

/** A uid without an entry in the user database has no name. */
function osUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** Asked only when a setting says ${git.branch} or its kin. */
function git(args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync("git", args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

async function runVerbs(run: Run, settings: Settings, verbs: readonly string[]): Promise<number> {
  const { terminal, format } = run;
  for (const message of settings.warnings) terminal.print([{ level: "warn", text: message }]);
  if (run.parsed.ignored.length > 0) {
    terminal.print([{ level: "debug", text: `Accepted without effect: ${run.parsed.ignored.join(", ")}` }]);
  }
  for (const file of settings.configFiles) terminal.print([{ level: "debug", text: `Read ${file}` }]);
  const outcomes: CommandResult["outcome"][] = [];
  let exitCode = 0;
  for (const verb of verbs) {
    const command = COMMANDS.find((c) => c.name === verb || c.aliases?.includes(verb) === true);
    if (command === undefined) continue;
    const result = await runVerb(run, settings, command);
    outcomes.push(result.outcome);
    // Flyway's JSON mode reports a failed validation in the document and exits with 0 (flyway-commandline Main).
    if (result.exitCode !== 0 && format === "text") {
      exitCode = result.exitCode;
      break;
    }
  }
  if (format === "json") terminal.write(`${outcomesJson(outcomes)}\n`);
  return exitCode;
}

async function runVerb(run: Run, settings: Settings, command: Command): Promise<CommandResult> {
  const { terminal, format, parsed } = run;
  const idsOnly = command.name === "info" && parsed.flags.includes("migrationIds");
  const progress = createProgress(terminal, processClock);
  let schema: string | undefined;
  const emit = (event: RunEvent): void => {
    if (event.type === "current-version") schema = event.schema;
    if (idsOnly) return;
    if (format === "jsonl") terminal.write(`${eventJson(event)}\n`);
    else progress.emit(event);
    if (format === "json" && settings.extra["flyway.outputProgress"] === "true") {
      for (const line of progressJson(event, command.name)) terminal.err(`${line}\n`);
    }
  };
  await using opened: OpenWorld = openWorld({
    settings,
    emit,
    env: process.env,
    signal: run.signal,
    runProcess,
    writeDryRun: dryRunWriter(settings, terminal),
    version: VERSION,
  });
  try {
    const result = await command.run({ world: opened.world, settings, options: optionsOf(parsed) });
    progress.stop();
    if (idsOnly) terminal.write(migrationIds(result.outcome as InfoOutcome));
    else if (format === "jsonl") terminal.write(`${outcomeLine(result.outcome)}\n`);
    else if (format === "text") {
      const dryRun = settings.dryRunOutput !== undefined;
      terminal.print(
        renderOutcome(result.outcome as Outcome, terminal.style, {
          ...(schema === undefined ? {} : { schema }),
          where: settings,
          debug: parsed.flags.includes("X"),
          dryRun,
        }),
      );
    }
    return result;
  } finally {
    progress.stop();
  }
}

/** Options of the command line that belong to one command, by name. */
function optionsOf(parsed: ParsedArguments): Readonly<Record<string, string>> {
  return Object.fromEntries(parsed.options.map((o) => [o.key, o.value]));
}

// --- output --------------------------------------------------------------------------------------------------------

function formatOf(parsed: ParsedArguments): Format {
  const value = optionValue(parsed, "outputType")?.toLowerCase();
  return value === "json" || value === "jsonl" ? value : "text";
}

function refuseBadFormat(parsed: ParsedArguments): void {
  const value = optionValue(parsed, "outputType");
  if (value === undefined || ["", "text", "json", "jsonl"].includes(value.toLowerCase())) return;
  throw new GodwitError("ERROR", `-outputType has the value "${value}".`, {
    advice: "It takes json (one document at the end) or jsonl (an event a line).",
  });
}

function openTerminal(parsed: ParsedArguments, format: Format): Terminal {
  const color = optionValue(parsed, "color");
  const outputFile = optionValue(parsed, "outputFile");
  return createTerminal({
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    isTTY: { stdout: process.stdout.isTTY === true, stderr: process.stderr.isTTY === true },
    columns: () => process.stdout.columns ?? process.stderr.columns,
    color: isColor(color) ? color : "auto",
    quiet: parsed.flags.includes("q") || parsed.flags.includes("migrationIds"),
    debug: parsed.flags.includes("X"),
    format: format === "text" ? "text" : "json",
    logsInJson: optionValue(parsed, "outputLogsInJson") === "true",
    ...(outputFile === undefined ? {} : { outputFile: fileSink(outputFile, parsed) }),
  });
}

const isColor = (value: string | undefined): value is ColorChoice =>
  value === "always" || value === "never" || value === "auto";

function fileSink(path: string, parsed: ParsedArguments): Sink {
  const base = optionValue(parsed, "workingDirectory") ?? ".";
  const file = openSync(resolve(base, path), "w");
  return { write: (text) => writeSync(file, text) };
}

function showVersion(run: Run): void {
  if (run.format === "json") {
    const document = {
      command: "version",
      edition: "OSS",
      operation: "version",
      permitExpiry: null,
      pluginVersions: [],
      version: FLYWAY_VERSION,
      godwitVersion: VERSION,
    };
    run.terminal.write(`${outcomesJson([document])}\n`);
    return;
  }
  run.terminal.print(
    renderVersion(
      {
        godwit: VERSION,
        flyway: FLYWAY_VERSION,
        node: process.versions.node,
        platform: `${process.platform} ${process.arch}`,
      },
      run.terminal.style,
    ),
  );
}

function dryRunWriter(settings: Settings, terminal: Terminal): (path: string, text: string) => void {
  let written = false;
  return (path, text) => {
    if (path === "-") {
      terminal.write(text);
      return;
    }
    const file = resolve(settings.workingDirectory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: written ? "a" : "w" });
    written = true;
  };
}

// --- failures --------------------------------------------------------------------------------------------------------

function report(run: Run, error: unknown): number {
  const { terminal, format } = run;
  if (format === "json") terminal.write(`${errorJson(error)}\n`);
  else if (format === "jsonl") terminal.write(`${errorLine(error)}\n`);
  else {
    const source = error instanceof GodwitError ? sourceOf(run, error) : undefined;
    const bug = {
      version: VERSION,
      runtime: `Node.js ${process.versions.node}, ${process.platform} ${process.arch}`,
      reportTo: REPORT_TO,
    };
    const line = renderThrown(error, terminal.errorStyle, bug, {
      debug: run.parsed.flags.includes("X"),
      ...(source === undefined ? {} : { source }),
    });
    terminal.print([line]);
  }
  if (run.signal.aborted) return 130;
  return error instanceof GodwitError ? error.exitCode : 70;
}

const LARGEST_FRAME_FILE = 16 * 1024 * 1024;

/** The file of an error's place, for the code frame. Not being able to read it costs only the frame. */
function sourceOf(run: Run, error: GodwitError): SourceText | undefined {
  if (error.place === undefined) return undefined;
  try {
    const path = factsOf(error).path ?? error.place.file;
    const file = resolve(run.settings?.workingDirectory ?? ".", path);
    if (statSync(file).size > LARGEST_FRAME_FILE) return undefined;
    return { text: readFileSync(file, "utf8") };
  } catch {
    return undefined;
  }
}

/** Ctrl-C and SIGTERM stop cleanly: the running statement is cancelled, and what happened is told. Twice: at once. */
function stopSignal(terminal: Terminal): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    terminal.print([
      {
        level: "warn",
        text: "Stopping: the running statement is being cancelled. Press Ctrl-C again to leave at once.",
      },
    ]);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 70;
});
