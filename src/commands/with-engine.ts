// Opening and closing the engine round a verb, and the choice between doing and writing down (dryRunOutput).
import type { DryRun } from "../engine/dry-run.ts";
import type { Engine, World } from "../engine/engine.ts";
import { type OpenOptions, openEngine } from "../engine/open.ts";

/** For actions that begin with a look at the history. */
export const LOOKS: OpenOptions = { looks: true };

export async function withEngine<T>(
  world: World,
  action: (engine: Engine) => Promise<T>,
  options?: OpenOptions,
): Promise<T> {
  const engine = await openEngine(world, options);
  try {
    return await action(engine);
  } finally {
    await engine.session.close();
  }
}

type DryRunner<T> = (engine: Engine) => Promise<DryRun<T>>;

/**
 * Runs `action`, or, with dryRunOutput set, the dry run that `dry` gives; its module is loaded only then.
 */
export async function doOrWrite<T>(
  world: World,
  action: (engine: Engine) => Promise<T>,
  dry: (module: typeof import("../engine/dry-run.ts")) => DryRunner<T>,
  options?: OpenOptions,
): Promise<T> {
  const path = world.settings.dryRunOutput;
  if (path === undefined) return withEngine(world, action, options);
  const run = dry(await import("../engine/dry-run.ts"));
  return withEngine(world, async (engine) => {
    const { outcome, sql } = await run(engine);
    world.writeDryRun(path, sql);
    engine.emit({
      type: "log",
      level: "info",
      code: "DRY_RUN",
      message: `Nothing was changed. The script is in ${path === "-" ? "the output above" : path}.`,
    });
    return outcome;
  });
}
