// Findings of lint for people: each with its frame, and a count at the end. One a line for editors and grep.
import type { LintFinding, LintOutcome, LintSummary } from "../lint/finding.ts";
import { codeFrame, framedParts, type SourceText } from "./code-frame.ts";
import { info, type Line, warn } from "./line.ts";
import { type Hue, marks, paint, type Style, textWidth } from "./style.ts";
import { harmless, wrap } from "./width.ts";
import { count, listed } from "./words.ts";

const HUES: Readonly<Record<LintFinding["severity"], Hue>> = {
  error: "red",
  warning: "yellow",
  info: "cyan",
};

export function renderLintText(outcome: LintOutcome, style: Style): readonly Line[] {
  const parts = new Map<string, (line: number) => SourceText>();
  const partOf = ({ file, line }: LintFinding): SourceText | undefined => {
    const text = outcome.sources.get(file) ?? "";
    if (text === "") return undefined;
    const known = parts.get(file) ?? framedParts(text);
    parts.set(file, known);
    return known(line);
  };
  return [
    ...outcome.findings.map((finding) => info(`${block(finding, partOf(finding), style).join("\n")}\n`)),
    ...outcome.notes.map((note) => info(harmless(note))),
    info(closing(outcome, style)),
  ];
}

/** What --fix would change: the patch alone goes to the output. */
export function renderPatch({ patch = "", notes }: LintOutcome): readonly Line[] {
  const shown: readonly Line[] =
    patch === "" ? [info("There is nothing that --fix would change.")] : [{ level: "data", text: patch }];
  return [...shown, ...notes.map((note) => warn(harmless(note)))];
}

function block(finding: LintFinding, source: SourceText | undefined, style: Style): readonly string[] {
  const { file, line, column, severity, rule, message, help, clause } = finding;
  const place = {
    file,
    line,
    column,
    ...(finding.endLine === line && finding.endColumn > column
      ? { endLine: line, endColumn: finding.endColumn }
      : {}),
  };
  const frame = source === undefined ? [] : codeFrame(source, place, style);
  const head = `${paint(style, HUES[severity], severity)} ${paint(style, "bold", rule)}`;
  return [
    `${paint(style, "cyan", `${harmless(file)}:${line}:${column}`)} ${head}`,
    ...wrap(harmless(message), textWidth(style)),
    ...frame,
    ...wrap(`${paint(style, "dim", "instead:")} ${harmless(help)}`, textWidth(style)),
    ...(clause === null
      ? []
      : wrap(`${paint(style, "dim", "guide:")} ${harmless(clause)}`, textWidth(style))),
  ];
}

function closing({ findings, summary }: LintOutcome, style: Style): string {
  const judged = `${count(summary.files, "file")}, ${count(summary.statements, "statement")}`;
  const hidden = hiddenParts(summary);
  const also = hidden === "" ? "" : ` ${hidden}`;
  if (findings.length === 0) {
    const mark = style.layout === "terminal" ? `${paint(style, "green", marks(style).done)} ` : "";
    return `${mark}Nothing found in ${judged}.${also}`;
  }
  const parts = [
    ...(summary.errors > 0 ? [count(summary.errors, "error")] : []),
    ...(summary.warnings > 0 ? [count(summary.warnings, "warning")] : []),
    ...(summary.infos > 0 ? [`${summary.infos} for information`] : []),
  ];
  const fixable = summary.fixable === 0 ? "" : ` ${summary.fixable} can be mended with --fix.`;
  return `Found ${listed(parts)} in ${judged}.${fixable}${also}`;
}

function hiddenParts({ suppressed, baselined, fixed }: LintSummary): string {
  return [
    ...(fixed > 0 ? [`${fixed} mended.`] : []),
    ...(suppressed > 0 ? [`${suppressed} suppressed by comments.`] : []),
    ...(baselined > 0 ? [`${baselined} known to the baseline.`] : []),
  ].join(" ");
}

/** file:line:column: severity: rule: message */
export const renderLintLines = ({ findings }: LintOutcome): string =>
  findings
    .map(
      (f) => `${harmless(f.file)}:${f.line}:${f.column}: ${f.severity}: ${f.rule}: ${harmless(f.message)}\n`,
    )
    .join("");
