// What doctor says of the migration files. No connection is needed.

import { GodwitError } from "../base/errors.ts";
import { readScriptConfig } from "../config/script-config.ts";
import { duplicatesError } from "../migrations/duplicates.ts";
import { scanLocations } from "../migrations/files.ts";
import type { MigrationKind, ResolvedFolder } from "../migrations/migration.ts";
import { readFolder } from "../migrations/resolve.ts";
import type { World } from "./engine.ts";
import type { DoctorCheck } from "./outcome.ts";

const group = "files";

export function checkFiles(world: World): readonly DoctorCheck[] {
  try {
    return [...locationChecks(world), ...folderChecks(world)];
  } catch (error) {
    if (!(error instanceof GodwitError)) throw error;
    const advice = error.advice === undefined ? {} : { advice: error.advice };
    return [{ group, name: "migrations", status: "problem", value: error.message, ...advice }];
  }
}

function locationChecks({ settings }: World): readonly DoctorCheck[] {
  return settings.locations.map((location): DoctorCheck => {
    const scan = scanLocations({
      workingDirectory: settings.workingDirectory,
      locations: [location],
      failOnMissingLocations: false,
      forCallbacks: false,
    });
    const files = scan.files.length;
    const remark = scan.remarks.find(({ level }) => level === "warn" || level === "error");
    return {
      group,
      name: location,
      status: files === 0 ? "warning" : "ok",
      value: files === 0 ? (remark?.message ?? "no files") : files === 1 ? "1 file" : `${files} files`,
      ...(files === 0
        ? { advice: "Check flyway.locations; relative paths count from the working directory." }
        : {}),
    };
  });
}

function folderChecks(world: World): readonly DoctorCheck[] {
  const { settings } = world;
  // Placeholders of the server are not known without one: checksums are not asked for here.
  const { folder, duplicates } = readFolder({
    settings: { ...settings, validateMigrationNaming: false, failOnMissingLocations: false },
    readScriptConfig: (text, file) =>
      readScriptConfig(text, file, { env: world.env, replacePlaceholders: (value) => value }),
    replacePlaceholders: (text) => text,
    replaceScriptPlaceholders: (text) => text,
  });
  const checks: DoctorCheck[] = [{ group, name: "migrations", status: "ok", value: kinds(folder) }];
  const twice = duplicatesError(duplicates);
  if (twice !== undefined) {
    const advice = twice.advice === undefined ? {} : { advice: twice.advice };
    checks.push({ group, name: "duplicates", status: "problem", value: twice.message, ...advice });
  }
  if (folder.invalidNames.length > 0) {
    checks.push({
      group,
      name: "names",
      status: "warning",
      value: folder.invalidNames.map(({ message }) => message).join("\n"),
      advice: "These files do not run. Rename them, or move them out of the locations.",
    });
  }
  return checks;
}

const WORDS: readonly (readonly [MigrationKind, string])[] = [
  ["versioned", "versioned"],
  ["repeatable", "repeatable"],
  ["baseline", "baseline"],
];

function kinds(folder: ResolvedFolder): string {
  const numbers = WORDS.map(
    ([kind, word]) => [folder.migrations.filter((m) => m.kind === kind).length, word] as const,
  );
  const all = [...numbers, [folder.undos.length, "undo"], [folder.callbacks.length, "callback"]] as const;
  const named = all.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`);
  return named.length === 0 ? "none" : named.join(", ");
}
