// What the verbs about files do: lint, rules, add and rebase. Each loads what it needs when it is called, since rules and
// PostgreSQL's parser are heavy.
import { lintOptions } from "../commands/lint.ts";
import type { World } from "../engine/engine.ts";
import type { AddOutcome, RuleListOutcome } from "../lint/finding.ts";
import type { RebaseOutcome } from "../lint/move.ts";
import type { AddOptions, LintOptions, LintReport, RebaseOptions, RulesOptions } from "./options.ts";

export async function lint(world: World, options: LintOptions): Promise<LintReport> {
  const { prepareParser, runLint } = await import("../commands/lint-run.ts");
  await prepareParser();
  const { files = [], pending = false, diff = false } = options;
  const words = pending ? [...files, "pending"] : files;
  const { operation, findings, summary, notes, patch } = await runLint(
    world,
    lintOptions(
      world,
      texts({
        since: options.since,
        preset: options.presets?.join(","),
        rule: options.rules?.join(","),
        fix: options.fix,
        "fix-applied": options.fixApplied,
        diff,
        together: options.together,
        database: options.database,
        scratch: options.scratch,
        pg: options.pg,
        baseline: options.baseline,
        "update-baseline": options.updateBaseline,
        until: options.until,
      }),
      words,
    ),
  );
  return { operation, findings, summary, notes, ...(patch === undefined ? {} : { patch }) };
}

export async function rules(world: World, { presets }: RulesOptions): Promise<RuleListOutcome> {
  const { listRules } = await import("../commands/rules-run.ts");
  return listRules({ world, settings: world.settings, options: texts({ preset: presets?.join(",") }) });
}

export async function add(world: World, options: AddOptions): Promise<AddOutcome> {
  const { addMigration } = await import("../commands/add-run.ts");
  const { description, set, signal: _, onEvent: __, settings: ___, ...own } = options;
  const words = description === undefined ? [] : [description];
  return addMigration(world, texts(own), words, { values: set });
}

export async function rebase(world: World, options: RebaseOptions): Promise<RebaseOutcome> {
  const [{ prepareParser }, { rebase: move }] = await Promise.all([
    import("../commands/lint-run.ts"),
    import("../commands/rebase-run.ts"),
  ]);
  await prepareParser();
  const { files = [], onto, dryRun = false, force = false, offline = false } = options;
  return move(world, { words: files, onto, dryRun, force, offline });
}

/** Options as the command line has them. */
const texts = (
  options: Readonly<Record<string, string | number | boolean | undefined>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
