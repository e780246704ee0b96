// Migrations in TypeScript and JavaScript: what a file must export. Loading it is module-file.ts.
import { GodwitError } from "../base/errors.ts";
import type { Place } from "../base/place.ts";
import type { ResolvedMigration, ScannedFile } from "../migrations/migration.ts";
import { loadModuleFile, recordOf } from "./module-file.ts";
import type { MigrationFunction } from "./module-types.ts";

export interface MigrationModule {
  readonly run: MigrationFunction;
  /** `export const transaction`; undefined where the module does not say. */
  readonly transaction: boolean | undefined;
  /** Where in the file a stack (Error.stack) last was. */
  readonly placeIn: (stack: string | undefined) => Place | undefined;
}

/** @throws GodwitError when the file cannot be loaded or holds no migration. */
export async function loadModule(
  migration: ResolvedMigration,
  workingDirectory: string,
): Promise<MigrationModule> {
  const { file } = migration;
  const { exported, placeIn } = await loadModuleFile(file, String(migration.checksum), workingDirectory);
  // CommonJS has its exports in the default one.
  const inner = recordOf(exported["default"]);
  const named = (name: string): unknown => exported[name] ?? inner[name];
  const transaction = named("transaction");
  if (transaction !== undefined && typeof transaction !== "boolean") {
    throw unusable(file, `exports "transaction", but not as true or false.`);
  }
  return { run: functionOf(migration, named, exported["default"]), transaction, placeIn };
}

/** `up` or the default export; to undo `down`, or in a file of its own (U2__x.ts) either of those. */
function functionOf(
  migration: ResolvedMigration,
  named: (name: string) => unknown,
  standard: unknown,
): MigrationFunction {
  const { file, kind } = migration;
  const candidates = kind === "undo" ? [named("down"), named("up"), standard] : [named("up"), standard];
  const found = candidates.find(isMigrationFunction);
  if (found !== undefined) return found;
  throw unusable(file, kind === "undo" ? "exports no function to undo with." : "exports no migration.");
}

const isMigrationFunction = (value: unknown): value is MigrationFunction => typeof value === "function";

const unusable = (file: ScannedFile, what: string): GodwitError =>
  new GodwitError("ERROR", `${file.configuredPath} ${what}`, {
    place: { file: file.configuredPath, line: 1, column: 1 },
    advice:
      "A migration is `export async function up({ query }) { ... }` (or the default export), with `export const transaction = false` when it must not run in a transaction, and `down` to undo it.",
  });
