// What lint does: gathers the files, git's knowledge and the settings, judges, fixes, and minds the baseline.
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { setFlagsFromString } from "node:v8";
import { GodwitError } from "../base/errors.ts";
import { unifiedDiff } from "../base/unified-diff.ts";
import type { World } from "../engine/engine.ts";
import {
  BASELINE_FILE,
  type Baseline,
  makeBaseline,
  readBaseline,
  withoutBaseline,
} from "../lint/baseline.ts";
import { type ActiveRule, activeRules, type LintSettings } from "../lint/configure.ts";
import type { LintFormat, LintOutcome, RuleFacts } from "../lint/finding.ts";
import { fixAll } from "../lint/fix-all.ts";
import { lineReader } from "../lint/lines.ts";
import type { Rule } from "../lint/rule.ts";
import { type LintResult, type LintRun, lint, lintOn } from "../lint/run.ts";
import type {
  ApplicationFile,
  FileHistory,
  LintFile,
  LintFolder,
  Project,
  SourceFile,
} from "../lint/source.ts";
import { setsVariable } from "../lint/timeouts.ts";
import { changeText, readTextIfThere, writeText } from "../migrations/files-write.ts";
import type { EmbeddedServer } from "../server/embedded.ts";
import { loadParser, type Parser, withParser } from "../tree/parser.ts";
import { applicationFiles, looksAtApplication } from "./lint-application.ts";
import { type DatabaseFacts, databaseTruth, readDatabase } from "./lint-database.ts";
import { looseFile, readLintFolder, sessionPath } from "./lint-files.ts";
import { changedSince, fileHistories, type Git, openGit } from "./lint-git.ts";
import { openScratch, startScratch } from "./lint-scratch.ts";
import { allRules } from "./team-rules.ts";

export interface LintOptions {
  readonly words: readonly string[];
  readonly since: string | undefined;
  readonly format: LintFormat;
  readonly presets: string | undefined;
  readonly only: readonly string[] | undefined;
  readonly fix: boolean;
  /** With fix: show what it would write. */
  readonly diff: boolean;
  /** With fix: files that the main branch or the database has already, too. */
  readonly fixApplied: boolean;
  readonly updateBaseline: boolean;
  readonly baseline: string;
  readonly hasBaselineName: boolean;
  readonly until: string | undefined;
  readonly together: "file" | "set" | undefined;
  readonly pg: number | undefined;
  readonly database: boolean;
  readonly scratch: boolean;
}

/** The oldest major that godwit supports: what is safe there is safe later. */
const OLDEST_MAJOR = 13;

interface Case {
  readonly world: World;
  readonly options: LintOptions;
  readonly parser: Parser;
  readonly rules: readonly ActiveRule[];
  readonly known: ReadonlySet<string>;
  readonly git: Git | undefined;
  readonly together: "file" | "set";
  readonly database: DatabaseFacts | undefined;
  readonly server: EmbeddedServer | undefined;
}

export async function runLint(world: World, options: LintOptions): Promise<LintOutcome> {
  const all = await allRules(world);
  const rules = activeRules(all, lintSettings(world, options), options.only);
  const git =
    rules.some(({ rule }) => rule.id === "applied-file-unchanged") ||
    looksAtApplication(rules) ||
    options.since !== undefined ||
    options.fix
      ? await openGit(world)
      : undefined;
  const database =
    options.database || options.words.includes("pending")
      ? await readDatabase(world, options.database)
      : undefined;
  const { folder, judged, isPart } = await chooseFiles(world, options, rules, git, database);
  return withParser(async (parser) => {
    await using server = options.scratch ? await startScratch(world, options.pg) : undefined;
    const one: Case = {
      world,
      options,
      parser,
      rules,
      known: namesOf(all),
      git,
      together: options.together ?? (isPart ? "set" : "file"),
      database,
      server,
    };
    const notes: string[] = [];
    const project = await projectOf(one, folder, judged);
    const first = await judge(one, project, notes);
    if (!options.fix) return outcomeOf(one, { result: first, texts: textsOf(project), fixed: 0 }, notes);
    return await fixed(one, { folder, project, first }, notes);
  });
}

/** Loads the parser without a change of how the process compiles WebAssembly, for one that is not godwit's own. */
export const prepareParser = (): Promise<Parser> => loadParser(false);

/** What suppressions may name. */
export const namesOf = (rules: readonly Rule[]): ReadonlySet<string> =>
  new Set(rules.flatMap((rule) => [rule.id, ...(rule.aliases ?? [])]));

interface Judged {
  readonly folder: LintFolder;
  readonly project: Project;
  readonly first: LintResult;
}

async function fixed(one: Case, { folder, project, first }: Judged, notes: string[]): Promise<LintOutcome> {
  const { options } = one;
  const kept = options.fixApplied ? new Set<string>() : await unchangeable(one, folder, project, notes);
  const run = await fixAll({
    project,
    first,
    kept,
    parser: one.parser,
    rules: one.rules.map(({ rule }) => rule),
    replace: new Map(folder.files.map((f) => [f.source.path, f.replace])),
    judge: (changed) => judge(one, changed, notes),
  });
  notes.push(...run.notes);
  if (options.diff) {
    const patch = run.changes.map(({ path, before, after }) => unifiedDiff(path, before, after)).join("");
    return { ...outcomeOf(one, { result: first, texts: textsOf(project), fixed: 0 }, notes), patch };
  }
  for (const { path, before, after, rules } of run.changes) {
    const file = folder.files.find((f) => f.source.path === path);
    if (file === undefined) continue;
    changeText({ path: file.absolute, shown: path, encoding: file.encoding, before, after });
    notes.push(`Mended ${path}: ${rules.join(", ")}.`);
  }
  return outcomeOf(one, { result: run.result, texts: textsOf(run.project), fixed: run.fixed }, notes);
}

/** Once applied, it must not change any more. */
export const isUnchangeable = ({ kind }: Pick<SourceFile, "kind">): boolean =>
  kind !== "repeatable" && kind !== "callback";

/** Files that must not change any more: the main branch has them, or the database. Repeatable ones may. */
async function unchangeable(
  { world, database }: Case,
  folder: LintFolder,
  project: Project,
  notes: string[],
): Promise<ReadonlySet<string>> {
  const fixed = project.files.filter((f) => f.judged && isUnchangeable(f));
  const applied = await appliedFiles(world, database, folder, notes);
  if (applied === undefined && project.git.size === 0)
    notes.push("Neither git nor a database says which files are applied: look before you commit.");
  return new Set(
    fixed.map((f) => f.path).filter((path) => project.git.has(path) || applied?.has(path) === true),
  );
}

/** By the history of the database; undefined when none is configured, or it does not answer. */
async function appliedFiles(
  world: World,
  known: DatabaseFacts | undefined,
  folder: LintFolder,
  notes: string[],
): Promise<ReadonlySet<string> | undefined> {
  if (known === undefined && world.settings.connection === undefined && world.embedded) return undefined;
  try {
    const { applied } = known ?? (await readDatabase(world, false));
    return new Set(folder.files.filter((f) => applied.has(f.absolute)).map((f) => f.source.path));
  } catch (error) {
    if (!(error instanceof GodwitError) || error.code === "ABORTED") throw error;
    notes.push(`The database could not be asked which files are applied: ${error.message}`);
    return undefined;
  }
}

export function lintSettings(world: World, options: Pick<LintOptions, "presets">): LintSettings {
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(world.settings.extra))
    if (key.startsWith("lint.")) found[key.slice(5)] = value;
  return options.presets === undefined ? found : { ...found, preset: options.presets };
}

// --- files ---------------------------------------------------------------------------------------------------------

interface Chosen {
  readonly folder: LintFolder;
  /** Absolute paths. */
  readonly judged: ReadonlySet<string>;
  readonly isPart: boolean;
}

async function chooseFiles(
  world: World,
  options: LintOptions,
  rules: readonly ActiveRule[],
  git: Git | undefined,
  database: DatabaseFacts | undefined,
): Promise<Chosen> {
  const folder = readLintFolder(world);
  const all = new Set(folder.files.map((f) => f.absolute));
  const words = options.words.filter((w) => w !== "pending");
  if (options.words.length === 0 && options.since === undefined) {
    const tellsStrays = folder.strays.length > 0 && rules.some(({ rule }) => rule.id === "no-stray-file");
    if (all.size === 0 && !tellsStrays) throw nothingThere(world, folder.strays);
    return { folder, judged: all, isPart: false };
  }
  const judged = new Set<string>();
  if (options.since !== undefined) {
    const changed = await changedSince(git, options.since);
    for (const path of all) if (changed.has(path)) judged.add(path);
  }
  if (words.length < options.words.length)
    for (const path of all) if (database?.pending.has(path) === true) judged.add(path);
  const files = [...folder.files];
  for (const word of words) {
    const absolute = resolve(world.settings.workingDirectory, word);
    const inside = folder.files.filter(
      (f) => f.absolute === absolute || f.absolute.startsWith(`${absolute}/`),
    );
    if (inside.length === 0) files.push(looseFile(world, word));
    for (const path of inside.length === 0 ? [absolute] : inside.map((f) => f.absolute)) judged.add(path);
  }
  return { folder: { files, strays: [] }, judged, isPart: folder.files.some((f) => !judged.has(f.absolute)) };
}

function nothingThere({ settings }: World, [stray]: Project["strays"]): GodwitError {
  return new GodwitError("ERROR", `There is no migration in ${settings.locations.join(", ")}.`, {
    advice:
      stray === undefined
        ? "Set flyway.locations, or name the files: godwit lint FILE."
        : `${stray.path} ${stray.reason}: set flyway.sqlMigrationPrefix and its kin, or name the files: godwit lint FILE.`,
  });
}

async function projectOf(
  { world, options, git, rules, database }: Case,
  folder: LintFolder,
  judged: ReadonlySet<string>,
): Promise<Project> {
  const files: readonly SourceFile[] = folder.files.map(({ source, absolute }) => ({
    ...source,
    judged: judged.has(absolute),
  }));
  const asksGit = options.fix || rules.some(({ rule }) => rule.id === "applied-file-unchanged");
  const histories =
    git === undefined || !asksGit
      ? new Map<string, FileHistory>()
      : await fileHistories(git, located(folder.files, judged));
  const facts = projectFacts(world, options);
  return {
    ...facts,
    files,
    strays: folder.strays,
    application: await applicationOf(world, options, rules, git),
    git: histories,
    applied: new Map(
      folder.files.flatMap(({ source, absolute }) => {
        const applied = database?.applied.get(absolute);
        return applied === undefined || !options.database ? [] : [[source.path, applied]];
      }),
    ),
    searchPath: database !== undefined && options.database ? database.searchPath : facts.searchPath,
    pg: options.pg ?? database?.major ?? facts.pg,
  };
}

/** What comes neither from files nor from a database. */
export const projectFacts = (
  { settings, now }: World,
  { pg }: Pick<LintOptions, "pg">,
): Omit<Project, "files" | "strays" | "application" | "git" | "applied"> => ({
  failures: new Map(),
  searchPath: sessionPath(settings),
  hasLockTimeout:
    settings.lockTimeoutMs !== undefined || setsVariable(settings.initSql ?? "", "lock_timeout"),
  hasStatementTimeout:
    settings.statementTimeoutMs !== undefined || setsVariable(settings.initSql ?? "", "statement_timeout"),
  executeInTransaction: settings.executeInTransaction,
  group: settings.group,
  knowsDefaultSchema: settings.defaultSchema !== undefined || settings.schemas.length > 0,
  separator: settings.sqlMigrationSeparator,
  historyTable: settings.table,
  pg: pg ?? OLDEST_MAJOR,
  today: now().toISOString().slice(0, 10),
});

/** Named migrations are judged without the application; with --since, only what was changed of it. */
async function applicationOf(
  world: World,
  options: LintOptions,
  rules: readonly ActiveRule[],
  git: Git | undefined,
): Promise<readonly ApplicationFile[]> {
  if (options.words.length > 0) return [];
  const files = await applicationFiles(world, rules, git);
  if (options.since === undefined) return files;
  const changed = await changedSince(git, options.since);
  return files.filter(({ path }) => changed.has(resolve(world.settings.workingDirectory, path)));
}

const located = (files: readonly LintFile[], judged: ReadonlySet<string>) =>
  files.filter((f) => judged.has(f.absolute)).map((f) => ({ path: f.source.path, absolute: f.absolute }));

// --- judging and fixing ----------------------------------------------------------------------------------------------

async function judge(
  { world, parser, rules, known, together, database, server }: Case,
  project: Project,
  notes: string[],
): Promise<LintResult> {
  const run = { parser, project, rules, known, together };
  if (server !== undefined) {
    await using scratch = await openScratch(world, server, project, parser);
    const result = await lintOn(run, scratch.truth);
    for (const note of scratch.notes) if (!notes.includes(note)) notes.push(note);
    return result;
  }
  const holds = database?.holds;
  return holds === undefined ? lintLean(run) : lintOn(run, databaseTruth(holds, project, parser));
}

/** Characters. Below, there is little to compile. */
const LARGE = 1_000_000;

/**
 * Half of the processor time of a large run is V8 compiling some hundred functions that then run for a second or two.
 * With less of one function put into another (920 bytes of bytecode unless set) that takes two thirds of the time. Set
 * back at once: what V8 keeps of bundles holds for the flags it was made with.
 */
function lintLean(run: LintRun): LintResult {
  const size = run.project.files.reduce((sum, { text }) => sum + (text?.length ?? 0), 0);
  if (size < LARGE) return lint(run);
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=200");
  try {
    return lint(run);
  } finally {
    setFlagsFromString("--max-inlined-bytecode-size-cumulative=920");
  }
}

const textsOf = (project: Project): ReadonlyMap<string, string> =>
  new Map([...project.files, ...project.application].map((f) => [f.path, f.text ?? ""]));

// --- outcome ---------------------------------------------------------------------------------------------------------

interface Seen {
  readonly result: LintResult;
  readonly texts: ReadonlyMap<string, string>;
  readonly fixed: number;
}

function outcomeOf(one: Case, { result, texts, fixed }: Seen, notes: string[]): LintOutcome {
  const { options, world } = one;
  const path = baselinePath(world, options);
  const lineOf = lineReader(texts);
  if (options.updateBaseline) {
    writeText(
      path,
      `${JSON.stringify(makeBaseline(result.findings, lineOf, options.until), null, 2)}\n`,
      true,
    );
    notes.push(`Wrote ${result.findings.length} findings to ${path}.`);
  }
  const baseline = baselineOf(world, options);
  const findings = withoutBaseline(result.findings, baseline, lineOf, world.now().toISOString().slice(0, 10));
  const count = (severity: string): number => findings.filter((f) => f.severity === severity).length;
  const shown = new Set(findings.map((f) => f.file));
  return {
    operation: "lint",
    findings,
    summary: {
      files: result.files,
      statements: result.statements,
      errors: count("error"),
      warnings: count("warning"),
      infos: count("info"),
      fixable: findings.filter((f) => f.fixable).length,
      fixed,
      suppressed: result.suppressed,
      baselined: result.findings.length - findings.length,
    },
    format: options.format,
    sources: new Map([...texts].filter(([file]) => shown.has(file))),
    repositoryPaths: repositoryPaths(world, shown),
    rules: one.rules.map(({ rule, severity }) => ruleFacts(rule, severity)),
    notes,
    version: world.godwitVersion,
  };
}

/** The variables that say where the working copy is: GitHub, GitLab, Bitbucket, Azure, Jenkins. */
const WORKSPACES = [
  "GITHUB_WORKSPACE",
  "CI_PROJECT_DIR",
  "BITBUCKET_CLONE_DIR",
  "BUILD_SOURCESDIRECTORY",
  "WORKSPACE",
];

/** Where there is no such variable, the working directory is taken for the top of the repository. */
function repositoryPaths({ env, settings }: World, files: ReadonlySet<string>): ReadonlyMap<string, string> {
  const name = WORKSPACES.find((variable) => (env[variable] ?? "") !== "");
  const workspace = name === undefined ? settings.workingDirectory : (env[name] ?? "");
  return new Map(
    [...files].flatMap((file) => {
      const path = relative(workspace, resolve(settings.workingDirectory, file));
      const isOutside = path.startsWith("..") || isAbsolute(path);
      const shown = path.split(sep).join("/");
      return isOutside || shown === file ? [] : [[file, shown]];
    }),
  );
}

type BaselineChoice = Pick<LintOptions, "baseline" | "hasBaselineName">;

const baselinePath = ({ settings }: World, { baseline, hasBaselineName }: BaselineChoice): string =>
  hasBaselineName ? baseline : join(settings.workingDirectory, BASELINE_FILE);

/** @throws GodwitError for a baseline that is named but missing, and for one that cannot be read. */
export function baselineOf(world: World, options: BaselineChoice): Baseline | undefined {
  const path = baselinePath(world, options);
  const text = readTextIfThere(path);
  if (text === undefined && options.hasBaselineName) throw missingBaseline(path);
  return text === undefined ? undefined : readBaseline(text, path);
}

const missingBaseline = (path: string): GodwitError =>
  new GodwitError("CONFIGURATION", `The baseline ${path} does not exist.`, {
    advice: "Write it with godwit lint --update-baseline.",
  });

export const ruleFacts = (rule: Rule, severity: RuleFacts["severity"]): RuleFacts => ({
  id: rule.id,
  family: rule.family,
  severity,
  summary: rule.summary,
  clause: rule.clause ?? null,
  why: rule.why,
  instead: rule.instead,
  aliases: rule.aliases ?? [],
  team: rule.team?.file ?? null,
  code: rule.team?.code ?? null,
});
