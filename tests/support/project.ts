// A project in a temporary folder, and the verbs run on it as the library does.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RunEvent } from "../../src/base/event.ts";
import { runProcess } from "../../src/cli/process.ts";
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
      const settings = testSettings({ workingDirectory: dir, connection: database.target, ...more });
      const command = COMMANDS.find((c) => c.name === verb);
      if (command === undefined) throw new Error(`no command ${verb}`);
      await using opened = openWorld({
        settings,
        emit: (event) => events.push(event),
        env: process.env,
        signal,
        runProcess,
        writeDryRun: (_path, text) => written.push(text),
        version: "0.0.0",
      });
      const { outcome } = await command.run({ world: opened.world, settings, options });
      return outcome as Outcome;
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
  made.write(files);
  return made;
}
