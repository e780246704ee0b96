// lock_timeout is short enough to matter.

import { fixOf } from "../edits.ts";
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";
import { otherValue } from "../timeouts.ts";
import { milliseconds } from "../transaction.ts";

export default rule({
  id: "lock-timeout-short",
  family: "lock",
  severity: "warning",
  presets: ["recommended"],
  summary: "lock_timeout is short",
  why: "As long as the migration waits, every query on the table waits behind it: the timeout is how long the application may stand still.",
  instead: "A few seconds, and try again: lockTimeoutRetries.",
  bad: [
    { sql: "SET LOCAL lock_timeout TO '5min';", fixed: "SET LOCAL lock_timeout TO '3s';" },
    { sql: "SET lock_timeout = '5min';", fixed: "SET lock_timeout = '3s';" },
  ],
  good: ["SET lock_timeout = '5s';", "SET statement_timeout = '5min';", "RESET lock_timeout;"],
  options: [{ name: "seconds", default: "30", doc: "Longest lock_timeout." }],
  fix: { gives: "same", note: "The file gives up after three seconds of waiting." },
  on: {
    "set-variable": (action, { report, option, file }) => {
      const most = Number(option("seconds")) * 1000;
      if (
        action.name === "lock_timeout" &&
        action.value !== undefined &&
        milliseconds(action.value) > most &&
        runs(action)
      )
        report(
          action,
          `lock_timeout = ${action.value} lets the application stand still for that long.`,
          fixOf(action, otherValue(file.script, action, "lock_timeout", "3s")),
        );
    },
  },
});
