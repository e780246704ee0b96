import { GodwitError } from "../base/errors.ts";
import { command } from "./command.ts";

/** Reports of Flyway's that are still to come. */
const LATER = ["drift", "changes", "dryrun"] as const;

export default command({
  name: "check",
  summary: "Review the code of migrations, with Flyway's reports",
  description:
    "`check -code` judges migrations by the rules of lint and writes report.html, report.json and report-code-review.sarif. With a URL it reviews what is pending, else all files. It exits with 0 whatever it finds, unless check.code.failOnError is on.",
  usage: "godwit check -code [options]",
  hasOwnReport: true,
  writesReports: true,
  options: [
    { name: "code", doc: "Review the code of migrations." },
    {
      name: "code.failOnError",
      value: "true",
      doc: "Exit with 1 when a finding is an error.",
    },
    {
      name: "scope",
      value: "ALL|PENDING|SCRIPT",
      doc: "Which files; PENDING with a URL, else ALL, unless set.",
    },
    { name: "scriptFilename", value: "path", doc: "The file of scope SCRIPT." },
    { name: "rulesLocation", value: "path", doc: "Folder of regular expression rules (TOML)." },
    { name: "regexEnabled", value: "false", doc: "Leave the regular expression rules out." },
    { name: "reportFilename", value: "path", doc: "Name of the reports; report unless set." },
  ],
  examples: [
    { command: "godwit check -code", doc: "Review, and write the reports" },
    { command: "godwit check -code -check.code.failOnError=true", doc: "Fail on errors" },
  ],
  run: async (context) => {
    const flags = context.flags ?? [];
    const later = LATER.filter((flag) => flags.includes(flag));
    if (later.length > 0) throw notYet(later);
    if (!flags.includes("code")) {
      throw new GodwitError("ERROR", "check was not told what to check.", {
        advice: "Write godwit check -code. The flags -drift, -changes and -dryrun come in a later version.",
      });
    }
    const { reviewCode } = await import("./check-run.ts");
    const outcome = await reviewCode(context);
    return { outcome, exitCode: outcome.fails ? 1 : 0, exitsInJson: true };
  },
});

function notYet(flags: readonly string[]): GodwitError {
  const named = flags.map((flag) => `-${flag}`).join(" and ");
  const plan = flags.includes("dryrun") ? " godwit migrate -dryRunOutput=plan.sql shows what would run." : "";
  return new GodwitError(
    "ERROR",
    `check ${named} is not built yet: ${flags.length === 1 ? "it comes" : "they come"} in a later version of godwit.`,
    {
      advice: `Nothing was checked. check -code works now.${plan}`,
    },
  );
}
