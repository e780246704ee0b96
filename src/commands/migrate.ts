import { migrate } from "../engine/migrate.ts";
import { command } from "./command.ts";
import { doOrWrite, LOOKS } from "./with-engine.ts";

export default command({
  name: "migrate",
  summary: "Apply the pending migrations",
  description:
    "Validates files against the history, makes missing schemas and the history table, then applies every pending file in version order, repeatables last. Each file is one transaction together with its history row. Killed or failed, it leaves nothing half done: run it again.",
  options: [
    { name: "target", value: "version|latest|current|next", doc: "Apply up to and including this version." },
    { name: "outOfOrder", value: "true", doc: "Also apply files below the current version." },
    { name: "group", value: "true", doc: "All pending files in one transaction." },
    { name: "mixed", value: "true", doc: "Allow statements that cannot run in a transaction beside others." },
    { name: "cherryPick", value: "ids", doc: "Apply exactly these versions or descriptions, in this order." },
    {
      name: "skipExecutingMigrations",
      value: "true",
      doc: "Write the history rows without running the files.",
    },
    {
      name: "dryRunOutput",
      value: "file",
      doc: "Write the SQL to a file instead of running it (- for standard output).",
    },
    { name: "lockTimeout", value: "5s", doc: "Give up on a file when a table lock takes longer." },
  ],
  examples: [
    { command: "godwit migrate", doc: "Apply everything that is pending" },
    { command: "godwit migrate -target=24", doc: "Stop at version 24" },
    { command: "godwit migrate -dryRunOutput=plan.sql", doc: "Show a DBA what would run" },
  ],
  run: async ({ world }) => ({
    outcome: await doOrWrite(world, migrate, (m) => m.dryMigrate, LOOKS),
    exitCode: 0,
  }),
});
