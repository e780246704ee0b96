// check -code: the findings of lint in Flyway's form. Reports of it are written by cli/check-report.ts.
import { resolve } from "node:path";
import { countCodePoints } from "../base/place.ts";
import { timestamp } from "../engine/common.ts";
import type { World } from "../engine/engine.ts";
import type {
  CodeFix,
  CodeResult,
  CodeReviewOutcome,
  CodeViolation,
  LintFinding,
  LintOutcome,
  RuleFacts,
} from "../lint/finding.ts";
import { LineIndex } from "../lint/lines.ts";
import type { CommandContext } from "./command.ts";
import lint from "./lint.ts";

export async function reviewCode(context: CommandContext): Promise<CodeReviewOutcome> {
  const { world } = context;
  const { settings } = world;
  warnOfSqlfluff(world);
  const { outcome } = await lint.run({ ...context, options: {}, words: scopeWords(world) });
  const found = outcome as LintOutcome;
  const name = /\.html?$/i.exec(settings.reportFilename);
  const base = settings.reportFilename.slice(0, name?.index ?? settings.reportFilename.length);
  const hasError = found.findings.some((f) => f.severity === "error");
  return {
    operation: "check",
    timestamp: timestamp(world.now()),
    results: resultsOf(found, settings.workingDirectory, usesFlywayCodes(world)),
    lint: found,
    fails: settings.extra["check.code.failOnError"] === "true" && hasError,
    reportBase: resolve(settings.workingDirectory, base === "" ? "report" : base),
    htmlEnding: name?.[0].toLowerCase() === ".htm" ? ".htm" : ".html",
  };
}

/** The words of lint for Flyway's scope. */
function scopeWords({ settings }: World): readonly string[] {
  const { extra } = settings;
  switch (extra["check.scope"]?.toUpperCase()) {
    case "ALL":
      return [];
    case "PENDING":
      return ["pending"];
    case "SCRIPT":
      return [
        extra["check.scriptFilename"] ?? extra["prepare.scriptFilename"] ?? "deployments/D__deployment.sql",
      ];
    default:
      return settings.connection === undefined ? [] : ["pending"];
  }
}

const SQLFLUFF = ["check.rulesConfig", "check.sqlfluffCustomRulesPath", "check.code.noqaSeverity"];

function warnOfSqlfluff({ settings, emit }: World): void {
  const given = SQLFLUFF.filter((key) => settings.extra[key] !== undefined);
  if (given.length === 0) return;
  emit({
    type: "log",
    level: "warn",
    code: "SQLFLUFF",
    message: `godwit reviews by its own rules and does not run SQLFluff: ${given.join(", ")} ${given.length === 1 ? "has" : "have"} no effect. lint.preset=flyway chooses those that have Flyway's names.`,
  });
}

/** Who asks for Flyway's rules knows them by its names. */
const usesFlywayCodes = ({ settings }: World): boolean =>
  (settings.extra["lint.preset"] ?? "").split(",").some((preset) => preset.trim() === "flyway");

function resultsOf(
  { findings, rules, sources }: LintOutcome,
  workingDirectory: string,
  flywayCodes: boolean,
): readonly CodeResult[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return [...new Set(findings.map((f) => f.file))].map((file) => {
    const text = sources.get(file) ?? "";
    const lines = new LineIndex(text);
    const position = (line: number, column: number): number =>
      countCodePoints(text, 0, lines.offsetAt(line, column));
    return {
      filepath: resolve(workingDirectory, file),
      violations: findings
        .filter((f) => f.file === file)
        .map((f) => violation(f, byId.get(f.rule), text, position, flywayCodes)),
    };
  });
}

function violation(
  finding: LintFinding,
  rule: RuleFacts | undefined,
  text: string,
  position: (line: number, column: number) => number,
  flywayCodes: boolean,
): CodeViolation {
  const { line, column, endLine, endColumn } = finding;
  const fixes = finding.fix.map((edit): CodeFix => {
    const file_pos = countCodePoints(text, 0, edit.start);
    const file_pos_end = countCodePoints(text, 0, edit.end);
    if (edit.text === "") return { type: "delete", file_pos, file_pos_end };
    if (edit.start === edit.end) return { type: "insert", file_pos, content: edit.text };
    return { type: "replace", file_pos, file_pos_end, content: edit.text };
  });
  return {
    line_no: line,
    line_pos: column,
    line_no_end: endLine,
    line_pos_end: endColumn,
    file_pos: position(line, column),
    file_pos_end: position(endLine, endColumn),
    description: `${finding.message} ${finding.help}`.trim(),
    code: codeOf(finding, rule, flywayCodes),
    warning: finding.severity !== "error",
    engine: rule?.code == null ? "godwit" : "Regex",
    help: null,
    fixes: fixes.length === 0 ? null : fixes,
    ...(rule?.team == null ? {} : { ruleSource: "custom" as const }),
  };
}

function codeOf({ rule: id }: LintFinding, rule: RuleFacts | undefined, flywayCodes: boolean): string {
  const own = rule?.code ?? id;
  if (!flywayCodes) return own;
  // A rule that is several of Flyway's keeps its own name.
  const foreign = (series: RegExp): string | undefined => {
    const names = rule?.aliases.filter((alias) => series.test(alias)) ?? [];
    return names.length === 1 ? names[0]?.toUpperCase() : undefined;
  };
  return foreign(/^rg\d+$/) ?? foreign(/^rx\d+$/) ?? own;
}
