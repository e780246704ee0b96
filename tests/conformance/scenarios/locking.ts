// Scenarios 44 to 47a: the lock, and runs beside each other.
import { during, hold, run, S1, type Scenario, text, together } from "../scenario.ts";

const LOCK_KEY = "77433833903597";
const FIVE = Object.fromEntries(
  [1, 2, 3, 4, 5].map((n) => [`sql/V${n}__t${n}.sql`, `create table t${n}(id int);\n`]),
);
const ADVISORY =
  "select classid, objid, granted from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
/** Answers as soon as the statement of the first migration is at work. */
const SLEEPING =
  "select 1 as asleep from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";

export const locking: readonly Scenario[] = [
  {
    id: "44",
    title: "gives up on a lock held by another session",
    files: { "sql/V1__a.sql": S1 },
    steps: [
      hold(`select pg_advisory_lock(${LOCK_KEY})`),
      run("migrate -lockRetryCount=1"),
      text("migrate -lockRetryCount=0"),
    ],
  },
  {
    id: "45",
    title: "holds the advisory lock during a long migration",
    files: { "sql/V1__long.sql": "select pg_sleep(2);\n" },
    steps: [during(run("migrate"), ADVISORY)],
  },
  {
    id: "46",
    title: "shares five migrations between two runs, each applied once",
    files: FIVE,
    steps: [together(text("migrate"), text("migrate")), run("info"), run("validate")],
  },
  {
    id: "47",
    title: "waits for another run and then has nothing to do",
    files: { "sql/V1__long.sql": "select pg_sleep(3);\n" },
    steps: [during(text("migrate"), SLEEPING, text("migrate")), run("info")],
  },
  {
    id: "47a",
    title: "leaves the search path alone when it begins with the default schema",
    setup: "create schema app",
    files: {
      "sql/V1__set.sql": "set search_path to pg_catalog;\n",
      "sql/V2__seen.sql":
        "create table if not exists app.seen(path text);\ninsert into app.seen values (current_setting('search_path'));\n",
    },
    steps: [
      run("migrate", { urlQuery: "currentSchema=app" }),
      run("info", { urlQuery: "currentSchema=app" }),
      run("migrate"),
      run("info"),
    ],
  },
];
