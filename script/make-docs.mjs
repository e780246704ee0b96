// Writes the pages of docs/ that are made from the tables of commands, settings and error codes.
// node script/make-docs.mjs writes them; with --check it writes nothing and names the stale ones (exit 1).
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const COMMAND_PAGES = "docs/commands";
const RULE_PAGES = "docs/rules";

const ENTRY = `
export { COMMANDS } from "./src/commands/index.ts";
export { renderSettingsReference } from "./src/config/reference.ts";
export { ERROR_CODES } from "./src/base/errors.ts";
export { RULES } from "./src/lint/rules/index.ts";
export { FAMILIES } from "./src/lint/finding.ts";
export { rulePage } from "./src/lint/page.ts";
`;

/** The tables as the program has them. */
async function readTables() {
  // Inside the repository, so that packages resolve as they do for the source.
  const outfile = join(root, ".cache/make-docs", `${process.pid}.mjs`);
  await build({
    stdin: { contents: ENTRY, resolveDir: root, loader: "ts" },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}

const cell = (text) => text.replaceAll("|", "\\|");
const code = (text) => `\`${text}\``;
const table = (head, rows) => [
  `| ${head.join(" | ")} |`,
  `| ${head.map(() => "---").join(" | ")} |`,
  ...rows.map((row) => `| ${row.map(cell).join(" | ")} |`),
];
const page = (lines) => `${lines.join("\n").trimEnd()}\n`;
const made = (from) =>
  `This page is made from ${from}; do not edit it. \`node script/make-docs.mjs\` writes it.`;

function commandPage({ name, aliases = [], summary, description, usage, options, examples }) {
  const optional = options.length === 0 ? "" : " [options]";
  return page([
    `# godwit ${name}`,
    "",
    made("the command's own description"),
    "",
    `${summary}.`,
    "",
    "```",
    usage ?? `godwit ${name}${optional}`,
    "```",
    "",
    ...(aliases.length === 0 ? [] : [`Also: ${aliases.map(code).join(", ")}.`, ""]),
    ...(description === undefined ? [] : [description, ""]),
    ...(options.length === 0 ? [] : ["## Options", "", ...optionTable(options), ""]),
    "Every [setting](../config.md) works here too.",
    "",
    ...(examples.length === 0 ? [] : ["## Examples", "", ...examples.flatMap(example)]),
  ]);
}

/** A value that is always the same is shown as it is typed, others in brackets. */
const shownValue = (value) =>
  value === undefined ? "" : value === "true" || value === "false" ? `=${value}` : `=<${value}>`;

const optionTable = (options) =>
  table(
    ["option", "meaning"],
    options.map((o) => [code(`-${o.name}${shownValue(o.value)}`), o.doc]),
  );

const example = ({ command, doc }) => [`${doc}:`, "", "```", command, "```", ""];

function commandList(commands) {
  return page([
    "# Commands",
    "",
    made("the list of commands"),
    "",
    "Several commands in one run go from left to right: `godwit clean migrate info`. `flyway` is the same program.",
    "",
    ...table(
      ["command", "what it does"],
      [
        ...commands.map((c) => [`[${c.name}](${c.name}.md)`, c.summary]),
        ["`help`", "Print help; `godwit help migrate` for one command"],
        ["`version`", "Print the version"],
      ],
    ),
  ]);
}

function errorPage(codes) {
  return page([
    "# Error codes",
    "",
    made("the table of error codes"),
    "",
    "The code is `errorCode` in JSON. What else a failure holds is in [FORMATS.md](../FORMATS.md#json-errors).",
    "",
    ...table(
      ["code", "exit", "meaning"],
      Object.entries(codes).map(([name, { exit, meaning }]) => [code(name), String(exit), meaning]),
    ),
  ]);
}

const FAMILY_TITLES = {
  guide: "The guide",
  lock: "Locks",
  data: "Data",
  break: "Running code",
  tx: "Transactions",
  history: "History",
  shape: "Shape",
  security: "Security",
};

const fixed = ({ fix }) =>
  fix === undefined ? "" : fix.gives === "same" ? "same catalog" : "another catalog";

function ruleList(rules, families) {
  const mended = rules.filter((r) => r.fix !== undefined);
  const same = mended.filter((r) => r.fix.gives === "same");
  return page([
    "# Rules",
    "",
    made("the list of rules"),
    "",
    "`godwit lint` judges by them; `godwit rules` shows which are in force. `lint.preset` chooses: `guide,recommended` unless set.",
    "",
    `Of ${rules.length} rules ${mended.length} can mend what they find (\`godwit lint --fix\`; \`--diff\` shows it): ${same.length} without changing the catalog that the file makes, ${mended.length - same.length} with another catalog, which the rule's page states.`,
    "",
    ...families.flatMap((family) => [
      `## ${FAMILY_TITLES[family]}`,
      "",
      ...table(
        ["rule", "severity", "what it wants", "`--fix`"],
        rules
          .filter((r) => r.family === family)
          .map((r) => [`[${r.id}](${r.id}.md)`, r.severity, r.summary, fixed(r)]),
      ),
      "",
    ]),
  ]);
}

/** Path to text of every made page. */
function pages({ COMMANDS, renderSettingsReference, ERROR_CODES, RULES, FAMILIES, rulePage }) {
  return new Map([
    ["docs/config.md", renderSettingsReference()],
    ["docs/errors.md", errorPage(ERROR_CODES)],
    [`${COMMAND_PAGES}/README.md`, commandList(COMMANDS)],
    ...COMMANDS.map((c) => [`${COMMAND_PAGES}/${c.name}.md`, commandPage(c)]),
    [`${RULE_PAGES}/README.md`, ruleList(RULES, FAMILIES)],
    ...RULES.map((r) => [`${RULE_PAGES}/${r.id}.md`, rulePage(r)]),
  ]);
}

/** Pages of commands and rules that are gone. */
function leftOver(wanted) {
  return [...list(COMMAND_PAGES), ...list(RULE_PAGES)].filter((path) => !wanted.has(path));
}

function list(folder) {
  try {
    return readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

function read(path) {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}

const wanted = pages(await readTables());
const stale = [...wanted].filter(([path, text]) => read(path) !== text).map(([path]) => path);
const gone = leftOver(wanted);
if (process.argv.includes("--check")) {
  for (const path of [...stale, ...gone]) console.log(path);
  process.exitCode = stale.length + gone.length === 0 ? 0 : 1;
} else {
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), wanted.get(path) ?? "");
    console.log(`wrote ${path}`);
  }
  for (const path of gone) {
    rmSync(join(root, path));
    console.log(`removed ${path}`);
  }
}
