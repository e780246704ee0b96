import { resolve } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { Severity } from "../base/finding.ts";
import type { World } from "../engine/engine.ts";
import { LINT_FORMATS, type LintFormat } from "../lint/finding.ts";
import { command } from "./command.ts";
import type { LintOptions } from "./lint-run.ts";

export type {
  AddOutcome,
  CodeReviewOutcome,
  LintFormat,
  LintOutcome,
  RuleListOutcome,
  RuleTestOutcome,
} from "../lint/finding.ts";

const TOGETHER = ["file", "set"] as const;
const SEVERITIES: readonly Severity[] = ["error", "warning", "info"];

/** Options that mend, or show how. */
const FIXING = ["fix", "fix-applied", "fixApplied", "diff", "dry-run", "dryRun"];

export default command({
  name: "lint",
  summary: "Judge migrations by the guide, and by what they do to a busy database",
  description:
    "Reads all migrations with PostgreSQL's own parser, inside DO blocks, functions and EXECUTE too, and judges the named ones, or all. Earlier files are replayed into a model of the schema, so that a rule knows which tables are new. Exits with 0 when nothing is found, 1 when something at or above the threshold is, 2 when it could not run.",
  usage: "godwit lint [options] [file ... | pending]",
  words: { name: "file" },
  hasOwnReport: true,
  ownFormats: LINT_FORMATS,
  failureExitCode: 2,
  options: [
    {
      name: "since",
      value: "commit",
      own: "value",
      doc: "Only files that differ from a commit or branch, and new ones.",
    },
    {
      name: "format",
      value: LINT_FORMATS.join("|"),
      own: "value",
      doc: "How findings are told; text unless set.",
    },
    {
      name: "fail-on",
      value: "error|warning|info",
      own: "value",
      doc: "Least severity that makes it exit with 1; warning unless set.",
    },
    {
      name: "preset",
      value: "guide,recommended,strict,flyway",
      own: "list",
      doc: "Which rules; guide,recommended unless set.",
    },
    { name: "rule", value: "id", own: "list", doc: "Only these rules." },
    {
      name: "fix",
      own: "bool",
      doc: "Mend what can be mended, in files that neither the main branch nor the database has yet.",
    },
    { name: "diff", own: "bool", doc: "Show what --fix would change, as a unified diff, and write nothing." },
    { name: "dry-run", own: "bool", doc: "The same as --diff." },
    {
      name: "fix-applied",
      own: "bool",
      doc: "Mend files too that are on the main branch or applied. Their checksums change: migrate refuses them until repair.",
    },
    {
      name: "update-baseline",
      own: "bool",
      doc: "Write what is found now into the baseline file; it is not told again.",
    },
    {
      name: "baseline",
      value: "path",
      own: "value",
      doc: "The baseline file; godwit-lint-baseline.json unless set.",
    },
    { name: "until", value: "YYYY-MM-DD", own: "value", doc: "Last day of the baseline that is written." },
    {
      name: "together",
      value: "file|set",
      own: "value",
      doc: "Whether each file is deployed on its own, or all judged files at once: a table made there is new. The whole folder is judged file by file unless set.",
    },
    {
      name: "database",
      own: "bool",
      doc: "Judge pending files against what the configured database holds, with how many rows are in its tables.",
    },
    {
      name: "scratch",
      own: "bool",
      doc: "Run the files on a temporary PostgreSQL, and judge each against what that holds before it. A file that it refuses is a finding.",
    },
    {
      name: "pg",
      value: "major",
      own: "value",
      doc: "PostgreSQL's major version; that of the database with --database or pending, else 13.",
    },
  ],
  examples: [
    { command: "godwit lint", doc: "Every migration" },
    { command: "godwit lint --since origin/main", doc: "What this branch changes" },
    { command: "godwit lint db/migration/V25__Create_example_table.sql --fix", doc: "Mend one file" },
    { command: "godwit lint --diff", doc: "What --fix would change" },
    { command: "godwit lint pending --database", doc: "What the next migrate will do to this database" },
    { command: "godwit lint --format github", doc: "Annotations of a GitHub workflow" },
  ],
  run: async ({ world, options, words = [] }) => {
    const { runLint } = await import("./lint-run.ts");
    const failOn = readSeverity(
      options["fail-on"] ?? options["failOn"] ?? world.settings.extra["lint.failOn"],
    );
    const outcome = await runLint(world, lintOptions(world, options, words));
    const most = SEVERITIES.indexOf(failOn);
    const fails = outcome.findings.some((f) => SEVERITIES.indexOf(f.severity) <= most);
    return { outcome, exitCode: fails ? 1 : 0, exitsInJson: true };
  },
});

/** What is asked for, in the words of the command line, or by settings. @throws GodwitError for values that do not exist. */
export function lintOptions(
  world: World,
  options: Readonly<Record<string, string>>,
  words: readonly string[],
): LintOptions {
  refuseBoth(options);
  const { extra, workingDirectory } = world.settings;
  return {
    words,
    since: options["since"],
    format: readFormat(options["format"], world),
    presets: options["preset"],
    only: options["rule"]?.split(",").map((r) => r.trim()),
    fix: FIXING.some((name) => options[name] === "true"),
    diff: ["diff", "dry-run", "dryRun"].some((name) => options[name] === "true"),
    fixApplied: (options["fix-applied"] ?? options["fixApplied"]) === "true",
    updateBaseline: (options["update-baseline"] ?? options["updateBaseline"]) === "true",
    baseline: resolve(workingDirectory, options["baseline"] ?? extra["lint.baseline"] ?? ""),
    hasBaselineName: options["baseline"] !== undefined || extra["lint.baseline"] !== undefined,
    until: readDay(options["until"]),
    together: readTogether(options["together"] ?? extra["lint.together"]),
    database: options["database"] === "true",
    scratch: options["scratch"] === "true",
    pg: readMajor(options["pg"] ?? extra["lint.pg"]),
  };
}

function refuseBoth(options: Readonly<Record<string, string>>): void {
  if (options["scratch"] !== "true") return;
  if (options["database"] === "true") {
    throw new GodwitError("ERROR", "--database and --scratch are both given.", {
      advice: "Give one: the files are judged against one server.",
    });
  }
  if (FIXING.some((name) => options[name] === "true")) {
    throw new GodwitError("ERROR", "--scratch runs the files as they are, so that it cannot mend them.", {
      advice: "Mend them with --fix first, and then lint with --scratch.",
    });
  }
}

function readFormat(text: string | undefined, world: World): LintFormat {
  if (text === undefined) return world.settings.extra["outputType"] === "json" ? "json" : "text";
  return oneOf("format", text, LINT_FORMATS);
}

const readSeverity = (text: string | undefined): Severity =>
  text === undefined ? "warning" : oneOf("fail-on", text, SEVERITIES);

const readTogether = (text: string | undefined): "file" | "set" | undefined =>
  text === undefined ? undefined : oneOf("together", text, TOGETHER);

function oneOf<T extends string>(option: string, text: string, values: readonly T[]): T {
  const found = values.find((v) => v === text.toLowerCase());
  if (found !== undefined) return found;
  throw new GodwitError("ERROR", `--${option} has the value "${text}".`, {
    advice: `It takes ${values.join(", ")}.`,
  });
}

function readMajor(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const major = Number(text.split(".")[0]);
  if (Number.isInteger(major) && major >= 9 && major < 100) return major;
  throw new GodwitError("ERROR", `--pg has the value "${text}".`, {
    advice: "Give a major version of PostgreSQL, such as 15.",
  });
}

function readDay(text: string | undefined): string | undefined {
  if (text === undefined || (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))))
    return text;
  throw new GodwitError("ERROR", `--until has the value "${text}".`, {
    advice: "Write the day as YYYY-MM-DD.",
  });
}
