// A project in a temporary folder, and the verbs run on it as the library does.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Emit, RunEvent } from "../../src/base/event.ts";
import { runProcess } from "../../src/cli/process.ts";
import type { Asker } from "../../src/commands/asker.ts";
import type { CommandResult } from "../../src/commands/command.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import { openWorld } from "../../src/commands/world.ts";
import type { Settings } from "../../src/config/settings.ts";
import type { Outcome } from "../../src/engine/outcome.ts";
import type { TestDatabase } from "./database.ts";
import { testSettings } from "./settings.ts";

export interface Project extends Disposable {
  readonly dir: string;
  readonly events: RunEvent[];
  /** What dry runs wrote. */
  readonly written: string[];
  write(files: Readonly<Record<string, string | Buffer | undefined>>): void;
  run(
    verb: string,
    more?: Partial<Settings>,
    options?: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Outcome>;
}

export interface CommandWish {
  readonly words?: readonly string[];
  readonly options?: Readonly<Record<string, string>>;
  readonly settings?: Partial<Settings>;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Somebody sits there and answers. */
  readonly ask?: Asker | undefined;
  readonly emit?: Emit;
  readonly writeDryRun?: (path: string, text: string) => void;
}

/** A command run in a folder; without a database unless the settings name one. */
export async function runCommand(
  { dir }: Pick<Project, "dir">,
  verb: string,
  wish: CommandWish = {},
): Promise<CommandResult> {
  const command = COMMANDS.find((c) => c.name === verb);
  if (command === undefined) throw new Error(`no command ${verb}`);
  const { words = [], options = {}, env = process.env, signal, ask } = wish;
  const settings = testSettings({ workingDirectory: dir, ...wish.settings });
  await using opened = openWorld({
    settings,
    emit: wish.emit ?? (() => {}),
    env,
    signal,
    runProcess,
    writeDryRun: wish.writeDryRun ?? (() => {}),
    version: "0.0.0",
  });
  const context = { world: opened.world, settings, options, words };
  // The connection is there until the command is through.
  return await command.run(ask === undefined ? context : { ...context, ask: () => Promise.resolve(ask) });
}

/** Files are paths below `sql/` unless they contain a slash at their beginning; undefined removes a file. */
export function project(database: TestDatabase, files: Readonly<Record<string, string | Buffer>>): Project {
  const dir = mkdtempSync(join(tmpdir(), "godwit-project-"));
  const events: RunEvent[] = [];
  const written: string[] = [];
  mkdirSync(join(dir, "sql"));
  const made: Project = {
    dir,
    events,
    written,
    write: (more) => {
      for (const [name, content] of Object.entries(more)) {
        const path = name.startsWith("/") ? join(dir, name) : join(dir, "sql", name);
        if (content === undefined) rmSync(path, { force: true });
        else {
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, content);
        }
      }
    },
    run: async (verb, more = {}, options = {}, signal) => {
      const { outcome } = await runCommand(made, verb, {
        options,
        settings: { connection: database.target, ...more },
        signal,
        emit: (event) => events.push(event),
        writeDryRun: (_path, text) => written.push(text),
      });
      return outcome as Outcome;
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
  made.write(files);
  return made;
}
