// Scenarios 34 to 43: transactions, mixed scripts, groups, and the state of the session between files.
import { A, ask, B, run, S1, type Scenario, sql, text, write } from "../scenario.ts";

const SESSION_LOCK = "-postgresql.transactional.lock=false";
const MAKE_ROLE =
  "do $$ begin create role conformance_role; exception when duplicate_object or unique_violation then null; end $$;";

export const transactions: readonly Scenario[] = [
  {
    id: "34",
    title: "refuses a script of both kinds unless mixed is allowed",
    files: { "sql/V1__m.sql": "create table a(id int);\nvacuum;\n" },
    steps: [
      run("migrate"),
      text("migrate"),
      run("info"),
      run("validate"),
      run("migrate -mixed=true"),
      run("info"),
    ],
  },
  {
    id: "35",
    title: "refuses a group of both kinds unless mixed is allowed",
    files: { "sql/V1__a.sql": A, "sql/V2__v.sql": "vacuum;\n", "sql/V3__b.sql": B },
    args: ["-group=true"],
    steps: [
      run("migrate"),
      text("migrate"),
      run("info"),
      run(`migrate -mixed=true ${SESSION_LOCK}`),
      run("info"),
    ],
  },
  {
    id: "36",
    title: "rolls a whole group back",
    files: { "sql/V1__a.sql": A, "sql/V2__bad.sql": "select 1/0;\n" },
    args: ["-group=true"],
    steps: [run("migrate"), text("migrate"), run("info")],
  },
  {
    id: "37",
    title: "recovers from a unique index that could not be built concurrently",
    files: {
      "sql/V1__t.sql": "create table t(id int);\ninsert into t values (1), (1);\n",
      "sql/V2__i.sql": "create unique index concurrently t_id on t(id);\n",
      "sql/V3__b.sql": B,
    },
    args: [SESSION_LOCK],
    steps: [
      run("migrate"),
      run("info"),
      sql(
        "drop index t_id; delete from t where ctid not in (select min(ctid::text)::tid from t group by id);",
      ),
      run("repair"),
      run("migrate"),
      run("info"),
    ],
  },
  {
    id: "38",
    title: "lets the script config force a transaction that the server refuses",
    files: { "sql/V1__v.sql": "vacuum;\n", "sql/V1__v.sql.conf": "executeInTransaction=true\n" },
    steps: [run("migrate"), run("info")],
  },
  {
    id: "39",
    title: "refuses script configs it can not read",
    files: { "sql/V1__v.sql": S1, "sql/V1__v.sql.conf": "executeInTransaction=nah\n" },
    steps: [
      run("info"),
      text("info"),
      run("validate"),
      run("migrate"),
      run("repair"),
      write({ "sql/V1__v.sql.conf": "bogus=true\n" }),
      run("info"),
      run("migrate"),
      write({ "sql/V1__v.sql.conf": "executeInTransaction=TRUE\n" }),
      run("migrate"),
    ],
  },
  {
    id: "40",
    title: "adds an enum value in a transaction",
    files: {
      "sql/V1__t.sql": "create type t as enum ('a');\n",
      "sql/V2__x.sql": "alter type t add value 'x';\n",
      "sql/V3__m.sql": "alter type t add value 'y';\ncreate table a(id int);\n",
    },
    steps: [run("migrate"), run("info")],
  },
  {
    id: "41",
    title: "gives each migration the login role and search path",
    setup: MAKE_ROLE,
    files: {
      "sql/V1__set.sql": "set role conformance_role;\nset search_path to pg_temp;\n",
      "sql/V2__seen.sql":
        "create table seen as select current_user::text as who, current_setting('search_path') as path;\n",
    },
    steps: [run("migrate"), run("info")],
  },
  {
    id: "42",
    title: "keeps other settings of a session for the rest of the run",
    files: {
      "sql/V1__set.sql": "set statement_timeout = '7s';\n",
      "sql/V2__seen.sql":
        "create table seen as select current_setting('statement_timeout') as statement_timeout;\n",
    },
    steps: [run("migrate"), run("info")],
  },
  {
    id: "43",
    title: "works and stores times in the client's zone",
    files: { "sql/V1__zone.sql": "create table seen as select current_setting('TimeZone') as zone;\n" },
    steps: [
      run("migrate", { env: { TZ: "America/St_Johns" } }),
      ask(
        "select abs(extract(epoch from installed_on at time zone 'America/St_Johns' - now())) < 600 as local from flyway_schema_history",
      ),
      run("info", { env: { TZ: "America/St_Johns" } }),
    ],
  },
];
