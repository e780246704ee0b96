// check -code for people and programs: Flyway's table, its JSON, and its report file, into which several runs go.
import type { CodeReports, CodeReviewOutcome, CodeViolation } from "../lint/finding.ts";
import { asciiTable } from "./ascii-table.ts";
import { jacksonText } from "./jackson.ts";
import { ordered } from "./json.ts";
import { info, type Line } from "./line.ts";
import { marks, paint, type Style } from "./style.ts";
import { harmless } from "./width.ts";
import { count } from "./words.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The result in Flyway's form. */
export const codeItem = ({
  timestamp,
  results,
  lint,
}: CodeReviewOutcome): Fields & { readonly operation: string } => ({
  operation: "code",
  timestamp,
  exception: null,
  licenseFailed: false,
  results,
  summary: lint.summary,
});

const reportPaths = ({ htmlReport, jsonReport, sarifReport }: CodeReports): CodeReports => ({
  ...(htmlReport === undefined ? {} : { htmlReport }),
  ...(jsonReport === undefined ? {} : { jsonReport }),
  ...(sarifReport === undefined ? {} : { sarifReport }),
});

/** check gives a list of results, even of one; a failed review is an error with its results in it. */
export function codeDocument(outcome: CodeReviewOutcome): string {
  if (!outcome.fails) {
    const document = { individualResults: [codeItem(outcome)], schemaVersion: 1, ...reportPaths(outcome) };
    return `${jacksonText(ordered(document))}\n`;
  }
  const error = {
    errorCode: "CHECK_CODE_REVIEW_VIOLATION",
    message: failure(outcome),
    cause: null,
    results: ordered(outcome.results),
    ...reportPaths(outcome),
  };
  return `${jacksonText({ error })}\n`;
}

/** The report file with this result in the place of an older one. @throws Error when the text is no such file. */
export function mergedReport(existing: string | undefined, outcome: CodeReviewOutcome): string {
  const before = existing === undefined ? [] : itemsOf(existing);
  const others = before.filter((item) => item["operation"] !== "code");
  return `${jacksonText({ individualResults: [...others, ordered(codeItem(outcome))] })}\n`;
}

/** The results in the text of a report file. @throws Error when it is none. */
export function itemsOf(text: string): readonly Fields[] {
  const document: unknown = JSON.parse(text);
  const items: unknown = isRecord(document) ? document["individualResults"] : undefined;
  if (!Array.isArray(items)) throw new Error("it has no individualResults");
  return items.filter(isRecord);
}

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export interface RuleCount {
  readonly engine: string;
  readonly code: string;
  readonly severity: "Error" | "Warning";
  readonly count: number;
}

/** Findings by engine, code and severity. */
export function ruleCounts({ results }: CodeReviewOutcome): readonly RuleCount[] {
  const counts = new Map<string, RuleCount>();
  for (const violation of results.flatMap((r) => r.violations)) {
    const { code, engine } = violation;
    const severity = severityOf(violation);
    const key = JSON.stringify([engine, code, severity]);
    counts.set(key, { engine, code, severity, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...counts.values()].sort((a, b) => order(a.engine, b.engine) || order(a.code, b.code));
}

const severityOf = ({ warning }: CodeViolation): RuleCount["severity"] => (warning ? "Warning" : "Error");

export function renderCodeReview(outcome: CodeReviewOutcome, style: Style): readonly Line[] {
  const { lint, htmlReport, fails } = outcome;
  const judged = count(lint.summary.files, "file");
  const rows = ruleCounts(outcome);
  const report = htmlReport === undefined ? [] : [info(`Report: ${harmless(htmlReport)}`)];
  if (rows.length === 0) {
    const mark = style.layout === "terminal" ? `${paint(style, "green", marks(style).done)} ` : "";
    return [info(`${mark}Nothing found in ${judged}.`), ...report];
  }
  const table = asciiTable(
    ["Engine", "Rule Code", "Violations Count", "Severity"],
    rows.map((r) => [r.engine, harmless(r.code), String(r.count), r.severity]),
    "",
    (row, column) =>
      column === 3
        ? (text) => paint(style, rows[row]?.severity === "Error" ? "red" : "yellow", text)
        : undefined,
  );
  const found = count(lint.findings.length, "finding");
  return [
    info(table.trimEnd()),
    info(`${found} in ${judged}. godwit lint shows each in its file.`),
    ...report,
    ...(fails ? [{ level: "error" as const, text: failure(outcome) }] : []),
  ];
}

const failure = ({ lint }: CodeReviewOutcome): string =>
  `The code review found ${count(lint.summary.errors, "error")}, and check.code.failOnError is on.`;
