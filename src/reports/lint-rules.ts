// The list of rules, by family, and what their examples showed.
import type { RuleListOutcome, RuleTestOutcome } from "../lint/finding.ts";
import { info, type Line } from "./line.ts";
import { marks, paint, type Style } from "./style.ts";
import { harmless, padTo } from "./width.ts";
import { count } from "./words.ts";

export function renderRules({ rules }: RuleListOutcome, style: Style): readonly Line[] {
  const width = Math.max(...rules.map((r) => r.id.length)) + 2;
  const families = [...new Set(rules.map((r) => r.family))];
  const lines = families.flatMap((family) => {
    const mine = rules.filter((r) => r.family === family);
    const rows = mine.map(
      (r) => `  ${paint(style, "cyan", padTo(r.id, width))}${padTo(r.inForce, 9)}${r.summary}`,
    );
    return [`${paint(style, "bold", family)}`, ...rows, ""];
  });
  const on = rules.filter((r) => r.inForce !== "off").length;
  return [
    info([...lines, `${rules.length} rules, ${on} in force. godwit rules explain ID says more.`].join("\n")),
  ];
}

export function renderRuleTests({ rules }: RuleTestOutcome, style: Style): readonly Line[] {
  const faults = rules.flatMap(({ file, id, faults }) =>
    faults.map(
      ({ line, message }) =>
        `${paint(style, "cyan", `${harmless(file)}:${line}`)} ${paint(style, "bold", id)}: ${harmless(message)}`,
    ),
  );
  const total = rules.reduce((sum, rule) => sum + rule.examples, 0);
  const judged = `${count(rules.length, "rule")}, ${count(total, "example")}`;
  if (faults.length === 0) {
    const mark = style.layout === "terminal" ? `${paint(style, "green", marks(style).done)} ` : "";
    return [info(`${mark}${judged}: all are as they say.`)];
  }
  const verb = faults.length === 1 ? "is" : "are";
  return [info([...faults, "", `${judged}: ${faults.length} ${verb} not as the rule says.`].join("\n"))];
}
