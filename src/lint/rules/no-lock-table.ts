// Migrations do not lock tables by hand.
import { isAtLeast, locksOf, STOPS } from "../locks.ts";
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-lock-table",
  family: "lock",
  severity: "warning",
  presets: ["recommended"],
  summary: "No LOCK TABLE in a strong mode",
  lock: "ACCESS EXCLUSIVE",
  why: "The lock lasts to the end of the transaction, whatever else the file does.",
  instead: "Leave it out: each statement takes the lock it needs.",
  bad: [{ before: "CREATE TABLE app.a (b int);", sql: "LOCK TABLE app.a;" }],
  good: [
    { before: "CREATE TABLE app.a (b int);", sql: "LOCK TABLE app.a IN ACCESS SHARE MODE;" },
    "CREATE TABLE app.a (b int); LOCK TABLE app.a;",
  ],
  on: {
    "lock-table": (action, { report, isBusy, catalog }) => {
      const [lock] = locksOf(action, catalog);
      if (lock !== undefined && isAtLeast(lock.mode, "SHARE") && runs(action) && isBusy(action.table))
        report(
          action,
          `LOCK TABLE holds ${lock.mode} on ${shown(action.table)} until the transaction ends: ${STOPS[lock.mode]} wait.`,
        );
    },
  },
});
