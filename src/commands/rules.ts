import { GodwitError } from "../base/errors.ts";
import { command } from "./command.ts";

export default command({
  name: "rules",
  summary: "List the rules of lint, or explain one",
  usage: "godwit rules [explain ID ...]",
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
  ],
  run: async ({ world, options, words = [] }) => {
    const [{ FAMILIES }, { RULES }, { activeRules, unknownRule }, { lintSettings, ruleFacts }] =
      await Promise.all([
        import("../lint/finding.ts"),
        import("../lint/rules/index.ts"),
        import("../lint/configure.ts"),
        import("./lint-run.ts"),
      ]);
    const ids = words.filter((word) => word !== "explain");
    if (words.length > 0 && ids.length === 0) {
      throw new GodwitError("ERROR", "rules explain needs the id of a rule.", {
        advice: "godwit rules lists them.",
      });
    }
    if (ids.length > 0) {
      const { rulePage } = await import("../lint/page.ts");
      const pages = ids.map((id) => {
        const rule = RULES.find((r) => r.id === id || r.aliases?.includes(id.toLowerCase()) === true);
        if (rule === undefined)
          throw unknownRule(
            id,
            RULES.map((r) => r.id),
          );
        return rulePage(rule);
      });
      return { outcome: { operation: "rule", page: pages.join("\n") }, exitCode: 0 };
    }
    const active = new Map(
      activeRules(RULES, lintSettings(world, { presets: options["preset"] })).map((a) => [
        a.rule,
        a.severity,
      ]),
    );
    const sorted = [...RULES].sort((a, b) => FAMILIES.indexOf(a.family) - FAMILIES.indexOf(b.family));
    const rules = sorted.map((rule) => ({
      ...ruleFacts(rule, rule.severity),
      inForce: active.get(rule) ?? "off",
      lock: rule.lock ?? null,
      fixable: rule.fix !== undefined,
      aliases: rule.aliases ?? [],
    }));
    return { outcome: { operation: "rules", rules }, exitCode: 0 };
  },
});
