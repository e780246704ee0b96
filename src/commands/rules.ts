import { command } from "./command.ts";

export default command({
  name: "rules",
  summary: "List the rules of lint, explain one, or test the team's own",
  description:
    "Shows the rules of godwit and those of the team (lint.rules), and which of them are in force. `rules test` runs the team's rules on their own examples and exits with 1 when a bad one is not found or a good one is.",
  usage: "godwit rules [explain ID ... | test [ID ...]]",
  words: { name: "explain ID" },
  hasOwnReport: true,
  options: [
    {
      name: "preset",
      value: "guide,recommended,strict,flyway",
      own: "list",
      doc: "Which rules are in force; guide,recommended unless set.",
    },
  ],
  examples: [
    { command: "godwit rules", doc: "Every rule, and how severe it is here" },
    { command: "godwit rules explain fk-not-valid", doc: "Why, what to do instead, and examples" },
    { command: "godwit rules test", doc: "The team's rules on their own examples" },
  ],
  run: async (context) => {
    const { explainRules, listRules, testRules } = await import("./rules-run.ts");
    const [what, ...ids] = context.words ?? [];
    switch (what) {
      case undefined:
        return { outcome: await listRules(context), exitCode: 0 };
      case "test": {
        const outcome = await testRules(context, ids);
        const fails = outcome.rules.some((rule) => rule.faults.length > 0);
        return { outcome, exitCode: fails ? 1 : 0, exitsInJson: true };
      }
      // An id alone is explained as well.
      default:
        return {
          outcome: await explainRules(context, what === "explain" ? ids : [what, ...ids]),
          exitCode: 0,
        };
    }
  },
});
