// Text reports of godwit's own commands: each is loaded only when its command ran.
import type { CommandResult } from "../commands/command.ts";
import type { AddOutcome, LintFormat, LintOutcome, RuleListOutcome } from "../commands/lint.ts";
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
    case "rules": {
      const { renderRules } = await import("../reports/lint-rules.ts");
      return renderRules(outcome as RuleListOutcome, style);
    }
    case "add": {
      const { path, created } = outcome as AddOutcome;
      return created ? [{ level: "info", text: `created: ${path}` }] : [{ level: "data", text: `${path}\n` }];
    }
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
  return outcome.operation === "lint" ? lintText(outcome as LintOutcome, "json") : undefined;
}

async function lintText(outcome: LintOutcome, format: Exclude<LintFormat, "text">): Promise<string> {
  const { lintDocument } = await import("../reports/lint-machine.ts");
  return lintDocument(outcome, format);
}
