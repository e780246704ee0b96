// Rules over files: replays the statements of all files into the catalog model and asks the rules about those that are
// judged. Pure: files come in as values, findings go out.
import { GodwitError } from "../base/errors.ts";
import { compareVersions } from "../migrations/version.ts";
import { transactionNeed } from "../sql/transactional.ts";
import { ACTION_KINDS, type Action, type ActionKind, type ObjectName } from "../tree/action.ts";
import type { Parser } from "../tree/parser.ts";
import { type ReadStatement, readScript } from "../tree/script.ts";
import { languageOf, readApplication } from "./application-text.ts";
import { applyAction } from "./apply.ts";
import type { ActiveRule } from "./configure.ts";
import type { LintFinding } from "./finding.ts";
import { withOrigins } from "./from-schema.ts";
import { LineIndex } from "./lines.ts";
import { locksOf } from "./locks.ts";
import { Catalog, isDynamic, type Origin } from "./model.ts";
import { Reporter } from "./reporter.ts";
import { type EndContext, type FileFacts, type RuleContext, type Script, shown } from "./rule.ts";
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
}

export interface LintResult {
  /** By file, line, column. */
  readonly findings: readonly LintFinding[];
  readonly files: number;
  readonly statements: number;
  readonly suppressed: number;
}

export function lint(run: LintRun): LintResult {
  return new Lint(run).result();
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

type Handlers = ReadonlyMap<ActionKind, readonly ActiveRule[]>;

class Lint {
  readonly #run: LintRun;
  readonly #files: readonly SourceFile[];
  readonly #reporters = new Map<string, Reporter>();
  readonly #handlers: Handlers;
  readonly #judged: ReadonlySet<string>;
  readonly #scripts = new Map<string, Script>();
  #statements = 0;

  #catalog: Catalog;

  constructor(run: LintRun) {
    this.#run = run;
    const { files, applied, searchPath } = run.project;
    const ordered = inOrder(files);
    this.#files = [
      ...ordered.filter((f) => applied.has(f.path)),
      ...ordered.filter((f) => !applied.has(f.path)),
    ];
    this.#catalog = new Catalog(searchPath);
    this.#handlers = handlersOf(run.rules);
    this.#judged = new Set(run.project.files.filter((f) => f.judged).map((f) => f.path));
  }

  result(): LintResult {
    for (const source of this.#files) this.#one(source);
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
      this.#one(source);
      if (source.judged) await truth.advance(source);
    }
    this.#end(truth.failures);
    return this.#collect();
  }

  #one(source: SourceFile): void {
    const beside = source.kind === "undo" || source.kind === "callback" || source.kind === "baseline";
    if (!beside) this.#file(source, this.#catalog);
    else if (source.judged) {
      const catalog =
        source.kind === "baseline" ? new Catalog(this.#run.project.searchPath) : this.#catalog.clone();
      this.#file(source, catalog);
    }
  }

  #reporter(source: SourceFile): Reporter {
    const known = this.#reporters.get(source.path);
    if (known !== undefined) return known;
    const made = new Reporter(source, this.#run);
    this.#reporters.set(source.path, made);
    return made;
  }

  #file(source: SourceFile, catalog: Catalog): void {
    const script = source.replaced?.text ?? source.text;
    if (script === undefined) {
      catalog.isPartial = true;
      return;
    }
    catalog.resetSession();
    const reporter = source.judged ? this.#reporter(source) : undefined;
    const statements = this.#read(script, reporter);
    const facts: FileFacts = {
      source,
      script,
      statements,
      actions: statements.flatMap((s) => s.actions),
      transactional: this.#isTransactional(source, statements),
    };
    const transaction = new TransactionState(facts.transactional);
    const context: Base = { catalog, file: facts, transaction, contexts: new Map() };
    if (reporter !== undefined) this.#statements += statements.length;
    for (const read of statements) this.#statement(read, reporter, context);
    if (reporter === undefined) return;
    for (const active of this.#run.rules) active.rule.file?.(this.#context(active, reporter, context));
    const spots = statements.map(({ statement: { start, end } }) => ({ start, end }));
    this.#scripts.set(source.path, { text: script, statements: spots, transactional: facts.transactional });
    reporter.statements(spots);
  }

  /** A text that cannot be split is told as a finding and gives no statements. */
  #read(script: string, reporter: Reporter | undefined): readonly ReadStatement[] {
    try {
      return [...readScript(this.#run.parser, script)];
    } catch (error) {
      if (!(error instanceof GodwitError)) throw error;
      const syntax = this.#run.rules.find(({ rule }) => rule.id === "syntax-error");
      if (syntax !== undefined && reporter !== undefined) {
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

  #statement(read: ReadStatement, reporter: Reporter | undefined, base: Base): void {
    const { catalog, transaction } = base;
    if (reporter !== undefined) {
      for (const active of this.#run.rules) {
        const { statement, reference } = active.rule;
        if (statement === undefined && reference === undefined) continue;
        const context = this.#context(active, reporter, base);
        statement?.(read, context);
        if (reference !== undefined) for (const found of read.references) reference(found, context);
      }
    }
    for (const action of read.actions) {
      if (reporter !== undefined) this.#action(action, reporter, base);
      const locks = locksOf(action, catalog);
      transaction.add(action, locks, catalog, ({ table }) => this.#isBusy(table, base));
      applyAction(catalog, action, { file: base.file.source.path, start: action.start });
    }
    transaction.endStatement();
  }

  #action(action: Action, reporter: Reporter, base: Base): void {
    for (const active of this.#handlers.get(action.kind) ?? []) {
      const context = this.#context(active, reporter, base);
      active.rule.each?.(action, context);
      call(active, action, context);
    }
  }

  #context(active: ActiveRule, reporter: Reporter, base: Base): RuleContext {
    const known = base.contexts.get(active);
    if (known !== undefined) return known;
    const made = this.#newContext(active, reporter, base);
    base.contexts.set(active, made);
    return made;
  }

  #newContext(active: ActiveRule, reporter: Reporter, base: Base): RuleContext {
    return {
      ...base,
      project: this.#run.project,
      pg: this.#run.project.pg,
      option: (name) => active.options[name] ?? "",
      isFresh: (origin) => this.#isFresh(origin, base.file.source),
      isBusy: (table) =>
        this.#isBusy(table, base) && !(active.rule.rows === true && base.catalog.isEmpty(table)),
      sized: (table) => `${shown(table)}${sizeText(base.catalog.table(table)?.size)}`,
      report: (at, message, extra) => reporter.add(active, at, message, extra),
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
    const byPath = new Map(this.#files.map((f) => [f.path, f]));
    const application = new Map(this.#run.project.application.map((f) => [f.path, f]));
    for (const file of application.values()) {
      // A suppression with nothing to suppress is a finding too.
      if (file.text.includes(SUPPRESSION_WORD)) this.#reporter(applicationFile(file));
    }
    const isJudged = ({ file }: Origin): boolean => this.#judged.has(file);
    for (const active of this.#run.rules) {
      if (active.rule.end === undefined) continue;
      const context: EndContext = {
        project: this.#run.project,
        pg: this.#run.project.pg,
        option: (name) => active.options[name] ?? "",
        catalog,
        files: this.#files,
        isJudged,
        scriptOf: (path) => this.#scripts.get(path),
        failures,
        madeTables: () => [...catalog.tables.values()].filter((t) => isJudged(t.origin)),
        report: (path, at, message, extra) => {
          const file = application.get(path);
          const source = byPath.get(path) ?? (file === undefined ? strayFile(path) : applicationFile(file));
          this.#reporter(source).add(active, at, message, extra);
        },
      };
      active.rule.end(context);
    }
  }

  #collect(): LintResult {
    const results = [...this.#reporters.values()].map((r) => r.finish());
    const rank = new Map(this.#files.map((f, i) => [f.path, i]));
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

interface Base {
  readonly catalog: Catalog;
  readonly file: FileFacts;
  readonly transaction: TransactionState;
  /** One a rule and file. */
  readonly contexts: Map<ActiveRule, RuleContext>;
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

function handlersOf(rules: readonly ActiveRule[]): Handlers {
  const handlers = new Map<ActionKind, ActiveRule[]>();
  const add = (kind: ActionKind, active: ActiveRule): void => {
    const list = handlers.get(kind) ?? [];
    if (!list.includes(active)) list.push(active);
    handlers.set(kind, list);
  };
  for (const active of rules) {
    for (const kind of ACTION_KINDS) {
      if (active.rule.each !== undefined || active.rule.on?.[kind] !== undefined) add(kind, active);
    }
  }
  return handlers;
}

/** A method's parameter may be narrower: `on` is looked up by the action's own kind, which a table cannot say. */
type Handler = { handle(action: Action, context: RuleContext): void }["handle"];

function call(active: ActiveRule, action: Action, context: RuleContext): void {
  const handlers: { readonly [kind: string]: Handler | undefined } = active.rule.on ?? {};
  handlers[action.kind]?.(action, context);
}
