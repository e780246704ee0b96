import { baselineVerb } from "../engine/baseline.ts";
import { command } from "./command.ts";
import { doOrWrite } from "./with-engine.ts";

export default command({
  name: "baseline",
  summary: "Start the history of an existing database at a version",
  options: [
    {
      name: "baselineVersion",
      value: "version",
      doc: "Files up to this version count as applied. Default: 1.",
    },
    { name: "baselineDescription", value: "text", doc: "Text of the baseline row." },
  ],
  examples: [{ command: "godwit baseline -baselineVersion=24", doc: "This database stands at V24" }],
  run: async ({ world }) => ({
    outcome: await doOrWrite(world, baselineVerb, (m) => m.dryBaseline),
    exitCode: 0,
  }),
});
