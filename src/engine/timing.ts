// How long a migration may wait and run: the settings of the run, or those of the file's own .conf.
import type { ResolvedMigration } from "../migrations/migration.ts";
import type { Engine } from "./engine.ts";

/** The engine as one file sees it. */
export function engineFor(engine: Engine, { config }: ResolvedMigration): Engine {
  if (config.timing === undefined) return engine;
  return { ...engine, settings: { ...engine.settings, ...config.timing } };
}

/** For the rest of the transaction. */
export function timeoutStatements({ settings }: Engine): readonly string[] {
  return [
    ...setLocal("lock_timeout", settings.lockTimeoutMs),
    ...setLocal("statement_timeout", settings.statementTimeoutMs),
  ];
}

/** For a file that comes behind others in their transaction: what they set for themselves is over. */
export function memberTimeouts(engine: Engine, earlier: readonly ResolvedMigration[]): readonly string[] {
  const leftOver = earlier.some(({ config }) => config.timing !== undefined);
  const reset = leftOver
    ? ["SET LOCAL lock_timeout TO DEFAULT", "SET LOCAL statement_timeout TO DEFAULT"]
    : [];
  return [...reset, ...timeoutStatements(engine)];
}

const setLocal = (name: string, ms: number | undefined): readonly string[] =>
  ms === undefined ? [] : [`SET LOCAL ${name} = ${ms}`];
