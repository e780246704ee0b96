// A finding of lint, and the outcome of a run. Places are those of the file, before placeholder replacement.
import type { Severity } from "../base/finding.ts";

export type { Severity } from "../base/finding.ts";

export const FAMILIES = [
  "guide",
  "lock",
  "data",
  "break",
  "tx",
  "history",
  "shape",
  "security",
  "team",
] as const;

export type Family = (typeof FAMILIES)[number];

/** A change of the file's own text. Offsets are UTF-16 units. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface LintFinding {
  readonly rule: string;
  readonly family: Family;
  readonly severity: Severity;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly message: string;
  /** The sentence of the guide that it breaks; null outside the guide. */
  readonly clause: string | null;
  readonly fixable: boolean;
  /** What to do instead. */
  readonly help: string;
  readonly fix: readonly Edit[];
}

export interface LintSummary {
  readonly files: number;
  readonly statements: number;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly fixable: number;
  readonly fixed: number;
  readonly suppressed: number;
  readonly baselined: number;
}

export const LINT_FORMATS = ["text", "json", "sarif", "github", "gitlab", "junit", "line"] as const;

export type LintFormat = (typeof LINT_FORMATS)[number];

/** What reports need to know of a rule. */
export interface RuleFacts {
  readonly id: string;
  readonly family: Family;
  readonly severity: Severity;
  readonly summary: string;
  readonly clause: string | null;
  readonly why: string;
  readonly instead: string;
  readonly aliases: readonly string[];
  /** Of a team's rule: its file. */
  readonly team: string | null;
  /** Of a regular expression rule: its code as written. */
  readonly code: string | null;
}

export interface LintOutcome {
  readonly operation: "lint";
  readonly findings: readonly LintFinding[];
  readonly summary: LintSummary;
  readonly format: LintFormat;
  /** Texts of the files with findings, for code frames. */
  readonly sources: ReadonlyMap<string, string>;
  /** Where in the repository files are, if that is another path: CI services know them by it. */
  readonly repositoryPaths: ReadonlyMap<string, string>;
  /** The rules that were in force. */
  readonly rules: readonly RuleFacts[];
  /** What else is worth saying: files written, files passed over. */
  readonly notes: readonly string[];
  /** What --fix would change, as a unified diff; undefined unless it was asked for. */
  readonly patch?: string;
  readonly version: string;
}

export interface RuleListOutcome {
  readonly operation: "rules";
  readonly rules: readonly (RuleFacts & {
    readonly inForce: Severity | "off";
    readonly lock: string | null;
    readonly fixable: boolean;
  })[];
}

/** What a rule's own examples showed. */
export interface RuleTest {
  readonly id: string;
  readonly file: string;
  readonly examples: number;
  readonly faults: readonly {
    /** Line of the example in the rule's file. */
    readonly line: number;
    readonly message: string;
  }[];
}

export interface RuleTestOutcome {
  readonly operation: "rulesTest";
  readonly rules: readonly RuleTest[];
}

export interface RuleOutcome {
  readonly operation: "rule";
  /** Markdown. */
  readonly page: string;
}

export interface AddOutcome {
  readonly operation: "add";
  readonly path: string;
  readonly created: boolean;
}

// --- check -code -------------------------------------------------------------------------------------------------------

/** A finding in Flyway's form (Flyway 13, check -code). Lines and columns from 1, `file_pos` from 0, code points. */
export interface CodeViolation {
  readonly line_no: number;
  readonly line_pos: number;
  readonly line_no_end: number;
  readonly line_pos_end: number;
  readonly file_pos: number;
  readonly file_pos_end: number;
  readonly description: string;
  readonly code: string;
  /** False for an error. */
  readonly warning: boolean;
  readonly engine: string;
  readonly help: null;
  readonly fixes: readonly CodeFix[] | null;
  readonly ruleSource?: "custom";
}

export type CodeFix =
  | { readonly type: "delete"; readonly file_pos: number; readonly file_pos_end: number }
  | {
      readonly type: "replace";
      readonly file_pos: number;
      readonly file_pos_end: number;
      readonly content: string;
    }
  | { readonly type: "insert"; readonly file_pos: number; readonly content: string };

export interface CodeResult {
  /** Absolute. */
  readonly filepath: string;
  readonly violations: readonly CodeViolation[];
}

/** Paths of what was written, absolute; undefined for what could not be. */
export interface CodeReports {
  readonly htmlReport?: string;
  readonly jsonReport?: string;
  readonly sarifReport?: string;
}

export interface CodeReviewOutcome extends CodeReports {
  readonly operation: "check";
  /** Local time with offset. */
  readonly timestamp: string;
  readonly results: readonly CodeResult[];
  readonly lint: LintOutcome;
  /** failOnError is set and there is an error. */
  readonly fails: boolean;
  /** Absolute, without its ending: BASE.html, BASE.json, BASE-code-review.sarif. */
  readonly reportBase: string;
  /** `.htm` where the name was given so. */
  readonly htmlEnding: ".html" | ".htm";
}
