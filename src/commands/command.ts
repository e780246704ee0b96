// What a command is. A command is one file and one line in index.ts; help, completion and the reference pages are
// made from these objects. run() returns a value and prints nothing.
import type { Readable, Writable } from "node:stream";
import type { Settings } from "../config/settings.ts";
import type { World } from "../engine/engine.ts";
import type { Asker } from "./asker.ts";

export interface CommandOption {
  /** Without dashes, as in `-name=value`. */
  readonly name: string;
  /** Placeholder of the value; absent for switches. */
  readonly value?: string;
  readonly doc: string;
  /** Set for options that are no settings: how their value is read. */
  readonly own?: "bool" | "value" | "list";
}

export interface CommandContext {
  readonly world: World;
  readonly settings: Settings;
  /** Options that belong to the command alone, such as infoSinceDate. */
  readonly options: Readonly<Record<string, string>>;
  /** Words behind a command that takes some. */
  readonly words?: readonly string[];
  /** Set where somebody sits at a terminal who can be asked. */
  readonly ask?: () => Promise<Asker>;
  /** Flags of the command line, such as check's -code. */
  readonly flags?: readonly string[];
  /** On the command line. */
  readonly service?: Service;
}

/** What a command that serves somebody for long takes of the process. */
export interface Service {
  /** The settings of a run in a folder, with the options and variables of this one. */
  readonly settingsIn: (folder: string) => Promise<Settings>;
  /** Opened when asked for: most commands never read. */
  readonly streams: () => {
    readonly input: Readable;
    readonly output: Writable;
    /** A person types the input. */
    readonly isTerminal: boolean;
  };
  readonly isRunning: (pid: number) => boolean;
}

export interface CommandResult {
  /** The value that reports render; its `operation` names the verb. */
  readonly outcome: { readonly operation: string };
  readonly exitCode: number;
  /** True: the exit code holds in JSON mode too, where Flyway's own verbs answer 0. */
  readonly exitsInJson?: true;
}

export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly usage?: string;
  readonly options: readonly CommandOption[];
  /** Words that it takes, such as the name of a shell; `values` are all there are, where that is known. */
  readonly words?: { readonly name: string; readonly values?: readonly string[] };
  /** True: runs without settings and server, so that a broken configuration is not in its way. */
  readonly needsNothing?: true;
  /** True: its text report is in cli/own-reports.ts, and loaded only when the command ran. */
  readonly hasOwnReport?: true;
  /** True: cli/check-report.ts writes files about its outcome. */
  readonly writesReports?: true;
  /** Values of its option --format, whose documents are in cli/own-reports.ts as well. */
  readonly ownFormats?: readonly string[];
  /** Exit code when it could not run, where that is not the failure's own. */
  readonly failureExitCode?: number;
  readonly examples: readonly { readonly command: string; readonly doc: string }[];
  run(context: CommandContext): Promise<CommandResult>;
}

/** Fixes the type of a command object. */
export const command = (definition: Command): Command => definition;
