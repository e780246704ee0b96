// Findings of lint for programs: JSON, SARIF, GitHub annotations, GitLab code quality, JUnit.
import { createHash } from "node:crypto";
import type { LintFinding, LintFormat, LintOutcome, RuleFacts } from "../lint/finding.ts";
import { escapeMarkup } from "./escape.ts";
import { renderLintLines } from "./lint-text.ts";

/** The document of a format, with its line end. */
export function lintDocument(outcome: LintOutcome, format: Exclude<LintFormat, "text">): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(lintJson(outcome), null, 2)}\n`;
    case "sarif":
      return `${JSON.stringify(sarif(outcome), null, 2)}\n`;
    case "github":
      return outcome.findings.map(annotation).join("");
    case "gitlab":
      return `${JSON.stringify(gitlab(outcome.findings), null, 2)}\n`;
    case "junit":
      return junit(outcome);
    case "line":
      return renderLintLines(outcome);
  }
}

export function lintJson({ findings, summary }: LintOutcome): unknown {
  return {
    findings: findings.map(
      ({ rule, family, severity, file, line, column, endLine, message, clause, fixable }) => ({
        rule,
        family,
        severity,
        file,
        line,
        column,
        endLine,
        message,
        clause,
        fixable,
      }),
    ),
    summary,
  };
}

// --- SARIF 2.1.0 -----------------------------------------------------------------------------------------------------

const LEVELS = { error: "error", warning: "warning", info: "note" } as const;

function sarif({ findings, rules, version }: LintOutcome): unknown {
  const used = rules.filter((r) => findings.some((f) => f.rule === r.id));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "godwit", version, rules: used.map(sarifRule) } },
        columnKind: "unicodeCodePoints",
        results: findings.map((f) => ({
          ruleId: f.rule,
          ruleIndex: used.findIndex((r) => r.id === f.rule),
          level: LEVELS[f.severity],
          message: { text: `${f.message} ${f.help}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(f.file) },
                region: {
                  startLine: f.line,
                  startColumn: f.column,
                  endLine: f.endLine,
                  endColumn: Math.max(f.endColumn, f.endLine === f.line ? f.column : 1),
                },
              },
            },
          ],
          partialFingerprints: { "godwit/v1": fingerprint(f, 0) },
        })),
      },
    ],
  };
}

const sarifRule = (rule: RuleFacts): unknown => ({
  id: rule.id,
  shortDescription: { text: `${rule.summary}.` },
  fullDescription: { text: rule.why },
  help: { text: rule.instead },
  defaultConfiguration: { level: LEVELS[rule.severity] },
  properties: { tags: [rule.family] },
});

const uriOf = (path: string): string => path.split(/[\\/]/).map(encodeURIComponent).join("/");

// --- GitHub ----------------------------------------------------------------------------------------------------------

const COMMANDS = { error: "error", warning: "warning", info: "notice" } as const;

/** The workflow command; % and line ends are escaped, in properties : and , too. */
function annotation(f: LintFinding): string {
  const data = (text: string): string =>
    text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
  return `::${COMMANDS[f.severity]} file=${property(f.file)},line=${f.line},endLine=${f.endLine},col=${f.column},title=${property(f.rule)}::${data(`${f.message} ${f.help}`)}\n`;
}

// --- GitLab code quality -----------------------------------------------------------------------------------------------

const GITLAB = { error: "critical", warning: "major", info: "info" } as const;

function gitlab(findings: readonly LintFinding[]): unknown {
  const seen = new Map<string, number>();
  return findings.map((f) => {
    const key = `${f.rule} ${f.file} ${f.message}`;
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    return {
      description: `${f.message} ${f.help}`,
      check_name: f.rule,
      fingerprint: fingerprint(f, times),
      severity: GITLAB[f.severity],
      location: { path: f.file, lines: { begin: f.line, end: f.endLine } },
    };
  });
}

/** Without the line, so that a finding stays the same when lines move. */
const fingerprint = (f: LintFinding, times: number): string =>
  createHash("sha256")
    .update(JSON.stringify([f.rule, f.file, f.message, times]))
    .digest("hex")
    .slice(0, 40);

// --- JUnit -----------------------------------------------------------------------------------------------------------

function junit({ findings, summary }: LintOutcome): string {
  const files = [...new Set(findings.map((f) => f.file))];
  const suites = files.map((file) => {
    const mine = findings.filter((f) => f.file === file);
    const cases = mine.map(
      (f) =>
        `    <testcase name="${xml(`${f.rule} ${f.line}:${f.column}`)}" classname="${xml(file)}" file="${xml(file)}" line="${f.line}"><failure type="${f.severity}" message="${xml(f.message)}">${xml(`${f.file}:${f.line}:${f.column}\n${f.message}\n${f.help}`)}</failure></testcase>`,
    );
    return `  <testsuite name="${xml(file)}" tests="${mine.length}" failures="${mine.length}" errors="0">\n${cases.join("\n")}\n  </testsuite>`;
  });
  const clean = summary.files - files.length;
  const rest =
    clean > 0
      ? [
          `  <testsuite name="clean files" tests="1" failures="0" errors="0">\n    <testcase name="${clean} without findings" classname="godwit lint"/>\n  </testsuite>`,
        ]
      : [];
  const tests = findings.length + rest.length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="godwit lint" tests="${tests}" failures="${findings.length}" errors="0">\n${[...suites, ...rest].join("\n")}\n</testsuites>\n`;
}

const xml = (text: string): string => escapeMarkup(text).replaceAll("\n", "&#10;");
