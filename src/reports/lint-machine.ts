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
      return inRepository(outcome).map(annotation).join("");
    case "gitlab":
      return `${JSON.stringify(gitlab(inRepository(outcome)), null, 2)}\n`;
    case "junit":
      return junit(outcome);
    case "line":
      return renderLintLines(outcome);
  }
}

/** Findings with the paths that a CI service knows. */
const inRepository = ({ findings, repositoryPaths }: LintOutcome): readonly LintFinding[] =>
  findings.map((f) => ({ ...f, file: repositoryPaths.get(f.file) ?? f.file }));

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

function sarif(outcome: LintOutcome): unknown {
  const { rules, version } = outcome;
  const findings = inRepository(outcome);
  const fingerprints = fingerprinter();
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
          partialFingerprints: { "godwit/v1": fingerprints(f) },
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
  const fingerprints = fingerprinter();
  return findings.map((f) => ({
    description: `${f.message} ${f.help}`,
    check_name: f.rule,
    fingerprint: fingerprints(f),
    severity: GITLAB[f.severity],
    location: { path: f.file, lines: { begin: f.line, end: f.endLine } },
  }));
}

/** Without the line, so that a finding stays the same when lines move; the second of its kind in a file has another. */
function fingerprinter(): (finding: LintFinding) => string {
  const seen = new Map<string, number>();
  return ({ file, message, rule }) => {
    const key = JSON.stringify([rule, file, message]);
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    return createHash("sha256").update(`${key} ${times}`).digest("hex").slice(0, 40);
  };
}

// --- JUnit -----------------------------------------------------------------------------------------------------------

/** A finding for information is no failure: the run does not fail by it either, unless it is told to. */
const isFailure = ({ severity }: LintFinding): boolean => severity !== "info";

function junit({ findings, summary }: LintOutcome): string {
  const files = [...new Set(findings.map((f) => f.file))];
  const suites = files.map((file) => {
    const mine = findings.filter((f) => f.file === file);
    return suite(file, mine.length, mine.filter(isFailure).length, mine.map(testcase));
  });
  const clean = summary.files - files.length;
  const rest =
    clean > 0
      ? [
          suite("clean files", 1, 0, [
            `    <testcase name="${clean} without findings" classname="godwit lint" time="0"/>`,
          ]),
        ]
      : [];
  const counts = `tests="${findings.length + rest.length}" failures="${findings.filter(isFailure).length}"`;
  const all = [...suites, ...rest].map((one) => `${one}\n`).join("");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="godwit lint" ${counts} errors="0" time="0">\n${all}</testsuites>\n`;
}

const suite = (name: string, tests: number, failures: number, cases: readonly string[]): string =>
  `  <testsuite name="${xml(name)}" tests="${tests}" failures="${failures}" errors="0" skipped="0" time="0">\n${cases.join("\n")}\n  </testsuite>`;

function testcase(f: LintFinding): string {
  const text = xml(`${f.file}:${f.line}:${f.column}\n${f.message}\n${f.help}`);
  const body = isFailure(f)
    ? `<failure type="${f.severity}" message="${xml(f.message)}">${text}</failure>`
    : `<system-out>${text}</system-out>`;
  return `    <testcase name="${xml(`${f.rule} ${f.line}:${f.column}`)}" classname="${xml(f.file)}" file="${xml(f.file)}" line="${f.line}" time="0">${body}</testcase>`;
}

const xml = (text: string): string => escapeMarkup(text).replaceAll("\n", "&#10;");
