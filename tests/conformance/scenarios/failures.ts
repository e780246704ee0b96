// Scenarios 21 to 33: statements that fail, and what is left behind.
import { A, B, run, S1, type Scenario, sql, text, write } from "../scenario.ts";

const BAD = "-- one\n\ncreate table keep_out(id int);\ninsert into nosuch\n  values (1);\n";
const VACUUM_BAD = "vacuum;\nvacuum nosuch;\n";
const SESSION_LOCK = "-postgresql.transactional.lock=false";

export const failures: readonly Scenario[] = [
  {
    id: "21",
    title: "rolls a failing migration back and keeps those before it",
    files: { "sql/V1__a.sql": A, "sql/V2__bad.sql": BAD },
    steps: [text("migrate"), run("info"), run("validate")],
  },
  {
    id: "22",
    title: "names file, line and server code of a failing statement",
    files: { "sql/V1__a.sql": A, "sql/V2__bad.sql": BAD },
    steps: [run("migrate")],
  },
  {
    id: "23",
    title: "lists what was applied before the failure",
    files: { "sql/V1__a.sql": A, "sql/V2__b.sql": B, "sql/V3__c.sql": "select 1/0;\n" },
    steps: [run("migrate"), run("migrate"), run("info")],
  },
  {
    id: "24",
    title: "reports an error raised in PL/pgSQL with its own code",
    files: {
      "sql/V1__boom.sql":
        "do $$ begin\n  raise exception 'boom %', 1 using detail = 'the detail', hint = 'the hint', errcode = 'P0009';\nend $$;\n",
    },
    steps: [text("migrate"), run("migrate")],
  },
  {
    id: "25",
    title: "does not go on to the next verb after a failed migrate",
    files: { "sql/V1__a.sql": A, "sql/V2__bad.sql": BAD },
    steps: [text("migrate info"), run("migrate info")],
  },
  {
    id: "26",
    title: "records no row for a failure outside a transaction in the default lock mode",
    files: { "sql/V1__v.sql": VACUUM_BAD },
    steps: [text("migrate"), run("migrate"), run("info")],
  },
  {
    id: "27",
    title: "records a failed row with the session lock, and repair removes it",
    files: { "sql/V1__v.sql": VACUUM_BAD },
    args: [SESSION_LOCK],
    steps: [
      run("migrate"),
      run("info"),
      run("validate"),
      text("validate"),
      run("migrate"),
      text("migrate"),
      run("repair"),
      run("info"),
      run("repair"),
    ],
  },
  {
    id: "28",
    title: "keeps what ran before a failure when the script config forbids a transaction",
    files: {
      "sql/V1__a.sql": "create table a(id int);\nselect 1/0;\n",
      "sql/V1__a.sql.conf": "executeInTransaction=false\n",
    },
    steps: [run("migrate"), run("info")],
  },
  {
    id: "29",
    title: "keeps what a script commits itself before it fails",
    files: { "sql/V1__a.sql": "begin;\ncreate table t(i int);\ncommit;\nselect 1/0;\n" },
    steps: [run("migrate"), run("info")],
  },
  {
    id: "30",
    title: "stops at the failed row of a repeatable",
    files: { "sql/R__v.sql": VACUUM_BAD },
    args: [SESSION_LOCK],
    steps: [
      run("migrate"),
      run("info"),
      run("validate"),
      text("validate"),
      run("migrate -validateOnMigrate=false"),
      text("migrate -validateOnMigrate=false"),
      run("repair"),
      run("info"),
    ],
  },
  {
    id: "31",
    title: "passes by the failed row of a version that is not here yet",
    files: { "sql/V1__a.sql": A },
    steps: [
      text("migrate"),
      sql(
        "insert into flyway_schema_history values (2, '9', 'nine', 'SQL', 'V9__nine.sql', 1, 'postgres', now(), 0, false)",
      ),
      run("info"),
      run("validate"),
      text("validate"),
      run("migrate"),
      text("migrate"),
    ],
  },
  {
    id: "32",
    title: "stops at the failed row of a file that has gone",
    files: { "sql/V1__a.sql": A },
    steps: [
      text("migrate"),
      sql(
        "insert into flyway_schema_history values (2, '2', 'two', 'SQL', 'V2__two.sql', 1, 'postgres', now(), 0, false)",
      ),
      write({ "sql/V3__c.sql": S1 }),
      run("info"),
      run("validate"),
      text("validate"),
      run("migrate"),
      text("migrate"),
      run("migrate -validateOnMigrate=false"),
    ],
  },
  {
    id: "33",
    title: "fails on COPY data the server refuses",
    files: { "sql/V1__c.sql": "create table c(id int);\ncopy c from stdin;\n1\nabc\n\\.\n" },
    steps: [run("migrate"), text("migrate"), run("info")],
  },
];
