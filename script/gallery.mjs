// Prints every report with sample data, so that a person can look at them: node script/gallery.mjs [width] [pipe]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const scratch = await mkdtemp(join(tmpdir(), "godwit-gallery-"));

const entry = `
export * as samples from "./tests/unit/reports/samples.ts";
export * from "./src/reports/text.ts";
export * from "./src/reports/failure.ts";
export * from "./src/reports/live.ts";
export * from "./src/reports/status.ts";
export * from "./src/reports/info.ts";
export * from "./src/reports/json.ts";
export * from "./src/reports/json-lines.ts";
export * from "./src/reports/style.ts";
export * from "./src/cli/help.ts";
export * from "./src/cli/terminal.ts";
`;

try {
  const outfile = join(scratch, "gallery.mjs");
  await build({
    stdin: { contents: entry, resolveDir: root, loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "warning",
  });
  show(await import(pathToFileURL(outfile).href));
} finally {
  await rm(scratch, { recursive: true });
}

function show(g) {
  const { samples } = g;
  const pipe = process.argv.includes("pipe");
  const width = Number(process.argv[2]) || process.stdout.columns || 100;
  const style = pipe ? g.PLAIN : { color: true, unicode: true, layout: "terminal", width };
  const terminal = g.createTerminal({
    stdout: process.stdout,
    stderr: process.stdout,
    env: { ...process.env, CI: "" },
    isTTY: { stdout: !pipe, stderr: !pipe },
    columns: () => width,
    debug: process.argv.includes("-X"),
  });
  const title = (text) => terminal.write(`\n${g.paint(style, "magenta", `=== ${text} ===`)}\n`);
  const picture = (name, lines) => {
    title(name);
    terminal.print(lines);
  };

  picture("info", g.renderOutcome(samples.everyState, style));
  picture("info, no files", g.renderOutcome(samples.infoOutcome([], null), style, { where: samples.where }));
  title("migrate, live");
  const live = g.createLiveReport(style);
  for (const event of samples.runEvents) terminal.print(live(event));
  picture(
    "migrate, done",
    g.renderOutcome(
      {
        ...samples.migrateOutcome,
        skipNotices: Array.from({ length: 14 }, (_, i) => samples.skipNotice(10 + i * 7, `table_${i}`)),
      },
      style,
      { schema: "lic_schema" },
    ),
  );
  picture("migrate, failed", [
    g.renderFailure(samples.migrationFailure, style, { source: { text: samples.badSource } }),
  ]);
  picture("validate, problems", g.renderOutcome(samples.invalidOutcome, style));
  for (const [name, outcome] of Object.entries(samples.otherOutcomes)) {
    picture(name, g.renderOutcome(outcome, style, { schema: "lic_schema" }));
  }
  picture("a bug", [
    g.renderBug(
      new TypeError("x is not a function"),
      { version: "0.1.0", runtime: "Node.js 20", reportTo: "URL" },
      style,
    ),
  ]);
  title("status line");
  const status = {
    name: "V6 Index users",
    index: 2,
    total: 3,
    statement: "CREATE INDEX CONCURRENTLY idx_users_email ON lic_schema.users (email)",
    since: 0,
    detail: "building index: scanning table",
    fraction: 0.42,
    waiting: undefined,
  };
  terminal.write(`${g.statusText(status, style, 83_400)}\n`);
  title("JSON, failed migrate");
  terminal.write(`${g.errorJson(samples.migrationFailure)}\n`);
  const commands = [
    {
      name: "migrate",
      summary: "Apply the pending migrations",
      description: "Validates files against the history, then applies every pending file in version order.",
      options: [
        {
          name: "target",
          value: "version|latest|current|next",
          doc: "Apply up to and including this version.",
        },
      ],
      examples: [{ command: "godwit migrate -target=24", doc: "Stop at version 24" }],
    },
    { name: "info", summary: "Show applied, pending and problematic migrations", options: [], examples: [] },
  ];
  const facts = {
    version: "0.1.0",
    commands,
    settings: [{ name: "url", value: "jdbc:postgresql://host/db", doc: "Where the database is." }],
    flags: [{ name: "X", doc: "Debug output." }],
  };
  title("help");
  terminal.write(g.shortHelp(facts, style));
  title("help migrate");
  terminal.write(g.helpFor(["migrate", "inof"], facts, style));
}
