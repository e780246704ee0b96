// What rules does: the list, the pages of some, and the team's own on their examples.
import { resolve } from "node:path";
import { GodwitError } from "../base/errors.ts";
import { activeRules, unknownRule } from "../lint/configure.ts";
import { examine } from "../lint/examine.ts";
import { FAMILIES, type RuleListOutcome, type RuleOutcome, type RuleTestOutcome } from "../lint/finding.ts";
import { rulePage } from "../lint/page.ts";
import type { Rule } from "../lint/rule.ts";
import { readTextIfThere } from "../migrations/files-write.ts";
import { withParser } from "../tree/parser.ts";
import type { CommandContext } from "./command.ts";
import { lintSettings, ruleFacts } from "./lint-run.ts";
import { allRules } from "./team-rules.ts";

export async function listRules({ world, options }: CommandContext): Promise<RuleListOutcome> {
  const all = await allRules(world);
  const active = new Map(
    activeRules(all, lintSettings(world, { presets: options["preset"] })).map((a) => [a.rule, a.severity]),
  );
  const sorted = [...all].sort((a, b) => FAMILIES.indexOf(a.family) - FAMILIES.indexOf(b.family));
  const rules = sorted.map((rule) => ({
    ...ruleFacts(rule, rule.severity),
    inForce: active.get(rule) ?? ("off" as const),
    lock: rule.lock ?? null,
    fixable: rule.fix !== undefined,
  }));
  return { operation: "rules", rules };
}

export async function explainRules({ world }: CommandContext, ids: readonly string[]): Promise<RuleOutcome> {
  if (ids.length === 0) {
    throw new GodwitError("ERROR", "rules explain needs the id of a rule.", {
      advice: "godwit rules lists them.",
    });
  }
  const all = await allRules(world);
  return { operation: "rule", page: ids.map((id) => rulePage(find(all, id))).join("\n") };
}

export async function testRules({ world }: CommandContext, ids: readonly string[]): Promise<RuleTestOutcome> {
  const all = await allRules(world);
  const team = all.filter((rule) => rule.team !== undefined && rule.bad.length > 0);
  if (team.length === 0) {
    throw new GodwitError("ERROR", "There is no rule of the team's to test.", {
      advice: "Name the files or the folder of the rules in lint.rules. Those of godwit are tested already.",
    });
  }
  const chosen = ids.length === 0 ? team : ids.map((id) => find(team, id));
  const textOf = ({ team: origin }: Rule): string =>
    readTextIfThere(resolve(world.settings.workingDirectory, origin?.file ?? "")) ?? "";
  const rules = await withParser((parser) => chosen.map((rule) => examine(parser, all, rule, textOf(rule))));
  return { operation: "rulesTest", rules };
}

function find(rules: readonly Rule[], id: string): Rule {
  const rule = rules.findLast((r) => r.id === id || r.aliases?.includes(id.toLowerCase()) === true);
  if (rule !== undefined) return rule;
  throw unknownRule(
    id,
    rules.map((r) => r.id),
  );
}
