// What the server asks of the program round it: projects, judged as `godwit lint` judges them. commands/lsp-host.ts
// gives the real one.
import type { Baseline } from "../lint/baseline.ts";
import type { LintRun } from "../lint/run.ts";
import type { FileHistory, LintFile, LintFolder, Project, SourceFile } from "../lint/source.ts";

export interface Host {
  /** The folder whose configuration holds for a file: the nearest with one, not above `within`. */
  projectFolder(file: string, within: string | undefined): string | undefined;
  /** @throws GodwitError for a configuration that cannot be used. */
  open(folder: string): Promise<HostProject>;
}

export interface HostProject {
  readonly run: Pick<LintRun, "parser" | "rules" | "known">;
  /** A file of the main branch that is so must not be mended any more. */
  readonly isUnchangeable: (source: Pick<SourceFile, "kind">) => boolean;
  readonly facts: () => Omit<Project, "files" | "strays" | "git">;
  /** @throws GodwitError for unreadable files. */
  readonly readFolder: () => LintFolder;
  /** A file that only an editor has; undefined when it would be no migration. */
  readonly unsavedFile: (absolute: string, text: string) => LintFile | undefined;
  /** By path as findings name it; without those that git does not know. */
  readonly histories: (files: readonly LintFile[]) => Promise<ReadonlyMap<string, FileHistory>>;
  /** @throws GodwitError for a baseline that cannot be read. */
  readonly baseline: () => Baseline | undefined;
}
