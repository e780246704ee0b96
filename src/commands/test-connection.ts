import { testConnection } from "../engine/test-connection.ts";
import { command } from "./command.ts";

export default command({
  name: "testConnection",
  summary: "Check that the database can be reached",
  options: [],
  examples: [{ command: "godwit testConnection", doc: "Try the configured URL, user and password" }],
  run: async ({ world }) => ({ outcome: await testConnection(world), exitCode: 0 }),
});
