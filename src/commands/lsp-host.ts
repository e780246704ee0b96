// Projects for the language server, made of what `godwit lint` is made of.
import { dirname } from "node:path";
import { nodeConfigFiles } from "../config/read.ts";
import type { Settings } from "../config/settings.ts";
import type { World } from "../engine/engine.ts";
import { activeRules } from "../lint/configure.ts";
import type { Host, HostProject } from "../lsp/host.ts";
import { loadParser } from "../tree/parser.ts";
import { lintOptions } from "./lint.ts";
import { readLintFolder, unsavedFile } from "./lint-files.ts";
import { fileHistories, openGit } from "./lint-git.ts";
import { baselineOf, isUnchangeable, lintSettings, namesOf, projectFacts } from "./lint-run.ts";
import { allRules } from "./team-rules.ts";

export const lspHost = (world: World, settingsIn: (folder: string) => Promise<Settings>): Host => ({
  projectFolder,
  open: async (folder) => openProject({ ...world, settings: await settingsIn(folder) }),
});

async function openProject(world: World): Promise<HostProject> {
  const options = lintOptions(world, {}, []);
  const all = await allRules(world);
  const rules = activeRules(all, lintSettings(world, options));
  const parser = await loadParser();
  return {
    run: { parser, rules, known: namesOf(all) },
    isUnchangeable,
    facts: () => ({ ...projectFacts(world, options), application: [], applied: new Map() }),
    readFolder: () => readLintFolder(world),
    unsavedFile: (absolute, text) => unsavedFile(world, absolute, text),
    histories: async (files) => {
      const git = await openGit(world);
      const located = files.map(({ source, absolute }) => ({ path: source.path, absolute }));
      return git === undefined ? new Map() : fileHistories(git, located, true);
    },
    baseline: () => baselineOf(world, options),
  };
}

const CONFIGURATIONS = ["flyway.toml", "flyway.user.toml", "flyway.conf"];

function projectFolder(file: string, within: string | undefined): string | undefined {
  const files = nodeConfigFiles();
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (CONFIGURATIONS.some((name) => files.isFile(`${folder}/${name}`))) return folder;
    if (folder === within || folder === dirname(folder)) return within;
  }
}
