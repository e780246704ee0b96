import { clean } from "../engine/clean.ts";
import { command } from "./command.ts";
import { doOrWrite } from "./with-engine.ts";

export default command({
  name: "clean",
  summary: "Drop every object in the configured schemas (all data is lost)",
  options: [{ name: "cleanDisabled", value: "false", doc: "clean refuses to work unless this is false." }],
  examples: [{ command: "godwit clean -cleanDisabled=false", doc: "Empty a development database" }],
  run: async ({ world }) => ({ outcome: await doOrWrite(world, clean, (m) => m.dryClean), exitCode: 0 }),
});
