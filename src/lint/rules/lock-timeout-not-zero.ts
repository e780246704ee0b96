// lock_timeout is not switched off.

import { fixOf } from "../edits.ts";
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";
import { otherValue } from "../timeouts.ts";
import { milliseconds } from "../transaction.ts";

/** pg_dump begins with these settings, and makes the tables that it works on. */
const DUMP =
  /\bSET statement_timeout = 0;\s*SET lock_timeout = 0;\s*SET (?:idle_in_transaction_session_timeout|client_encoding)\b/;

const isDump = (script: string): boolean => DUMP.test(script.slice(0, 2000));

export default rule({
  id: "lock-timeout-not-zero",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "lock_timeout is not set to zero",
  why: "Zero means to wait for ever, with everything queued up behind.",
  instead: "Give it seconds: SET LOCAL lock_timeout = '3s'.",
  bad: [
    { sql: "SET lock_timeout = 0;", fixed: "SET lock_timeout = '3s';" },
    {
      sql: "SELECT set_config('lock_timeout', '0', false);",
      fixed: "SELECT set_config('lock_timeout', '3s', false);",
    },
  ],
  good: [
    "SET statement_timeout = 0;\nSET lock_timeout = 0;\nSET idle_in_transaction_session_timeout = 0;\nCREATE TABLE app.a (b int);",
    "SET lock_timeout = '3s';",
    "RESET lock_timeout;",
    "SET statement_timeout = 0;",
  ],
  fix: { gives: "same", note: "The file gives up after three seconds of waiting." },
  on: {
    "set-variable": (action, { report, file }) => {
      if (
        action.name === "lock_timeout" &&
        action.value !== undefined &&
        milliseconds(action.value) === 0 &&
        runs(action) &&
        !isDump(file.script)
      )
        report(
          action,
          "lock_timeout = 0 waits for locks for ever.",
          fixOf(action, otherValue(file.script, action, "lock_timeout", "3s")),
        );
    },
  },
});
