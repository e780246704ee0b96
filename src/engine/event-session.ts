// Callbacks of beforeMigrate, afterMigrate and their kin run on a connection of their own, as in Flyway: what they
// SET does not reach the migrations. The connection is opened only when there is such a callback.
import { callbacksOf, runCallbacks } from "./callbacks.ts";
import type { Engine } from "./engine.ts";

export async function withEventSession(engine: Engine, event: string): Promise<void> {
  if (callbacksOf(engine, event).length === 0) return;
  await using session = await engine.world.connect();
  await runCallbacks(engine, session, event);
}
