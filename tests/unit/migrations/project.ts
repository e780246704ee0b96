// Folders for the tests of this layer: files are written to a temporary place and thrown away.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { GodwitError } from "../../../src/base/errors.ts";
import type { ScannedFile } from "../../../src/migrations/migration.ts";
import { type FileSettings, type ResolveInput, resolveFolder } from "../../../src/migrations/resolve.ts";

/** Makes a folder with these files (path -> content), removed when the test file is done. */
export function project(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "godwit-migrations-")));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  write(folder, files);
  return folder;
}

export function write(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries(files)) {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
  }
}

export const DEFAULTS: FileSettings = {
  workingDirectory: "/",
  locations: ["filesystem:sql"],
  callbackLocations: [],
  failOnMissingLocations: false,
  validateMigrationNaming: false,
  encoding: "UTF-8",
  detectEncoding: false,
  placeholderReplacement: true,
  placeholderPrefix: "${",
  scriptPlaceholderPrefix: "FP__",
  skipDefaultCallbacks: false,
  skipDefaultResolvers: false,
  sqlMigrationPrefix: "V",
  repeatableSqlMigrationPrefix: "R",
  baselineMigrationPrefix: "B",
  undoSqlMigrationPrefix: "U",
  sqlMigrationSeparator: "__",
  sqlMigrationSuffixes: [".sql"],
};

/** Resolves a folder. A `.conf` is read as plain key=value lines, `${abc}` becomes "value", `FP__abc__` likewise. */
export function resolveInput(
  workingDirectory: string,
  settings: Partial<FileSettings> = {},
  rest: Partial<ResolveInput> = {},
): ResolveInput {
  return {
    settings: { ...DEFAULTS, workingDirectory, ...settings },
    readScriptConfig: (text) => {
      const entries = new Map(
        text
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
      );
      const flag = (key: string) => (entries.has(key) ? entries.get(key) === "true" : undefined);
      return {
        executeInTransaction: flag("executeInTransaction"),
        placeholderReplacement: flag("placeholderReplacement"),
        encoding: entries.get("encoding"),
        shouldExecute: undefined,
      };
    },
    replacePlaceholders: (text, fileName) =>
      text.replaceAll("${abc}", "value").replaceAll("${flyway:filename}", fileName),
    replaceScriptPlaceholders: (text) => text.replaceAll("FP__abc__", "value"),
    ...rest,
  };
}

export const resolve = (
  folder: string,
  settings: Partial<FileSettings> = {},
  rest: Partial<ResolveInput> = {},
) => resolveFolder(resolveInput(folder, settings, rest));

/** The GodwitError that `act` throws. */
export function failure(act: () => unknown): GodwitError {
  try {
    act();
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}

/** What a file says of itself, whatever it is made of. */
export const plain = ({ path, configuredPath, name, script }: ScannedFile): ScannedFile => ({
  path,
  configuredPath,
  name,
  script,
});
