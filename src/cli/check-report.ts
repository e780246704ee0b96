// The files of check -code: report.json, into which further runs go, report.html and the SARIF. What cannot be written is
// warned of, and never changes the exit code.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../base/errors.ts";
import type { CodeReviewOutcome } from "../commands/lint.ts";
import { itemsOf, mergedReport } from "../reports/code-review.ts";
import { codeReviewHtml } from "../reports/code-review-html.ts";
import { type Line, warn } from "../reports/line.ts";
import { lintDocument } from "../reports/lint-machine.ts";

export interface WrittenReports {
  readonly outcome: CodeReviewOutcome;
  readonly lines: readonly Line[];
}

export function writeReports(outcome: CodeReviewOutcome): WrittenReports {
  const { htmlEnding, lint, reportBase } = outcome;
  const jsonReport = `${reportBase}.json`;
  const htmlReport = `${reportBase}${htmlEnding}`;
  const sarifReport = `${reportBase}-code-review.sarif`;
  const lines: Line[] = [];
  try {
    mkdirSync(dirname(reportBase), { recursive: true });
    const json = merge(jsonReport, outcome, lines);
    const others = itemsOf(json)
      .filter((item) => item["operation"] !== "code")
      .map((item) => ({ operation: String(item["operation"]), timestamp: String(item["timestamp"] ?? "") }));
    writeFileSync(jsonReport, json);
    writeFileSync(htmlReport, codeReviewHtml(outcome, others));
    writeFileSync(sarifReport, lintDocument(lint, "sarif"));
    return { outcome: { ...outcome, htmlReport, jsonReport, sarifReport }, lines };
  } catch (error) {
    const reason = messageOf(error);
    return {
      outcome,
      lines: [
        ...lines,
        warn(`The reports could not be written: ${reason}. Set reportFilename to a path that can be.`),
      ],
    };
  }
}

/** A broken report of an earlier run is kept beside, not lost. */
function merge(path: string, outcome: CodeReviewOutcome, lines: Line[]): string {
  const existing = readIfThere(path);
  try {
    return mergedReport(existing, outcome);
  } catch {
    renameSync(path, `${path}.bak`);
    lines.push(warn(`${path} was no report and is ${path}.bak now.`));
    return mergedReport(undefined, outcome);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
