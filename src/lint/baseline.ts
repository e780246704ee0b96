// The baseline: old findings that are known and not told again. An entry is a rule, a file and the text of the line, so
// that it holds when lines move, and is void when the line changes.
import { GodwitError, messageOf } from "../base/errors.ts";
import type { LintFinding } from "./finding.ts";

export interface BaselineEntry {
  readonly rule: string;
  readonly file: string;
  readonly line: string;
  readonly count: number;
}

export interface Baseline {
  readonly version: 1;
  /** Last day, YYYY-MM-DD; after it all findings are told again. */
  readonly until?: string;
  readonly findings: readonly BaselineEntry[];
}

export const BASELINE_FILE = "godwit-lint-baseline.json";

type LineOf = (finding: LintFinding) => string;

const keyOf = (rule: string, file: string, line: string): string => JSON.stringify([rule, file, line]);

export function makeBaseline(
  findings: readonly LintFinding[],
  lineOf: LineOf,
  until: string | undefined,
): Baseline {
  const entries = new Map<string, BaselineEntry>();
  for (const finding of findings) {
    const line = lineOf(finding).trim();
    const key = keyOf(finding.rule, finding.file, line);
    const count = (entries.get(key)?.count ?? 0) + 1;
    entries.set(key, { rule: finding.rule, file: finding.file, line, count });
  }
  return { version: 1, ...(until === undefined ? {} : { until }), findings: [...entries.values()] };
}

/** The findings that the baseline does not know. */
export function withoutBaseline(
  findings: readonly LintFinding[],
  baseline: Baseline | undefined,
  lineOf: LineOf,
  today: string,
): readonly LintFinding[] {
  if (baseline === undefined || (baseline.until !== undefined && baseline.until < today)) return findings;
  const left = new Map(baseline.findings.map((e) => [keyOf(e.rule, e.file, e.line), e.count]));
  return findings.filter((finding) => {
    const key = keyOf(finding.rule, finding.file, lineOf(finding).trim());
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
}

/** @throws GodwitError for a text that is no baseline. */
export function readBaseline(text: string, path: string): Baseline {
  const value = parse(text, path);
  const fields = isRecord(value) ? value : {};
  const { version, until, findings } = fields;
  if (version !== 1 || !Array.isArray(findings))
    throw broken(path, "it has no version 1 and no list of findings");
  const items: readonly unknown[] = findings;
  return {
    version: 1,
    ...(typeof until === "string" ? { until } : {}),
    findings: items.map((item) => {
      if (!isRecord(item)) throw broken(path, "an entry is no object");
      const { rule, file, line, count } = item;
      if (
        typeof rule !== "string" ||
        typeof file !== "string" ||
        typeof line !== "string" ||
        typeof count !== "number"
      ) {
        throw broken(path, "an entry lacks rule, file, line or count");
      }
      return { rule, file, line, count };
    }),
  };
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw broken(path, messageOf(error));
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const broken = (path: string, reason: string): GodwitError =>
  new GodwitError("CONFIGURATION", `${path} is no baseline of lint: ${reason}.`, {
    advice: "Write it anew with godwit lint --update-baseline.",
  });
