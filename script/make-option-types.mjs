// Writes src/library/setting-options.ts, the settings as TypeScript sees them, from the table of settings.
// node script/make-option-types.mjs writes it; with --check it writes nothing and names it when it is stale (exit 1).
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const page = join(root, "src/library/setting-options.ts");

const outfile = join(root, ".cache/make-option-types", `${process.pid}.mjs`);
await build({
  entryPoints: [join(root, "src/config/keys.ts")],
  outfile,
  bundle: true,
  format: "esm",
  logLevel: "warning",
});
const { SETTING_KEYS } = await import(pathToFileURL(outfile).href);
rmSync(outfile, { force: true });

/** What the library does not take: the output of the command line, and what its verbs take as options. */
const ELSEWHERE = /^(output|info|color$|logFile$|dryRunOutput$)/;
const isTaken = ({ key, scope, type, ignored, commandLineOnly }) =>
  ignored !== true &&
  scope !== "root" &&
  type !== "open" &&
  !ELSEWHERE.test(key) &&
  (commandLineOnly !== true || ["configFiles", "configFileEncoding", "workingDirectory"].includes(key)) &&
  (!key.replace(/\.\*$/, "").includes(".") || key.startsWith("postgresql."));

function typeOf({ type, values = [] }) {
  switch (type) {
    case "bool":
      return "boolean";
    case "int":
      return "number";
    case "duration":
      return "string | number";
    case "enum":
      return values.map((value) => JSON.stringify(value)).join(" | ");
    case "map":
      return "Readonly<Record<string, string>>";
    case "list":
    case "locations":
    case "patterns":
    case "overrides":
      return "string | readonly string[]";
    default:
      return "string";
  }
}

/** Where the library differs from the command line. */
const DOCS = {
  configFiles: "Configuration files to read; the library looks for no others.",
  workingDirectory: "Directory that relative paths are resolved against; the process's own unless set.",
  url: "Where the database is: a jdbc:postgresql: URL, a postgresql:// URL or a libpq connection string.",
};

function property(setting) {
  const name = setting.key.replace(/\.\*$/, "");
  const written = /^\w+$/.test(name) ? name : JSON.stringify(name);
  const unit = setting.type === "duration" ? " A number is milliseconds." : "";
  const standard =
    setting.default === undefined || setting.default === "" ? "" : ` Default: \`${setting.default}\`.`;
  return `  /** ${DOCS[setting.key] ?? setting.doc}${unit}${standard} */\n  readonly ${written}?: ${typeOf(setting)} | undefined;`;
}

const text = `// This file is made from the table of settings (src/config/keys.ts); do not edit it.
// node script/make-option-types.mjs writes it.

/** Flyway's settings and godwit's own by their names, without \`flyway.\` before them. */
export type SettingOptions = {
${SETTING_KEYS.filter(isTaken).map(property).join("\n")}
};
`;

const before = (() => {
  try {
    return readFileSync(page, "utf8");
  } catch {
    return "";
  }
})();
if (process.argv.includes("--check")) {
  if (before !== text) {
    console.log("src/library/setting-options.ts");
    process.exitCode = 1;
  }
} else if (before !== text) writeFileSync(page, text);
