import { repair } from "../engine/repair.ts";
import { command } from "./command.ts";
import { doOrWrite } from "./with-engine.ts";

export default command({
  name: "repair",
  summary: "Make the history table agree with the files",
  description:
    "Removes rows of failed migrations, marks rows without files as deleted, and sets checksum, description and type of the other rows to those of the files. It changes the history only, never the database's objects: what a deleted or edited file made stays as it is.",
  options: [
    { name: "ignoreMigrationPatterns", value: "type:state,...", doc: "Rows in these states are left alone." },
    { name: "dryRunOutput", value: "file", doc: "Write the SQL to a file instead of running it." },
  ],
  examples: [{ command: "godwit repair", doc: "Align the history with the files" }],
  run: async ({ world }) => ({ outcome: await doOrWrite(world, repair, (m) => m.dryRepair), exitCode: 0 }),
});
