import { validateVerb } from "../engine/validate.ts";
import { command } from "./command.ts";
import { LOOKS, withEngine } from "./with-engine.ts";

export default command({
  name: "validate",
  summary: "Check that files and history agree",
  description:
    "Reports every file that was edited, renamed or removed after it was applied, and every file that is not applied yet. Changes nothing.",
  options: [
    {
      name: "ignoreMigrationPatterns",
      value: "type:state,...",
      doc: "States that are not mistakes, such as *:pending. Default: *:future.",
    },
  ],
  examples: [
    { command: "godwit validate", doc: "Check everything" },
    {
      command: "godwit validate -ignoreMigrationPatterns='*:pending'",
      doc: "Accept files that are still to be applied",
    },
  ],
  run: async ({ world }) => {
    const outcome = await withEngine(world, validateVerb, LOOKS);
    return { outcome, exitCode: outcome.validationSuccessful ? 0 : 1 };
  },
});
