// Text reports of godwit's own commands: each is loaded only when its command ran.
import type { CommandResult } from "../commands/command.ts";
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
    case "completion":
      return "script" in outcome ? [{ level: "data", text: String(outcome.script) }] : [];
    default:
      return undefined;
  }
}
