// Hovers: the rules of the findings at a place, and what the name there means.
import type { Hover, MarkupKind, Range } from "vscode-languageserver";
import { STOPS } from "../lint/locks.ts";
import type { Rule } from "../lint/rule.ts";
import type { Placed } from "./diagnostics.ts";

export function ruleText({ finding }: Placed, rule: Rule | undefined): string {
  const { message, help, clause, severity, family } = finding;
  const lock = rule?.lock;
  return [
    `**${finding.rule}** (${severity}, ${family})${rule === undefined ? "" : `: ${rule.summary}`}`,
    message,
    ...(rule === undefined ? [] : [rule.why]),
    `Instead: ${help}`,
    ...(lock === undefined ? [] : [`Lock: \`${lock}\`, which stops ${STOPS[lock]}.`]),
    ...(clause === null ? [] : [`Clause of the guide: ${clause}`]),
  ].join("\n\n");
}

export function hover(
  texts: readonly string[],
  range: Range | undefined,
  kind: MarkupKind,
): Hover | undefined {
  if (texts.length === 0) return undefined;
  const value = texts.join("\n\n---\n\n");
  const contents = { kind, value: kind === "markdown" ? value : plain(value) };
  return { contents, ...(range === undefined ? {} : { range }) };
}

const plain = (markdown: string): string =>
  markdown
    .replace(/^\|(?: --- \|)+\n/gm, "")
    .replace(/^\|(.*)\|$/gm, (_, row: string) =>
      row
        .split("|")
        .map((cell) => cell.trim())
        .join("  "),
    )
    .replaceAll("**", "")
    .replaceAll("`", "");
