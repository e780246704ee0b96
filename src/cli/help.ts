// Help pages, made from the commands' own descriptions. Gives text; printing it is main's work.
import { suggest } from "../base/suggest.ts";
import { paint, type Style } from "../reports/style.ts";
import { displayWidth, padTo, wrap } from "../reports/width.ts";

export interface CommandHelp {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly usage?: string;
  readonly description?: string;
  readonly options: readonly OptionHelp[];
  readonly examples: readonly { readonly command: string; readonly doc: string }[];
}

export interface OptionHelp {
  /** Without dashes. */
  readonly name: string;
  /** Placeholder of the value; absent for switches. */
  readonly value?: string;
  readonly doc: string;
}

export interface HelpFacts {
  readonly version: string;
  readonly commands: readonly CommandHelp[];
  /** Settings that every command takes: `-key=value`. */
  readonly settings: readonly OptionHelp[];
  /** Switches such as -X and -q. */
  readonly flags: readonly OptionHelp[];
}

/** Widest column of names; a longer one gets a line of its own. */
const NAME_COLUMN = 34;
const INDENT = "  ";

/** What is shown without a verb: enough to go on, on one screen. */
export function shortHelp(facts: HelpFacts, style: Style): string {
  return page([
    title(facts, style),
    usage(style),
    section("Commands", commandRows(facts.commands), style),
    section(
      "First steps",
      [
        ["godwit info", "What is applied, what is pending"],
        ["godwit migrate", "Apply what is pending"],
        ["godwit help migrate", "Everything about one command"],
        ["godwit help", "Every setting"],
      ],
      style,
    ),
  ]);
}

export function fullHelp(facts: HelpFacts, style: Style): string {
  return page([
    title(facts, style),
    usage(style),
    paragraph(
      "Settings come from flyway.conf or flyway.toml, then from environment variables (FLYWAY_URL for flyway.url), then from the command line, each over the one before. On the command line write -key=value, --key=value or --key value.",
      style,
    ),
    section("Commands", commandRows(facts.commands), style),
    section("Settings", facts.settings.map(optionRow), style),
    section("Switches", facts.flags.map(optionRow), style),
    section(
      "Examples",
      [
        ["godwit -configFiles=flyway.conf info", "The state of the database of this project"],
        ["godwit -url=jdbc:postgresql://localhost/app -user=me migrate", "Apply what is pending"],
        ["godwit help migrate", "Everything about one command"],
      ],
      style,
    ),
  ]);
}

/** The page of one command. */
export function commandHelp(command: CommandHelp, style: Style): string {
  const takes = command.options.length === 0 ? "" : " [options]";
  const aliases = command.aliases ?? [];
  return page([
    `${paint(style, "bold", `godwit ${command.name}`)}: ${command.summary}`,
    `${heading("Usage", style)}\n${INDENT}${command.usage ?? `godwit ${command.name}${takes}`}`,
    aliases.length === 0 ? "" : `${heading("Also", style)}\n${INDENT}${aliases.join(", ")}`,
    command.description === undefined ? "" : paragraph(command.description, style),
    section("Options", command.options.map(optionRow), style),
    section(
      "Examples",
      command.examples.map((e) => [e.command, e.doc] as const),
      style,
    ),
    command.options.length === 0 ? "" : "Every setting works here too; godwit help lists them.",
  ]);
}

/** The pages for `help a b`; several are divided by a blank line. Unknown names give the sentence of unknownVerb. */
export function helpFor(names: readonly string[], facts: HelpFacts, style: Style): string {
  if (names.length === 0) return fullHelp(facts, style);
  return names
    .map((name) => {
      const command = findCommand(name, facts.commands);
      return command === undefined ? `${unknownVerb(name, facts.commands)}\n` : commandHelp(command, style);
    })
    .join("\n");
}

export const findCommand = <T extends CommandHelp>(name: string, commands: readonly T[]): T | undefined =>
  commands.find((c) => c.name === name || c.aliases?.includes(name) === true);

/** What to say of a word that is no command. */
export function unknownVerb(word: string, commands: readonly CommandHelp[]): string {
  const names = commands.flatMap((c) => [c.name, ...(c.aliases ?? [])]);
  const near = suggest(word, names);
  const meant = near === undefined ? "Run godwit help for the list." : `Did you mean ${near}?`;
  return `There is no command "${word}". ${meant}`;
}

// --- pieces --------------------------------------------------------------------------------------------------------

const page = (blocks: readonly string[]): string => `${blocks.filter((b) => b !== "").join("\n\n")}\n`;

const heading = (text: string, style: Style): string => paint(style, "bold", `${text}:`);

const title = (facts: HelpFacts, style: Style): string =>
  `${paint(style, "bold", `godwit ${facts.version}`)}: SQL migrations for PostgreSQL`;

const usage = (style: Style): string =>
  `${heading("Usage", style)}\n${INDENT}godwit [options] command ...\n${INDENT}godwit help [command ...]`;

const helpWidth = (style: Style): number => Math.min(Number.isFinite(style.width) ? style.width : 80, 100);

const paragraph = (text: string, style: Style): string => wrap(text, helpWidth(style)).join("\n");

const commandRows = (commands: readonly CommandHelp[]): readonly Row[] =>
  commands.map((c) => [[c.name, ...(c.aliases ?? [])].join(", "), c.summary]);

const optionRow = (option: OptionHelp): Row => [
  `-${option.name}${option.value === undefined ? "" : `=<${option.value}>`}`,
  option.doc,
];

type Row = readonly [name: string, doc: string];

/** Names in one column, their explanations wrapped in another. */
function section(name: string, rows: readonly Row[], style: Style): string {
  if (rows.length === 0) return "";
  const widths = rows.map(([n]) => displayWidth(n)).filter((w) => w <= NAME_COLUMN);
  const column = Math.max(...widths, 4) + 2;
  const docWidth = Math.max(20, helpWidth(style) - column - INDENT.length);
  const lines = rows.flatMap(([n, doc]) => {
    const wrapped = wrap(doc, docWidth);
    const painted = paint(style, "cyan", n);
    const gap = `${INDENT}${" ".repeat(column)}`;
    const [first = "", ...rest] = wrapped;
    const head =
      displayWidth(n) + 2 > column
        ? [`${INDENT}${painted}`, `${gap}${first}`]
        : [`${INDENT}${paint(style, "cyan", padTo(n, column))}${first}`];
    return [...head, ...rest.map((r) => gap + r)];
  });
  return [heading(name, style), ...lines].join("\n");
}
