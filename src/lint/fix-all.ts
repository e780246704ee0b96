// Fixes over a project, until nothing is left that can be mended. One rule a file and round: a fix is made for the text
// that its rule has seen.
import type { Parser } from "../tree/parser.ts";
import { readScript } from "../tree/script.ts";
import type { LintFinding } from "./finding.ts";
import { applyFixes } from "./fix.ts";
import type { Rule } from "./rule.ts";
import type { LintResult } from "./run.ts";
import type { Project, SourceFile } from "./source.ts";

export interface FixRequest {
  readonly project: Project;
  /** What was found in it. */
  readonly first: LintResult;
  /** Paths of files that must not change. */
  readonly kept: ReadonlySet<string>;
  readonly parser: Parser;
  /** Those in force. */
  readonly rules: readonly Rule[];
  /** By path: the placeholders of a new text. */
  readonly replace: ReadonlyMap<string, (text: string) => SourceFile["replaced"]>;
  readonly judge: (project: Project) => Promise<LintResult>;
}

export interface Change {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** Ids of the rules whose findings were mended, in that order. */
  readonly rules: readonly string[];
}

export interface FixRun {
  readonly result: LintResult;
  readonly project: Project;
  readonly changes: readonly Change[];
  /** How many findings were mended. */
  readonly fixed: number;
  readonly notes: readonly string[];
}

/** More rounds than any file needs: a rule whose fix does not end would go on for ever. */
const MOST_ROUNDS = 1000;

export function fixAll(request: FixRequest): Promise<FixRun> {
  return new Fixer(request).run();
}

class Fixer {
  readonly #request: FixRequest;
  readonly #rank: ReadonlyMap<string, number>;
  readonly #mended = new Map<string, string[]>();
  /** "path rule": its fix did not give SQL. */
  readonly #blocked = new Set<string>();
  #fixed = 0;

  constructor(request: FixRequest) {
    this.#request = request;
    const first = request.rules.filter((r) => r.fix?.isFirst === true);
    const later = request.rules.filter((r) => r.fix?.isFirst !== true);
    this.#rank = new Map([...first, ...later].map((rule, i) => [rule.id, i]));
  }

  async run(): Promise<FixRun> {
    let { project, first: result } = this.#request;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const chosen = this.#chosen(result.findings);
      if (chosen.size === 0) break;
      const files = project.files.map((file) => this.#mend(file, chosen.get(file.path) ?? []));
      project = { ...project, files };
      result = await this.#request.judge(project);
    }
    return {
      result,
      project,
      changes: this.#changes(project),
      fixed: this.#fixed,
      notes: this.#notes(result),
    };
  }

  /** Of each file, the findings of one rule. */
  #chosen(findings: readonly LintFinding[]): ReadonlyMap<string, readonly LintFinding[]> {
    const chosen = new Map<string, LintFinding[]>();
    for (const finding of findings) {
      const { file, rule, fix } = finding;
      if (fix.length === 0 || this.#request.kept.has(file) || this.#blocked.has(`${file} ${rule}`)) continue;
      const others = chosen.get(file);
      const before = this.#rankOf(others?.[0]?.rule) - this.#rankOf(rule);
      if (others !== undefined && before === 0) others.push(finding);
      else if (others === undefined || before > 0) chosen.set(file, [finding]);
    }
    return chosen;
  }

  #rankOf(rule: string | undefined): number {
    return this.#rank.get(rule ?? "") ?? Number.MAX_SAFE_INTEGER;
  }

  #mend(file: SourceFile, findings: readonly LintFinding[]): SourceFile {
    const [finding] = findings;
    if (finding === undefined || file.text === undefined) return file;
    const { text, count } = applyFixes(file.text, findings);
    const replaced = this.#request.replace.get(file.path)?.(text);
    if (this.#problems(replaced?.text ?? text) > this.#problems(file.replaced?.text ?? file.text)) {
      this.#blocked.add(`${file.path} ${finding.rule}`);
      return file;
    }
    this.#fixed += count;
    const mended = this.#mended.get(file.path) ?? [];
    if (!mended.includes(finding.rule)) mended.push(finding.rule);
    this.#mended.set(file.path, mended);
    return { ...file, text, replaced };
  }

  #problems(script: string): number {
    let count = 0;
    for (const { problems } of readScript(this.#request.parser, script)) count += problems.length;
    return count;
  }

  #changes({ files }: Project): readonly Change[] {
    const before = new Map(this.#request.project.files.map((f) => [f.path, f.text]));
    return files.flatMap(({ path, text = "" }) => {
      const old = before.get(path) ?? "";
      return text === old ? [] : [{ path, before: old, after: text, rules: this.#mended.get(path) ?? [] }];
    });
  }

  #notes({ findings }: LintResult): readonly string[] {
    const kept = new Set(
      findings.filter((f) => f.fixable && this.#request.kept.has(f.file)).map((f) => f.file),
    );
    const one = kept.size === 1;
    return [
      ...[...this.#blocked].map(
        (entry) =>
          `The fix of ${entry.split(" ").at(-1)} does not fit ${entry.slice(0, entry.lastIndexOf(" "))}: mend it by hand.`,
      ),
      ...(kept.size === 0
        ? []
        : [
            `${one ? "One file is" : `${kept.size} files are`} on the main branch or applied already and ${one ? "was" : "were"} not mended: a committed migration must not change.`,
          ]),
    ];
  }
}
