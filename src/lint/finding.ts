// A finding of lint, and the outcome of a run. Places are those of the file, before placeholder replacement.
import type { Severity } from "../base/finding.ts";

export type { Severity } from "../base/finding.ts";

export const FAMILIES = ["guide", "lock", "data", "break", "tx", "history", "shape", "security"] as const;

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
}

export interface LintOutcome {
  readonly operation: "lint";
  readonly findings: readonly LintFinding[];
  readonly summary: LintSummary;
  readonly format: LintFormat;
  /** Texts of the files with findings, for code frames. */
  readonly sources: ReadonlyMap<string, string>;
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
    readonly aliases: readonly string[];
  })[];
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
