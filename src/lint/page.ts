// The page of one rule, in Markdown: docs/rules/*.md and godwit rules explain.

import { STOPS } from "./locks.ts";
import type { Example, Rule } from "./rule.ts";

export function rulePage(rule: Rule): string {
  const lock =
    rule.lock === undefined ? [] : [`Lock: \`${rule.lock}\`, which stops ${STOPS[rule.lock]}.`, ""];
  const aliases = rule.aliases ?? [];
  const options = rule.options ?? [];
  return `${[
    `# ${rule.id}`,
    "",
    `${rule.summary}.`,
    "",
    `Family \`${rule.family}\`, severity \`${rule.severity}\`, in the presets ${[...rule.presets, "strict"].map((p) => `\`${p}\``).join(", ")}.${aliases.length === 0 ? "" : ` Also known as ${aliases.map((a) => `\`${a}\``).join(", ")}.`}`,
    "",
    ...(rule.clause === undefined ? [] : [`Clause of the guide: ${rule.clause}`, ""]),
    ...lock,
    rule.why,
    "",
    `Instead: ${rule.instead}`,
    "",
    ...fixLines(rule),
    "## Found",
    "",
    ...rule.bad.flatMap(shownExample),
    "## Not found",
    "",
    ...rule.good.flatMap(shownExample),
    "## Settings",
    "",
    `\`lint.${rule.id}\` is \`error\`, \`warning\`, \`info\` or \`off\`.`,
    ...options.map((o) => `\`lint.${rule.id}.${o.name}\`: ${o.doc} Default: \`${o.default}\`.`),
    "",
    "In a file, for the next statement:",
    "",
    "```sql",
    `-- godwit-ignore ${rule.id}: the reason`,
    "```",
  ].join("\n")}\n`;
}

function fixLines({ fix }: Rule): readonly string[] {
  if (fix === undefined) return [];
  const gives =
    fix.gives === "same"
      ? "The mended file makes the same catalog."
      : "The mended file makes another catalog.";
  return [
    `\`godwit lint --fix\` mends it. ${[gives, ...(fix.note === undefined ? [] : [fix.note])].join(" ")}`,
    "",
  ];
}

function shownExample(example: Example): readonly string[] {
  if (typeof example === "string") return sql(example);
  const strays = (example.strays ?? []).map(({ path, reason }) => `-- ${path}: ${reason}`);
  const git = Object.entries(example.git ?? {}).map(
    ([path, { firstCommit, changes, committedText }]) =>
      `-- git: ${path}, first in ${firstCommit}, changed ${changes} times since${committedText === undefined ? "" : `, committed as: ${committedText}`}`,
  );
  const options = Object.entries(example.options ?? {}).map(([name, value]) => `-- with ${name} = ${value}`);
  const parts = [
    ...options,
    ...(example.pg === undefined ? [] : [`-- on PostgreSQL ${example.pg}`]),
    ...git,
    ...strays,
    ...(example.before === undefined ? [] : ["-- applied before", example.before]),
    ...(example.before === undefined || example.sql === undefined ? [] : ["-- this file"]),
    ...(example.sql === undefined ? [] : [example.sql]),
    ...Object.entries(example.files ?? {}).flatMap(([name, text]) => [`-- ${name}`, text]),
  ];
  const fixed = example.fixed === undefined ? [] : ["`--fix` makes of it:", "", ...sql(example.fixed)];
  const differs =
    example.differs === undefined
      ? []
      : ["The catalog then differs by:", "", "```text", ...example.differs, "```", ""];
  return [...sql(parts.join("\n")), ...fixed, ...differs];
}

const sql = (text: string): readonly string[] => ["```sql", text, "```", ""];
