// The verb testConnection: can the server be reached with these settings?
import type { World } from "./engine.ts";
import type { TestConnectionOutcome } from "./outcome.ts";

export async function testConnection(world: World): Promise<TestConnectionOutcome> {
  await using session = await world.connect();
  await session.query("SELECT 1 AS one");
  return {
    operation: "testConnection",
    successfulConnections: ["Flyway"],
    server: `${session.product} ${session.serverVersionText}`,
  };
}
