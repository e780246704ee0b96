// Findings as the protocol's diagnostics. Columns of findings count code points, those of the protocol UTF-16 units.
import { type Diagnostic, DiagnosticSeverity, type Range } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { LintFinding } from "../lint/finding.ts";
import { LineIndex } from "../lint/lines.ts";
import type { JudgedFile } from "./folder.ts";

export const SOURCE = "godwit";

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;

/** A finding and where it stands: offsets of the text, and the protocol's range. */
export interface Placed {
  readonly finding: LintFinding;
  readonly start: number;
  readonly end: number;
  readonly range: Range;
}

export function place({ source, findings }: JudgedFile): readonly Placed[] {
  const text = source.text ?? "";
  const lines = new LineIndex(text);
  const ranges = rangesIn(text);
  return findings.map((finding) => {
    const start = lines.offsetAt(finding.line, finding.column);
    const end = lines.offsetAt(finding.endLine, finding.endColumn);
    return { finding, start, end, range: ranges(start, end > start ? end : wordEnd(text, start)) };
  });
}

/** From offsets of a text to ranges. */
export function rangesIn(text: string): (start: number, end: number) => Range {
  const document = TextDocument.create("", "sql", 0, text);
  return (start, end) => ({ start: document.positionAt(start), end: document.positionAt(end) });
}

/** Where a finding is a mere place, the word there is shown. */
const wordEnd = (text: string, start: number): number =>
  start + (/^(?:[\w$.]+|\S)?/.exec(text.slice(start, start + 64))?.[0].length ?? 0);

export const toDiagnostic = ({ finding, range }: Placed): Diagnostic => ({
  range,
  severity: SEVERITIES[finding.severity],
  code: finding.rule,
  source: SOURCE,
  message: finding.message,
});
