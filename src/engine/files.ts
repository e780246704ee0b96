// The files of a run: migrations/ given what it needs of settings, placeholders and script configs.
import { readScriptConfig } from "../config/script-config.ts";
import type { Settings } from "../config/settings.ts";
import { charsetNamed } from "../migrations/encoding.ts";
import { type Scan, scanLocations } from "../migrations/files.ts";
import type { CallbackFile, ResolvedFolder, ResolvedMigration } from "../migrations/migration.ts";
import { checksumOfFile, readMigrationText } from "../migrations/read.ts";
import { resolveFolder } from "../migrations/resolve.ts";
import { replacePlaceholders, replaceScriptPlaceholders } from "../sql/placeholders.ts";
import type { Engine } from "./engine.ts";
import { placeholderOptions } from "./script.ts";

/** Scans the locations and tells what is worth telling. @throws GodwitError for duplicates, bad names, unreadable files. */
export function resolveFiles(engine: Engine, scan: Scan): ResolvedFolder {
  const { settings, placeholders } = engine;
  const folder = resolveFolder({
    settings,
    scan,
    readScriptConfig: (text, file) =>
      readScriptConfig(text, file, {
        env: engine.world.env,
        replacePlaceholders: (value) =>
          replacePlaceholders(
            value,
            placeholderOptions(settings, placeholders, { name: file, configuredPath: file }),
          ).text,
      }),
    replacePlaceholders: (text, name, shown) =>
      replacePlaceholders(text, placeholderOptions(settings, placeholders, { name, configuredPath: shown }))
        .text,
    replaceScriptPlaceholders: (text, name, shown) =>
      replaceScriptPlaceholders(text, {
        ...placeholderOptions(settings, placeholders, { name, configuredPath: shown }),
        prefix: settings.scriptPlaceholderPrefix,
        suffix: settings.scriptPlaceholderSuffix,
      }).text,
  });
  for (const { level, message, place } of folder.remarks) {
    engine.emit({ type: "log", level, code: "FILES", message, ...(place === undefined ? {} : { place }) });
  }
  return folder;
}

/** The files of the locations, before anything is known of the server. */
export const scanFiles = (settings: Settings): Scan => scanLocations({ ...settings, forCallbacks: false });

/** The whole text of a migration or callback, decoded. */
export const readText = (file: ResolvedMigration | CallbackFile): string => readMigrationText(file);

/** The checksum of an undo file, which is not read before it is needed. */
export const checksumOf = (migration: ResolvedMigration): number =>
  migration.checksum ??
  checksumOfFile(migration.file, charsetNamed(migration.encoding, migration.file.configuredPath));
