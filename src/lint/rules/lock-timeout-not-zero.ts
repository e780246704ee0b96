// lock_timeout is not switched off.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";
import { milliseconds } from "../transaction.ts";

export default rule({
  id: "lock-timeout-not-zero",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "lock_timeout is not set to zero",
  why: "Zero means to wait for ever, with everything queued up behind.",
  instead: "Give it seconds: SET LOCAL lock_timeout = '3s'.",
  bad: ["SET lock_timeout = 0;", "SELECT set_config('lock_timeout', '0', false);"],
  good: [
    "SET lock_timeout = '3s';",
    "RESET lock_timeout;",
    "SET statement_timeout = 0;",
    "RESET lock_timeout;",
  ],
  on: {
    "set-variable": (action, { report }) => {
      if (
        action.name === "lock_timeout" &&
        action.value !== undefined &&
        milliseconds(action.value) === 0 &&
        runs(action)
      )
        report(action, "lock_timeout = 0 waits for locks for ever.");
    },
  },
});
