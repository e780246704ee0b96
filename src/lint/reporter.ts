// The findings of one file: from places in the script to places in the file, through its suppressions.
import { suggest } from "../base/suggest.ts";
import type { ActiveRule } from "./configure.ts";
import { mentions } from "./edits.ts";
import type { Edit, LintFinding } from "./finding.ts";
import { LineIndex } from "./lines.ts";
import type { At, Extra } from "./rule.ts";
import type { LintRun } from "./run.ts";
import type { SourceFile } from "./source.ts";
import { type Suppression, suppressionsIn } from "./suppress.ts";

interface Raised {
  readonly finding: LintFinding;
  /** Offset in the file. */
  readonly start: number;
}

export class Reporter {
  readonly #source: SourceFile;
  readonly #run: LintRun;
  readonly #text: string;
  #lines: LineIndex | undefined;
  readonly #raised: Raised[] = [];
  #spots: readonly { readonly start: number; readonly end: number }[] = [];

  constructor(source: SourceFile, run: LintRun) {
    this.#source = source;
    this.#run = run;
    this.#text = source.text ?? "";
  }

  statements(statements: readonly { readonly start: number; readonly end: number }[]): void {
    this.#spots = statements.map(({ start, end }) => ({
      start: this.#original(start),
      end: this.#original(end),
    }));
  }

  add(active: ActiveRule, at: At, message: string, extra: Extra = {}): void {
    const original = (offset: number): number => (at.inFile === true ? offset : this.#original(offset));
    const start = original(at.start);
    const end = Math.max(start, original(at.end ?? at.start));
    this.#push(active, start, end, message, extra, this.#originalEdits(extra.fix ?? []));
  }

  finish(): { readonly findings: readonly LintFinding[]; readonly suppressed: number } {
    const suppressions = suppressionsIn(this.#text, this.#spots, this.#source.comments);
    if (suppressions.length === 0) return { findings: this.#raised.map((r) => r.finding), suppressed: 0 };
    const used = new Set<Suppression>();
    const kept = this.#raised.filter(({ finding, start }) => {
      const by = suppressions.filter((s) => this.#covers(s, finding.rule, start));
      for (const suppression of by) used.add(suppression);
      return by.length === 0;
    });
    const suppressed = this.#raised.length - kept.length;
    this.#raised.splice(0, this.#raised.length, ...kept);
    for (const suppression of suppressions) this.#judge(suppression, used.has(suppression));
    return { findings: this.#raised.map((r) => r.finding), suppressed };
  }

  #covers(suppression: Suppression, ruleId: string, start: number): boolean {
    if (suppression.reason === "" || this.#isExpired(suppression)) return false;
    if (start < suppression.from || start > suppression.to) return false;
    return suppression.rules.some((name) =>
      this.#run.rules.some(
        ({ rule }) => rule.id === ruleId && [rule.id, ...(rule.aliases ?? [])].includes(name),
      ),
    );
  }

  #isExpired({ until }: Suppression): boolean {
    return until !== undefined && until < this.#run.project.today;
  }

  #judge(suppression: Suppression, isUsed: boolean): void {
    const { start, end, rules } = suppression;
    const unknown = rules.filter((name) => !this.#run.known.has(name));
    if (unknown.length > 0)
      this.#own(
        "ignore-known-rule",
        start,
        end,
        `The comment names ${unknown.join(", ")}, which is no rule.`,
        this.#meant(suppression, unknown),
      );
    else if (suppression.reason === "")
      this.#own(
        "ignore-with-reason",
        start,
        end,
        `The comment gives no reason for ignoring ${rules.join(", ")}.`,
      );
    else if (this.#isExpired(suppression)) {
      this.#own(
        "ignore-not-expired",
        start,
        end,
        `The comment ignores ${rules.join(", ")} until ${suppression.until}, which has passed.`,
      );
    } else if (!isUsed && rules.every((name) => this.#isActive(name))) {
      this.#own(
        "no-unused-ignore",
        start,
        end,
        `The comment ignores ${rules.join(", ")}, but there is nothing to ignore.`,
        [this.#removal(start, end)],
      );
    }
  }

  #isActive(name: string): boolean {
    return this.#run.rules.some(({ rule }) => rule.id === name || rule.aliases?.includes(name) === true);
  }

  /** Findings about the comments themselves; their rules have no other code. */
  #own(id: string, start: number, end: number, message: string, fix: readonly Edit[] = []): void {
    const active = this.#run.rules.find(({ rule }) => rule.id === id);
    if (active !== undefined) this.#push(active, start, end, message, {}, fix);
  }

  /** The names that were meant, where all of them can be guessed. */
  #meant({ start, end }: Suppression, unknown: readonly string[]): readonly Edit[] {
    return unknown.flatMap((name) => {
      const rule = suggest(name, [...this.#run.known]);
      const at = this.#text.slice(start, end).toLowerCase().indexOf(name);
      return rule === undefined || at === -1
        ? []
        : [{ start: start + at, end: start + at + name.length, text: rule }];
    });
  }

  /** The comment with the blanks before it, and its line end when it has the line for itself. */
  #removal(start: number, end: number): Edit {
    let from = start;
    while (from > 0 && (this.#text[from - 1] === " " || this.#text[from - 1] === "\t")) from--;
    const alone = from === 0 || this.#text[from - 1] === "\n";
    const to = alone && this.#text[end] === "\n" ? end + 1 : end;
    return { start: from, end: to, text: "" };
  }

  #push(
    { rule, severity }: ActiveRule,
    start: number,
    end: number,
    message: string,
    extra: Extra,
    fix: readonly Edit[],
  ): void {
    this.#lines ??= new LineIndex(this.#text);
    const from = this.#lines.at(start);
    const to = this.#lines.at(end);
    this.#raised.push({
      start,
      finding: {
        rule: rule.id,
        family: rule.family,
        severity: extra.severity ?? severity,
        file: this.#source.path,
        line: from.line,
        column: from.column,
        endLine: to.line,
        endColumn: to.column,
        message,
        clause: rule.clause ?? null,
        fixable: fix.length > 0,
        help: extra.help ?? rule.instead,
        fix,
      },
    });
  }

  #original(offset: number): number {
    return this.#source.replaced?.toOriginal(offset) ?? offset;
  }

  /**
   * Text that came out of a placeholder is not the file's to change, nor is its value to be written elsewhere or to be made
   * part of a longer word.
   */
  #originalEdits(edits: readonly Edit[]): readonly Edit[] {
    const { replaced } = this.#source;
    if (replaced === undefined) return edits;
    const touches = (edit: Edit, start: number, end: number): boolean =>
      (edit.start < end && start < edit.end) ||
      (start < edit.start && edit.start < end) ||
      (start === edit.start && !/\s$/.test(edit.text)) ||
      mentions(edit.text, replaced.text.slice(start, end)) > 0;
    if (edits.some((edit) => replaced.values.some(({ start, end }) => touches(edit, start, end)))) return [];
    return edits.map((edit) => ({
      ...edit,
      start: this.#original(edit.start),
      end: this.#original(edit.end),
    }));
  }
}
