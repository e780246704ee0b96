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

export interface LintOutcome {
  readonly operation: "lint";
  readonly findings: readonly LintFinding[];
  readonly summary: LintSummary;
}
