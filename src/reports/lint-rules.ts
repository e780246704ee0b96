// The list of rules, by family.
import type { RuleListOutcome } from "../lint/finding.ts";
import { info, type Line } from "./line.ts";
import { paint, type Style } from "./style.ts";
import { padTo } from "./width.ts";

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
