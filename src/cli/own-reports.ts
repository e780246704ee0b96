// Text reports of godwit's own commands: each is loaded only when its command ran.
import type { CommandResult } from "../commands/command.ts";
import type {
  AddOutcome,
  CodeReviewOutcome,
  LintFormat,
  LintOutcome,
  RuleListOutcome,
  RuleTestOutcome,
} from "../commands/lint.ts";
import type { RebaseOutcome } from "../commands/rebase.ts";
import type { DoctorOutcome } from "../engine/outcome.ts";
import type { Line } from "../reports/line.ts";
import type { Style } from "../reports/style.ts";

/** undefined for a verb of Flyway's, whose report is reports/text.ts. */
export async function ownReport(
  outcome: CommandResult["outcome"],
  style: Style,
): Promise<readonly Line[] | undefined> {
  switch (outcome.operation) {
    case "doctor": {
      const { renderDoctor } = await import("../reports/doctor.ts");
      return renderDoctor(outcome as DoctorOutcome, style);
    }
    case "lint": {
      const lint = outcome as LintOutcome;
      if (lint.format !== "text") return [{ level: "data", text: await lintText(lint, lint.format) }];
      const { renderLintText, renderPatch } = await import("../reports/lint-text.ts");
      return lint.patch === undefined ? renderLintText(lint, style) : renderPatch(lint);
    }
    case "check": {
      const { renderCodeReview } = await import("../reports/code-review.ts");
      return renderCodeReview(outcome as CodeReviewOutcome, style);
    }
    case "rules": {
      const { renderRules } = await import("../reports/lint-rules.ts");
      return renderRules(outcome as RuleListOutcome, style);
    }
    case "rebase": {
      const { renderRebase } = await import("../reports/rebase.ts");
      return renderRebase(outcome as RebaseOutcome, style);
    }
    case "rulesTest": {
      const { renderRuleTests } = await import("../reports/lint-rules.ts");
      return renderRuleTests(outcome as RuleTestOutcome, style);
    }
    case "add": {
      const { path, created } = outcome as AddOutcome;
      if (!created) return [{ level: "data", text: `${path}\n` }];
      const next = `Next: complete it, then godwit lint ${path}, then godwit migrate.`;
      return [
        { level: "info", text: `created: ${path}` },
        ...(style.layout === "terminal" ? [{ level: "info", text: next } as const] : []),
      ];
    }
    case "lsp":
      return [];
    case "rule":
      return "page" in outcome ? [{ level: "data", text: String(outcome.page) }] : [];
    case "completion":
      return "script" in outcome ? [{ level: "data", text: String(outcome.script) }] : [];
    default:
      return undefined;
  }
}

/** The document of a verb that has a JSON of its own; undefined for all others. */
export async function ownJson(outcome: CommandResult["outcome"]): Promise<string | undefined> {
  if (outcome.operation === "lint") return lintText(outcome as LintOutcome, "json");
  if (outcome.operation !== "check") return undefined;
  const { codeDocument } = await import("../reports/code-review.ts");
  return codeDocument(outcome as CodeReviewOutcome);
}

/** The result as it stands among those of other verbs, where that is not the outcome itself. */
export async function ownResult(
  outcome: CommandResult["outcome"],
): Promise<CommandResult["outcome"] | undefined> {
  if (outcome.operation !== "check") return undefined;
  const { codeItem } = await import("../reports/code-review.ts");
  return codeItem(outcome as CodeReviewOutcome);
}

async function lintText(outcome: LintOutcome, format: Exclude<LintFormat, "text">): Promise<string> {
  const { lintDocument } = await import("../reports/lint-machine.ts");
  return lintDocument(outcome, format);
}
