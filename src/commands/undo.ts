import { undo } from "../engine/undo.ts";
import { command } from "./command.ts";
import { doOrWrite } from "./with-engine.ts";

export default command({
  name: "undo",
  summary: "Undo the last applied version with its U file",
  description:
    "Runs U files in reverse order of application. Without a target, only the version applied last.",
  options: [
    { name: "target", value: "version", doc: "Undo everything down to and including this version." },
    { name: "cherryPick", value: "ids", doc: "Undo exactly these, in reverse of the order given." },
  ],
  examples: [
    { command: "godwit undo", doc: "Take back the last version" },
    { command: "godwit undo -target=20", doc: "Take back everything down to V20" },
  ],
  run: async ({ world }) => ({ outcome: await doOrWrite(world, undo, (m) => m.dryUndo), exitCode: 0 }),
});
