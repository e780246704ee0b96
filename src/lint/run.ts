// Rules over files: replays the statements of all files into the catalog model and asks the rules about those that are
// judged. Pure: files come in as values, findings go out.
import { GodwitError } from "../base/errors.ts";
import { compareVersions } from "../migrations/version.ts";
import { transactionNeed } from "../sql/transactional.ts";
import { ACTION_KINDS, type Action, type ActionKind, type ObjectName } from "../tree/action.ts";
import type { Parser } from "../tree/parser.ts";
import type { ReadStatement } from "../tree/script.ts";
import { languageOf, readApplication } from "./application-text.ts";
import { applyAction } from "./apply.ts";
import type { ActiveRule } from "./configure.ts";
import type { LintFinding } from "./finding.ts";
import { withOrigins } from "./from-schema.ts";
import { LineIndex } from "./lines.ts";
import { type LockFact, locksOf } from "./locks.ts";
import { Catalog, isDynamic, type ModelTable, type Origin } from "./model.ts";
import {
  besideIn,
  catalogBeside,
  type ReplayMemory,
  readFile,
  replayFile,
  scriptOf,
  startOf,
} from "./replay.ts";
import { Reporter } from "./reporter.ts";
import { type EndContext, type FileFacts, type Rule, type RuleContext, type Script, shown } from "./rule.ts";
import { sizeText } from "./size.ts";
import type { ApplicationFile, Project, SourceFile } from "./source.ts";
import { SUPPRESSION_WORD } from "./suppress.ts";
import { TransactionState } from "./transaction.ts";
import type { Truth } from "./truth.ts";

export interface LintRun {
  readonly parser: Parser;
  readonly project: Project;
  readonly rules: readonly ActiveRule[];
  /** Ids and aliases of all rules, active or not: what suppressions may name. */
  readonly known: ReadonlySet<string>;
  /** "file": each file is deployed on its own; "set": all judged files together. */
  readonly together: "file" | "set";
  /** Of earlier runs over the same folder. */
  readonly memory?: ReplayMemory;
}

export interface LintResult {
  /** By file, line, column. */
  readonly findings: readonly LintFinding[];
  readonly files: number;
  readonly statements: number;
  readonly suppressed: number;
}

export const lint = (run: LintRun): LintResult => allSteps(lintSteps(run));

/** Goes through steps without a pause. */
export function allSteps<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** `lint` in small steps, between which the caller may do something else, or stop. */
export function lintSteps(run: LintRun): Generator<void, LintResult> {
  return new Lint(run).steps();
}

/** The database as a place in a file finds it. */
export interface SchemaAt {
  /** Before the statement at the place. */
  readonly catalog: Catalog;
  readonly script: string;
  readonly statement: ReadStatement | undefined;
  /** The catalog behind that statement. */
  readonly after: () => Catalog;
}

/** `offset` is one of the script. Undefined for files that are not SQL or cannot be split. */
export function* schemaAt(
  run: Pick<LintRun, "parser" | "project" | "memory">,
  path: string,
  offset: number,
): Generator<void, SchemaAt | undefined> {
  const files = orderOf(run);
  const at = files.findIndex((f) => f.path === path);
  const source = files[at];
  const script = source === undefined ? undefined : scriptOf(source);
  if (source === undefined || script === undefined) return undefined;
  const start = startOf(run, files, at);
  const isBeside = besideIn(files);
  for (const file of files.slice(start.index, at))
    if (!isBeside(file)) yield* replayFile(run, file, start.catalog);
  run.memory?.keep(at, start.catalog);
  const catalog = isBeside(source) ? catalogBeside(run, source, start.catalog) : start.catalog;
  catalog.resetSession();
  const apply = (to: Catalog, { actions }: ReadStatement): void => {
    for (const action of actions) applyAction(to, action, { file: path, start: action.start }, script);
  };
  const statements = yield* readOrNothing(run, path, script);
  if (statements === undefined) return undefined;
  const statement = statements.find((read) => read.statement.end >= offset);
  for (const read of statements) {
    if (read === statement) break;
    apply(catalog, read);
  }
  const after = (): Catalog => {
    const copy = catalog.clone();
    if (statement !== undefined) apply(copy, statement);
    return copy;
  };
  return { catalog, script, statement, after };
}

function* readOrNothing(
  run: Pick<LintRun, "parser" | "project" | "memory">,
  path: string,
  script: string,
): Generator<void, readonly ReadStatement[] | undefined> {
  try {
    return yield* readFile(run, path, script);
  } catch (error) {
    if (error instanceof GodwitError) return undefined;
    throw error;
  }
}

/** The same with a database at hand. @throws whatever the database gives. */
export function lintOn(run: LintRun, truth: Truth): Promise<LintResult> {
  return new Lint(run).resultOn(truth);
}

/** Versioned by version, a baseline before the version of the same number, then repeatables by description. */
export function inOrder(files: readonly SourceFile[]): readonly SourceFile[] {
  const rank = ({ kind }: SourceFile): number => (kind === "repeatable" ? 1 : kind === "callback" ? 2 : 0);
  const kinds = { baseline: 0, versioned: 1, undo: 2, repeatable: 3, callback: 4 };
  return [...files].sort((a, b) => {
    const difference = rank(a) - rank(b);
    if (difference !== 0) return difference;
    if (a.version !== undefined && b.version !== undefined) {
      return compareVersions(a.version, b.version) || kinds[a.kind] - kinds[b.kind] || order(a.path, b.path);
    }
    return order(a.description, b.description) || order(a.path, b.path);
  });
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What is called for an action of a kind, in the order of the rules. */
type Handlers = ReadonlyMap<
  ActionKind,
  readonly { readonly handle: Handler; readonly context: RuleContext }[]
>;

class Lint {
  readonly #run: LintRun;
  readonly #files: readonly SourceFile[];
  readonly #isBeside: (source: SourceFile) => boolean;
  readonly #reporters = new Map<string, Reporter>();
  readonly #ruled: readonly Ruled[];
  readonly #statementRules: readonly Ruled[];
  readonly #handlers: Handlers;
  /** The file at hand. */
  #now: Base;
  readonly #judged: ReadonlySet<string>;
  readonly #scripts = new Map<string, Script>();
  #statements = 0;

  #catalog: Catalog;

  constructor(run: LintRun) {
    this.#run = run;
    this.#files = orderOf(run);
    this.#isBeside = besideIn(this.#files);
    this.#catalog = new Catalog(run.project.searchPath);
    this.#ruled = run.rules.map((active) => ({ rule: active.rule, context: this.#contextOf(active) }));
    this.#handlers = handlersOf(this.#ruled);
    this.#statementRules = this.#ruled.filter(
      ({ rule }) => rule.statement !== undefined || rule.reference !== undefined,
    );
    this.#now = {
      catalog: this.#catalog,
      file: NO_FILE,
      transaction: new TransactionState(false),
      reporter: undefined,
      locks: NO_LOCKS,
    };
    this.#judged = new Set(this.#files.filter((f) => f.judged).map((f) => f.path));
  }

  *steps(): Generator<void, LintResult> {
    const files = this.#files;
    const first = files.findIndex((f) => f.judged);
    const start = startOf(this.#run, files, first === -1 ? files.length : first);
    this.#catalog = start.catalog;
    for (const [i, source] of files.slice(start.index).entries()) {
      if (source.judged) this.#run.memory?.keep(start.index + i, this.#catalog);
      yield* this.#one(source);
    }
    this.#end(this.#run.project.failures);
    return this.#collect();
  }

  async resultOn(truth: Truth): Promise<LintResult> {
    for (const source of this.#files) {
      if (!source.judged && (await truth.advance(source))) continue;
      const catalog = await truth.catalog(source);
      if (catalog !== undefined) {
        withOrigins(catalog, this.#catalog);
        this.#catalog = catalog;
      }
      allSteps(this.#one(source));
      if (source.judged) await truth.advance(source);
    }
    this.#end(truth.failures);
    return this.#collect();
  }

  *#one(source: SourceFile): Generator<void, void> {
    const beside = this.#isBeside(source);
    if (source.judged)
      yield* this.#file(source, beside ? catalogBeside(this.#run, source, this.#catalog) : this.#catalog);
    else if (!beside) yield* replayFile(this.#run, source, this.#catalog);
  }

  #reporter(source: SourceFile): Reporter {
    const known = this.#reporters.get(source.path);
    if (known !== undefined) return known;
    const made = new Reporter(source, this.#run);
    this.#reporters.set(source.path, made);
    return made;
  }

  *#file(source: SourceFile, catalog: Catalog): Generator<void, void> {
    const script = scriptOf(source);
    if (script === undefined) {
      catalog.isPartial = true;
      return;
    }
    catalog.resetSession();
    const reporter = this.#reporter(source);
    const statements = yield* this.#read(source.path, script, reporter);
    const actions = statements.flatMap((s) => s.actions);
    const facts: FileFacts = {
      source,
      script,
      statements,
      actions,
      actionsOf: byKind(actions),
      transactional: this.#isTransactional(source, statements),
    };
    const transaction = new TransactionState(facts.transactional);
    const base: Base = { catalog, file: facts, transaction, reporter, locks: NO_LOCKS };
    this.#now = base;
    this.#statements += statements.length;
    for (const read of statements) {
      this.#statement(read, base);
      yield;
    }
    for (const { rule, context } of this.#ruled) rule.file?.(context);
    const spots = statements.map(({ statement: { start, end } }) => ({ start, end }));
    this.#scripts.set(source.path, { text: script, statements: spots, transactional: facts.transactional });
    reporter.statements(spots);
  }

  /** A text that cannot be split is told as a finding and gives no statements. */
  *#read(path: string, script: string, reporter: Reporter): Generator<void, readonly ReadStatement[]> {
    try {
      return yield* readFile(this.#run, path, script);
    } catch (error) {
      if (!(error instanceof GodwitError)) throw error;
      const syntax = this.#run.rules.find(({ rule }) => rule.id === "syntax-error");
      if (syntax !== undefined) {
        const start =
          error.place === undefined
            ? 0
            : new LineIndex(script).offsetAt(error.place.line, error.place.column);
        reporter.add(syntax, { start }, error.message);
      }
      return [];
    }
  }

  #isTransactional(source: SourceFile, statements: readonly ReadStatement[]): boolean {
    if (source.executeInTransaction !== undefined) return source.executeInTransaction;
    if (!this.#run.project.executeInTransaction) return false;
    const version = this.#run.project.pg * 10_000;
    return !statements.some(
      ({ statement }) => transactionNeed(statement, version).kind === "non-transactional",
    );
  }

  #statement(read: ReadStatement, base: Base): void {
    const { catalog, transaction } = base;
    for (const { rule, context } of this.#statementRules) {
      rule.statement?.(read, context);
      if (rule.reference !== undefined) for (const found of read.references) rule.reference(found, context);
    }
    const file = base.file.source.path;
    for (const action of read.actions) {
      base.locks = locksOf(action, catalog);
      this.#action(action);
      transaction.add(action, base.locks, catalog, ({ table }) => this.#isBusy(table, base));
      base.locks = NO_LOCKS;
      applyAction(catalog, action, { file, start: action.start }, base.file.script);
    }
    transaction.endStatement();
  }

  #action(action: Action): void {
    for (const { handle, context } of this.#handlers.get(action.kind) ?? []) handle(action, context);
  }

  /** One a rule: what changes from file to file is looked up when it is asked for. */
  #contextOf(active: ActiveRule): RuleContext {
    const now = (): Base => this.#now;
    const { project } = this.#run;
    // The rows of a foreign table are elsewhere: they may be changed, but no lock here is held for them.
    const hasNoRows = (table: ObjectName, { family }: Rule): boolean =>
      now().catalog.isEmpty(table) ||
      (family === "lock" && now().catalog.table(table)?.kind === "foreign-table");
    return {
      get catalog() {
        return now().catalog;
      },
      get file() {
        return now().file;
      },
      get transaction() {
        return now().transaction;
      },
      get locks() {
        return now().locks;
      },
      project,
      pg: project.pg,
      option: (name) => active.options[name] ?? "",
      isFresh: (origin) => this.#isFresh(origin, now().file.source),
      isBusy: (table) =>
        this.#isBusy(table, now()) && !(active.rule.rows === true && hasNoRows(table, active.rule)),
      sized: (table) => `${shown(table)}${sizeText(now().catalog.table(table)?.size)}`,
      report: (at, message, extra) => now().reporter?.add(active, at, message, extra),
    };
  }

  #isFresh(origin: Origin, current: SourceFile): boolean {
    if (origin.file === current.path) return true;
    if (this.#run.together !== "set" || !this.#judged.has(origin.file)) return false;
    return !this.#run.project.applied.has(origin.file);
  }

  #isBusy(name: ObjectName, { catalog, file }: Base): boolean {
    if (isDynamic(name)) return false;
    const table = catalog.table(name);
    return table === undefined || (!table.temporary && !this.#isFresh(table.origin, file.source));
  }

  #end(failures: EndContext["failures"]): void {
    const catalog = this.#catalog;
    const application = new Map(this.#run.project.application.map((f) => [f.path, f]));
    for (const file of application.values()) {
      // A suppression with nothing to suppress is a finding too.
      if (file.text.includes(SUPPRESSION_WORD)) this.#reporter(applicationFile(file));
    }
    const judged = this.#files.filter((f) => f.judged);
    const isJudged = ({ file }: Origin): boolean => this.#judged.has(file);
    const tables = [...catalog.tables.values()].filter((t) => originsOf(t).some(isJudged));
    const sourceOf = (path: string): SourceFile => {
      const file = application.get(path);
      if (file !== undefined) return applicationFile(file);
      return this.#files.find((f) => f.path === path) ?? strayFile(path);
    };
    for (const active of this.#run.rules) {
      if (active.rule.end === undefined) continue;
      const context: EndContext = {
        project: this.#run.project,
        pg: this.#run.project.pg,
        option: (name) => active.options[name] ?? "",
        catalog,
        files: this.#files,
        judged,
        isJudged,
        scriptOf: (path) => this.#scripts.get(path),
        failures,
        tables,
        madeTables: () => tables.filter((t) => isJudged(t.origin)),
        report: (path, at, message, extra) => {
          const known = this.#reporters.get(path);
          if (known !== undefined) known.add(active, at, message, extra);
          else this.#reporter(sourceOf(path)).add(active, at, message, extra);
        },
      };
      active.rule.end(context);
    }
  }

  #collect(): LintResult {
    const results = [...this.#reporters.values()].map((r) => r.finish());
    const rank = new Map<string, number>();
    for (const [i, { path }] of this.#files.entries()) if (this.#reporters.has(path)) rank.set(path, i);
    const findings = results.flatMap((r) => r.findings);
    findings.sort(
      (a, b) =>
        (rank.get(a.file) ?? Number.MAX_SAFE_INTEGER) - (rank.get(b.file) ?? Number.MAX_SAFE_INTEGER) ||
        order(a.file, b.file) ||
        a.line - b.line ||
        a.column - b.column ||
        order(a.rule, b.rule),
    );
    return {
      findings,
      files: this.#judged.size,
      statements: this.#statements,
      suppressed: results.reduce((sum, r) => sum + r.suppressed, 0),
    };
  }
}

/** Sorted out on the first question: most files are never asked. */
function byKind(actions: readonly Action[]): FileFacts["actionsOf"] {
  let sorted: Map<ActionKind, Action[]> | undefined;
  return <K extends ActionKind>(kind: K) => {
    if (sorted === undefined) {
      sorted = new Map();
      for (const action of actions) {
        const list = sorted.get(action.kind);
        if (list === undefined) sorted.set(action.kind, [action]);
        else list.push(action);
      }
    }
    const found = sorted.get(kind) ?? [];
    return isOfKind(found, kind) ? found : [];
  };
}

/** They are sorted by kind. */
const isOfKind = <K extends ActionKind>(
  actions: readonly Action[],
  kind: K,
): actions is readonly Extract<Action, { readonly kind: K }>[] => actions[0]?.kind === kind;

interface Base {
  readonly catalog: Catalog;
  readonly file: FileFacts;
  readonly transaction: TransactionState;
  /** undefined before the first file. */
  readonly reporter: Reporter | undefined;
  /** Of the action at hand. */
  locks: readonly LockFact[];
}

const NO_LOCKS: readonly LockFact[] = [];

/** In the order in which they run; what a database has applied comes first. */
function orderOf({ project, memory }: Pick<LintRun, "project" | "memory">): readonly SourceFile[] {
  const { applied, files } = project;
  const ordered = memory?.ordered(files, inOrder) ?? inOrder(files);
  if (applied.size === 0) return ordered;
  return [...ordered.filter((f) => applied.has(f.path)), ...ordered.filter((f) => !applied.has(f.path))];
}

/** Where a table and what hangs on it came to be. */
const originsOf = ({ origin, constraints, indexes }: ModelTable): readonly Origin[] => [
  origin,
  ...[...constraints.values()].map((c) => c.origin),
  ...[...indexes.values()].map((i) => i.origin),
];

interface Ruled {
  readonly rule: Rule;
  readonly context: RuleContext;
}

function applicationFile({ path, text }: ApplicationFile): SourceFile {
  const language = languageOf(path);
  const comments = language === undefined ? [] : readApplication(text, language).comments;
  return { ...strayFile(path), kind: "callback", text, comments };
}

const strayFile = (path: string): SourceFile => ({
  path,
  name: path.slice(path.lastIndexOf("/") + 1),
  kind: "versioned",
  version: undefined,
  description: "",
  text: undefined,
  replaced: undefined,
  executeInTransaction: undefined,
  judged: true,
});

const NO_FILE: FileFacts = {
  source: strayFile(""),
  script: "",
  statements: [],
  actions: [],
  actionsOf: () => [],
  transactional: false,
};

function handlersOf(rules: readonly Ruled[]): Handlers {
  return new Map(
    ACTION_KINDS.map((kind) => [
      kind,
      rules.flatMap(({ rule, context }) => {
        const on: { readonly [kind: string]: Handler | undefined } = rule.on ?? {};
        // A team's rule may say `this`.
        const every = rule.team === undefined ? rule.each : rule.each?.bind(rule);
        const each = rule.kinds?.includes(kind) === false ? undefined : every;
        const own = rule.team === undefined ? on[kind] : on[kind]?.bind(on);
        return [each, own].flatMap((handle) => (handle === undefined ? [] : [{ handle, context }]));
      }),
    ]),
  );
}

/** A method's parameter may be narrower: `on` is looked up by the action's own kind, which a table cannot say. */
type Handler = { handle(action: Action, context: RuleContext): void }["handle"];
