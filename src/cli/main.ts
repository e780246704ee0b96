// The command line: arguments to settings to commands to reports to an exit code. The only file that exits.
import { mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, userInfo } from "node:os";
import { dirname, resolve } from "node:path";
import { isatty } from "node:tty";
import { GodwitError } from "../base/errors.ts";
import type { RunEvent } from "../base/event.ts";
import { monotonic } from "../base/monotonic.ts";
import type { Command, CommandResult } from "../commands/command.ts";
import { COMMANDS } from "../commands/index.ts";
import type { CodeReviewOutcome } from "../commands/lint.ts";
import { type OpenWorld, openWorld } from "../commands/world.ts";
import { argumentsError, optionValue, type ParsedArguments, parseArguments } from "../config/arguments.ts";
import type { Settings } from "../config/settings.ts";
import { readSettings, settingsFromObject } from "../config/settings-read.ts";
import type { InfoOutcome, Outcome } from "../engine/outcome.ts";
import { migrationIds } from "../reports/info.ts";
import { renderOutcome, renderVersion } from "../reports/text.ts";
import type { ColorChoice } from "./capabilities.ts";
import { outputFailure } from "./output-failure.ts";
import { isRunning, runProcess } from "./process.ts";
import { createProgress, processClock } from "./progress.ts";
import { createTerminal, type Sink, type Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

/** Which bundle this is: that of one command, or "full" (script/build.mjs). */
declare const GODWIT_PATH: string | undefined;
const PATH = typeof GODWIT_PATH === "string" ? GODWIT_PATH : "full";

const FLYWAY_VERSION = "13.12.0";

type Format = "text" | "json" | "jsonl";

/** One run of the program. */
interface Run {
  readonly parsed: ParsedArguments;
  readonly terminal: Terminal;
  readonly format: Format;
  readonly signal: AbortSignal;
  settings: Settings | undefined;
  /** One for all verbs: the file holds the scripts of each, one after the other. */
  readonly writeDryRun: (path: string, text: string) => void;
}

const parse = (argv: readonly string[]): ParsedArguments =>
  parseArguments(withoutAliases(argv), [...COMMANDS.map((c) => c.name), "help", "version"], {
    wordVerbs: COMMANDS.filter((c) => c.words !== undefined).map((c) => c.name),
    options: Object.fromEntries(COMMANDS.map((c) => [c.name, ownOptions(c)])),
  });

async function main(parsed: ParsedArguments): Promise<number> {
  const written = new Set<string>();
  const format = formatOf(parsed);
  const outputFile = fileSink(parsed);
  const terminal = openTerminal(parsed, format, outputFile instanceof GodwitError ? undefined : outputFile);
  const run: Run = {
    parsed,
    terminal,
    format,
    signal: stopSignal(terminal),
    settings: undefined,
    writeDryRun: (path, text) => writeDryRun(run, written, path, text),
  };
  const broken = (error: unknown): void => {
    void report(run, error).then((code) => process.exit(code));
  };
  // A bug: Node would print the whole bundle round the place.
  process.once("unhandledRejection", broken);
  process.once("uncaughtException", broken);
  try {
    if (outputFile instanceof GodwitError) throw outputFile;
    const code = await dispatch(run);
    if (terminal.lost === undefined) return code;
    terminal.err(`ERROR: ${outputFailure(terminal.lost.name, terminal.lost.error).message}\n`);
    return Math.max(code, 1);
  } catch (error) {
    return await report(run, error);
  } finally {
    terminal.close();
    if (run.signal.reason === HANGUP) hangUp();
  }
}

async function dispatch(run: Run): Promise<number> {
  const { parsed } = run;
  refuseBadFormat(parsed);
  if (parsed.problems.length > 0) throw argumentsError(parsed.problems);
  const verbs = parsed.verbs.filter((v) => v !== "help" && v !== "version");
  if (parsed.flags.includes("help") || parsed.verbs.includes("help")) {
    await showHelp(run, verbs, true);
    return 0;
  }
  if (parsed.flags.includes("version") || parsed.verbs.includes("version")) {
    await showVersion(run);
    if (verbs.length === 0) return 0;
  }
  if (verbs.length === 0) {
    await showHelp(run, [], false);
    return 0;
  }
  const settings = verbs.every((verb) => commandNamed(verb)?.needsNothing === true)
    ? { ...(await settingsFromObject({}, {}, process.cwd())), warnings: [] }
    : await settingsIn(parsed, process.cwd());
  run.settings = settings;
  return runVerbs(run, settings, verbs);
}

const settingsIn = ({ options }: ParsedArguments, folder: string): Promise<Settings> =>
  readSettings({
    options,
    env: process.env,
    cwd: folder,
    home: homedir(),
    osUser: osUser(),
    platform: process.platform,
    git,
  });

const commandNamed = (verb: string): Command | undefined =>
  COMMANDS.find((c) => c.name === verb || c.aliases?.includes(verb) === true);

/** A command's other name becomes its own, so that its settings are found; the value of an option stays as it is. */
const withoutAliases = (argv: readonly string[]): readonly string[] =>
  argv.map((token, i) => {
    const isValue = /^-[^=]*$/.test(argv[i - 1] ?? "");
    return isValue ? token : (COMMANDS.find((c) => c.aliases?.includes(token) === true)?.name ?? token);
  });

/** Options that are no settings, for the grammar of arguments. */
const ownOptions = (command: Command) =>
  command.options.flatMap(({ name, own }) => (own === undefined ? [] : [{ name, type: own }]));

/** A uid without an entry in the user database has no name. */
function osUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

async function showHelp(run: Run, verbs: readonly string[], full: boolean): Promise<void> {
  const { helpPage } = await import("./help-page.ts");
  run.terminal.write(helpPage(verbs, VERSION, run.terminal.style, full));
}

/** Asked only when a setting says ${git.branch} or its kin. */
function git(args: readonly string[]): string | undefined {
  const childProcess = process.getBuiltinModule("node:child_process");
  const { status, stdout } = childProcess.spawnSync("git", args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

async function runVerbs(run: Run, settings: Settings, verbs: readonly string[]): Promise<number> {
  const { terminal, format } = run;
  for (const message of settings.warnings) terminal.print([{ level: "warn", text: message }]);
  const ignored = [...run.parsed.ignored, ...settings.ignored];
  if (ignored.length > 0) {
    terminal.print([{ level: "debug", text: `Accepted without effect: ${ignored.join(", ")}` }]);
  }
  for (const file of settings.configFiles) terminal.print([{ level: "debug", text: `Read ${file}` }]);
  const outcomes: CommandResult["outcome"][] = [];
  let exitCode = 0;
  for (const verb of verbs) {
    const command = commandNamed(verb);
    if (command === undefined) continue;
    const result = await runVerb(run, settings, command);
    outcomes.push(result.outcome);
    // Flyway's JSON mode reports a failed validation in the document and exits with 0 (flyway-commandline Main).
    if (result.exitCode !== 0 && (format === "text" || result.exitsInJson === true)) {
      exitCode = result.exitCode;
      break;
    }
  }
  if (format === "json") {
    terminal.write(await documentOf(outcomes));
  }
  return exitCode;
}

async function documentOf(outcomes: readonly CommandResult["outcome"][]): Promise<string> {
  const { ownJson, ownResult } = await import("./own-reports.ts");
  const last = outcomes.at(-1);
  // A failed review is the document of the whole run, as other failures are.
  const isAlone = outcomes.length === 1 || (last !== undefined && "fails" in last && last.fails === true);
  const own = last === undefined || !isAlone ? undefined : await ownJson(last);
  if (own !== undefined) return own;
  const { outcomesJson } = await import("./machine.ts");
  const results = await Promise.all(outcomes.map(async (outcome) => (await ownResult(outcome)) ?? outcome));
  return `${outcomesJson(results)}\n`;
}

async function runVerb(run: Run, settings: Settings, command: Command): Promise<CommandResult> {
  const { terminal, format, parsed } = run;
  const idsOnly = command.name === "info" && parsed.flags.includes("migrationIds");
  const progress = createProgress(terminal, processClock);
  const machine = format === "text" ? undefined : await import("./machine.ts");
  let schema: string | undefined;
  const emit = (event: RunEvent): void => {
    if (event.type === "current-version") schema = event.schema;
    if (idsOnly) return;
    if (machine !== undefined && format === "jsonl") terminal.write(`${machine.eventJson(event)}\n`);
    else progress.emit(event);
    if (machine !== undefined && format === "json" && settings.extra["outputProgress"] === "true") {
      for (const line of machine.progressJson(event, command.name)) terminal.err(`${line}\n`);
    }
  };
  await using opened: OpenWorld = openWorld({
    settings,
    emit,
    env: process.env,
    signal: run.signal,
    runProcess,
    writeDryRun: run.writeDryRun,
    version: VERSION,
  });
  try {
    const words = parsed.words.filter(({ verb }) => verb === command.name).map(({ text }) => text);
    const ask = canAsk(run) ? async () => (await import("./ask.ts")).terminalAsker(run.signal) : undefined;
    const { flags } = parsed;
    const ran = await command.run({
      world: opened.world,
      settings,
      options: optionsOf(parsed),
      words,
      ...(ask === undefined ? {} : { ask }),
      flags,
      service: {
        settingsIn: (folder) => settingsIn(parsed, folder),
        streams: () => ({
          input: process.stdin,
          output: process.stdout,
          isTerminal: process.stdin.isTTY === true,
        }),
        isRunning,
      },
    });
    progress.stop();
    const result = command.writesReports === true ? await withReports(run, ran) : ran;
    if (idsOnly) terminal.write(migrationIds(result.outcome as InfoOutcome));
    else if (machine !== undefined && format === "jsonl") {
      const own = command.hasOwnReport === true ? await import("./own-reports.ts") : undefined;
      terminal.write(`${machine.outcomeLine((await own?.ownResult(result.outcome)) ?? result.outcome)}\n`);
    } else if (format === "text") {
      const dryRun = settings.dryRunOutput !== undefined;
      const own = command.hasOwnReport === true ? await import("./own-reports.ts") : undefined;
      terminal.print(
        (await own?.ownReport(result.outcome, terminal.style)) ??
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

/** Somebody reads what is written and can type an answer. */
const canAsk = ({ format, parsed }: Run): boolean =>
  // Asked of the descriptor: process.stdin is a stream whose making takes 5 ms.
  isatty(0) &&
  process.stdout.isTTY === true &&
  format === "text" &&
  !parsed.flags.includes("q") &&
  process.env["CI"] === undefined &&
  process.env["TERM"] !== "dumb";

/** The result with the paths of the files that were written about it. */
async function withReports({ terminal }: Run, result: CommandResult): Promise<CommandResult> {
  const { writeReports } = await import("./check-report.ts");
  const { outcome, lines } = writeReports(result.outcome as CodeReviewOutcome);
  terminal.print(lines);
  return { ...result, outcome };
}

/** Options of the command line that belong to one command, by name. */
function optionsOf(parsed: ParsedArguments): Readonly<Record<string, string>> {
  return Object.fromEntries(parsed.options.map((o) => [o.key, o.value]));
}

// --- output --------------------------------------------------------------------------------------------------------

function formatOf(parsed: ParsedArguments): Format {
  const value = (optionValue(parsed, "outputType") ?? ownFormat(parsed))?.toLowerCase();
  return value === "json" || value === "jsonl" ? value : "text";
}

/** --format of a command that has formats of its own. */
const ownFormat = (parsed: ParsedArguments): string | undefined =>
  parsed.options.find((o) => o.kind === "command" && o.key === "format")?.value;

function refuseBadFormat(parsed: ParsedArguments): void {
  const value = optionValue(parsed, "outputType");
  if (value === undefined || ["", "text", "json", "jsonl"].includes(value.toLowerCase())) return;
  throw new GodwitError("ERROR", `-outputType has the value "${value}".`, {
    advice: "It takes json (one document at the end) or jsonl (an event a line).",
  });
}

function openTerminal(parsed: ParsedArguments, format: Format, outputFile: Sink | undefined): Terminal {
  const color = optionValue(parsed, "color");
  return createTerminal({
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    isTTY: { stdout: process.stdout.isTTY === true, stderr: process.stderr.isTTY === true },
    columns: () => process.stdout.columns ?? process.stderr.columns,
    color: isColor(color) ? color : "auto",
    // A document is alone on standard output.
    quiet:
      parsed.flags.includes("q") ||
      parsed.flags.includes("migrationIds") ||
      (ownFormat(parsed) ?? "text") !== "text",
    debug: parsed.flags.includes("X"),
    format: format === "text" ? "text" : "json",
    logsInJson: optionValue(parsed, "outputLogsInJson") === "true",
    ...(outputFile === undefined ? {} : { outputFile }),
  });
}

const isColor = (value: string | undefined): value is ColorChoice =>
  value === "always" || value === "never" || value === "auto";

/** What -outputFile names, or why it cannot be written. */
function fileSink(parsed: ParsedArguments): Sink | GodwitError | undefined {
  const given = optionValue(parsed, "outputFile");
  if (given === undefined) return undefined;
  const path = resolve(optionValue(parsed, "workingDirectory") ?? ".", given);
  try {
    const file = openSync(path, "w");
    return { write: (text) => writeSync(file, text) };
  } catch (error) {
    return outputFailure(`The outputFile ${path}`, error, "Name a file that can be written.");
  }
}

async function showVersion(run: Run): Promise<void> {
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
    const { outcomesJson } = await import("./machine.ts");
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

function writeDryRun(run: Run, written: Set<string>, path: string, text: string): void {
  if (path === "-") {
    if (run.format !== "text") {
      throw new GodwitError("ERROR", "-dryRunOutput=- and -outputType both want standard output.", {
        advice: "Name a file for the script: -dryRunOutput=plan.sql.",
      });
    }
    run.terminal.write(text);
    return;
  }
  const file = resolve(run.settings?.workingDirectory ?? ".", path);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: written.has(file) ? "a" : "w" });
  } catch (error) {
    throw outputFailure(
      `The dry run's script ${file}`,
      error,
      "Nothing was changed. Name another file with -dryRunOutput.",
    );
  }
  written.add(file);
}

// --- failures --------------------------------------------------------------------------------------------------------

async function report(run: Run, error: unknown): Promise<number> {
  const { terminal, format } = run;
  if (format === "text") {
    const { failureLine } = await import("./failure-line.ts");
    const workingDirectory = run.settings?.workingDirectory ?? ".";
    terminal.print([
      failureLine(error, terminal.errorStyle, workingDirectory, run.parsed.flags.includes("X")),
    ]);
  } else {
    const machine = await import("./machine.ts");
    terminal.write(format === "json" ? `${machine.errorJson(error)}\n` : `${machine.errorLine(error)}\n`);
  }
  if (run.signal.aborted) return 130;
  if (!(error instanceof GodwitError)) return 70;
  const command = COMMANDS.find((c) => c.name === run.parsed.verbs[0]);
  return command?.failureExitCode ?? error.exitCode;
}

/** Milliseconds: what starts a program may send on the Ctrl-C that the whole process group has had already. */
const SAME_PRESS_MS = 300;

/**
 * Ctrl-C, SIGTERM and a terminal that is closed stop cleanly: the running statement is cancelled, and what happened is
 * told. Twice: at once. (Node.js takes nohup's disregard of SIGHUP away at its start, so there is none to respect.)
 */
function stopSignal(terminal: Terminal): AbortSignal {
  const controller = new AbortController();
  let since = 0;
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (monotonic() - since < SAME_PRESS_MS) return;
      if (name === HANGUP) hangUp();
      process.exit(130);
    }
    since = monotonic();
    terminal.print([
      {
        level: "warn",
        text: "Stopping: the running statement is being cancelled. Press Ctrl-C again to leave at once.",
      },
    ]);
    controller.abort(name);
  };
  for (const name of ["SIGINT", "SIGTERM", HANGUP] as const) process.on(name, stop);
  return controller.signal;
}

const HANGUP = "SIGHUP";

/** Node.js aborts, with a core dump perhaps, when it comes to its own end behind a terminal that is gone. */
function hangUp(): void {
  process.removeAllListeners(HANGUP);
  process.kill(process.pid, HANGUP);
}

/**
 * A bundle of one command runs that command and nothing else; whatever else was meant is for the bundle that has
 * everything (and runs by being loaded).
 */
function isForFull(parsed: ParsedArguments): boolean {
  if (PATH === "full") return false;
  const [verb, ...more] = parsed.verbs;
  const asks = parsed.flags.includes("help") || parsed.flags.includes("version");
  return verb !== PATH || more.length > 0 || asks || parsed.problems.length > 0;
}

async function begin(argv: readonly string[]): Promise<void> {
  const parsed = parse(argv);
  if (isForFull(parsed)) {
    createRequire(import.meta.url)("./full.cjs");
    return;
  }
  process.exitCode = await main(parsed);
}

begin(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 70;
});
