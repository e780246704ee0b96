// docs/config.md, made from the table of settings. Writing the file is the build's part.
import { OBSOLETE_KEYS, SETTING_KEYS, type SettingKey } from "./keys.ts";

const INTRODUCTION = `# Settings

This page is made from the table of settings; do not edit it.

A setting \`KEY\` is written

| where | how |
| --- | --- |
| command line | \`-KEY=value\`, \`--KEY=value\` or \`--KEY value\`; a true/false setting may stand alone |
| \`flyway.conf\` | \`flyway.KEY=value\` |
| \`flyway.toml\` | \`KEY = value\` in \`[flyway]\`, or in \`[environments.NAME]\` for settings of an environment |
| environment | the variable of the table; in \`flyway.toml\` projects also \`flyway_KEY\` and \`environments_NAME_KEY\` |

Lists are separated by commas; TOML takes arrays too. The command line wins over environment variables, those
win over standard input (\`-configFiles=-\`), that wins over configuration files, and a later file wins over an
earlier one. \`[environments.NAME.flyway]\` overrides settings for one environment and goes before all of these.

Settings marked *ignored* are accepted so that a Flyway project runs unchanged, and have no effect.
`;

/** The reference page of all settings, as Markdown. */
export function renderSettingsReference(): string {
  const groups = [...new Set(SETTING_KEYS.map((entry) => entry.group))];
  return `${[INTRODUCTION, ...groups.map(renderGroup), renderObsolete()].join("\n")}`;
}

function renderGroup(name: string): string {
  const rows = SETTING_KEYS.filter((entry) => entry.group === name).map(renderRow);
  return [
    `## ${name}`,
    "",
    "| setting | type | default | variable | meaning |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function renderRow(entry: SettingKey): string {
  const cells = [
    `\`${entry.key.replace(/\*$/, "NAME")}\``,
    renderType(entry),
    entry.default === undefined || entry.default === "" ? "" : `\`${entry.default}\``,
    entry.env === undefined ? "" : `\`${entry.env.replace(/\*$/, "NAME")}\``,
    `${entry.doc}${entry.ignored === true ? " *ignored*" : ""}${renderAliases(entry)}`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function renderType(entry: SettingKey): string {
  const name = entry.type === "bool" ? "true/false" : entry.type === "open" ? "anything" : entry.type;
  return entry.values === undefined ? name : entry.values.map((value) => `\`${value}\``).join(", ");
}

function renderAliases({ aliases = [] }: SettingKey): string {
  return aliases.length === 0 ? "" : ` Also: ${aliases.map((name) => `\`${name}\``).join(", ")}.`;
}

function renderObsolete(): string {
  const rows = Object.entries(OBSOLETE_KEYS).map(
    ([key, { replacement }]) =>
      `| \`${key}\` | ${replacement === undefined ? "removed" : `now \`${replacement}\``} |`,
  );
  return ["## gone", "", "| setting | |", "| --- | --- |", ...rows, ""].join("\n");
}
