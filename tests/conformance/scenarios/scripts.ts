// Scenarios 105 to 119: placeholders, where statements end, COPY, odd files, output and shell scripts.
import { A, ask, file, run, type Scenario, sql, text, write } from "../scenario.ts";

const BUILT_IN = `create table seen as select
  '\${flyway:defaultSchema}' as default_schema, '\${flyway:user}' as "user", '\${flyway:database}' as database,
  '\${flyway:timestamp}' ~ '^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$' as "timestamp", '\${flyway:filename}' as filename,
  '\${flyway:workingDirectory}' as working_directory, '\${flyway:table}' as "table",
  '\${flyway:environment}' as environment, '\${ABC}' as upper, '\${abc}' as lower, '\${Flyway:DefaultSchema}' as mixed;
`;

const loaded = (data: string, end: string) =>
  `create table loaded(id int, word text);\n${data}\\.\ninsert into loaded values (9, 'after');\n`.replaceAll(
    "\n",
    end,
  );

const ATOMIC = `create table n(i int);
create function f(x int) returns int language sql
begin atomic
  insert into n values (x);
  select case when x > 0 then 1 else 2 end;
end;
create table after_it(id int);
`;

export const scripts: readonly Scenario[] = [
  {
    id: "105",
    title: "replaces the built-in placeholders, whatever their case",
    files: { "sql/V1__seen.sql": BUILT_IN },
    args: ["-placeholders.abc=value"],
    steps: [run("migrate"), ask("select * from seen")],
  },
  {
    id: "106",
    title: "fails on a placeholder without a value",
    files: { "sql/V1__a.sql": A, "sql/V2__n.sql": "select '${nope}';\n" },
    steps: [
      run("validate"),
      text("validate"),
      run("migrate"),
      text("migrate"),
      run("info"),
      write({ "sql/R__n.sql": "select '${nope}';\n" }),
      run("info"),
      text("info"),
    ],
  },
  {
    id: "107",
    title: "refuses a placeholder of the reserved names",
    files: { "sql/V1__a.sql": A },
    args: ["-placeholders.flyway:foo=1"],
    steps: [run("info"), text("info"), run("migrate")],
  },
  {
    id: "108",
    title: "runs a repeatable again when the value of its placeholder changes",
    files: { "sql/R__r.sql": "create or replace view r as select '${abc}' as x;\n" },
    steps: [
      run("migrate -placeholders.abc=1"),
      run("info -placeholders.abc=2"),
      run("validate -placeholders.abc=2"),
      run("migrate -placeholders.abc=2"),
      run("info -placeholders.abc=2"),
    ],
  },
  {
    id: "109",
    title: "keeps dollar-quoted bodies whole",
    files: {
      "sql/V1__dollars.sql":
        "create function f() returns int language plpgsql as $body$ begin perform 1; return 2; end; $body$;\ndo $$ begin perform f(); perform f(); end; $$;\nselect $a$ x;y $b$ $a$;\n",
    },
    steps: [run("migrate"), text("validate")],
  },
  {
    id: "110",
    title: "knows escape strings from plain ones",
    files: { "sql/V1__quotes.sql": "select E'it\\'s; ok';\nselect 'c:\\';\nselect 2;\n" },
    steps: [run("migrate")],
  },
  {
    id: "111",
    title: "knows nested comments and empty statements",
    files: { "sql/V1__comments.sql": "/* a ; /* b ; */ c */ select 1; -- x ;\n;;\n" },
    steps: [run("migrate")],
  },
  {
    id: "112",
    title: "keeps the statements of a rule together",
    files: {
      "sql/V1__t.sql": "create table t(i int);\n",
      "sql/V2__rule.sql": "create rule r as on insert to t do also (select 1; select 2);\n",
    },
    steps: [run("migrate")],
  },
  {
    id: "113",
    title: "keeps the statements of an atomic function body together",
    files: { "sql/V1__atomic.sql": ATOMIC },
    steps: [run("migrate")],
  },
  {
    id: "114",
    title: "loads COPY data with semicolons, as CSV, and with CRLF",
    files: {
      "sql/V1__semicolons.sql": loaded("copy loaded from stdin;\n1\ta;b\n2\t\\N\n", "\n"),
      "sql/V2__csv.sql": loaded('copy loaded from stdin (format csv);\n1,"a;b"\n2,\n', "\n").replaceAll(
        "loaded",
        "loaded_csv",
      ),
      "sql/V3__crlf.sql": loaded("copy loaded (id, word) from stdin;\n1\ta\n2\tb\n", "\r\n").replaceAll(
        "loaded",
        "loaded_crlf",
      ),
    },
    steps: [run("migrate"), run("info")],
  },
  {
    id: "115",
    title: "does not know the commands of psql",
    files: { "sql/V1__set.sql": "\\set x 1\nselect 1;\n" },
    steps: [run("migrate"), text("migrate")],
  },
  {
    id: "116",
    title: "applies files without a statement",
    files: { "sql/V1__empty.sql": "", "sql/V2__comment.sql": "-- nothing\n", "sql/V3__semi.sql": ";\n;\n" },
    steps: [run("migrate"), run("info"), run("validate")],
  },
  {
    id: "117",
    title: "applies queries whether or not their results are shown",
    files: {
      "sql/V1__q.sql": "select 1 as x, null as y, true as z;\nselect 1 as x where false;\n",
    },
    steps: [
      text("migrate"),
      sql("drop table flyway_schema_history"),
      text("migrate -outputQueryResults=false"),
      sql("drop table flyway_schema_history"),
      run("migrate"),
    ],
  },
  {
    id: "118",
    title: "applies statements that give notices and warnings",
    files: {
      "sql/V1__n.sql":
        "do $$ begin raise notice 'hello'; raise warning 'careful'; end $$;\ncreate table t(i int);\ncreate table if not exists t(i int);\ndrop table if exists zz;\n",
    },
    steps: [run("migrate"), sql("drop table flyway_schema_history, t"), text("migrate")],
  },
  {
    id: "119",
    title: "runs shell scripts with the connection and placeholders in their environment",
    files: {
      "sql/V1__s.sh":
        'echo "$FLYWAY_URL|$FLYWAY_USER|$FP__flyway_filename__|$FP__flyway_table__|$FP__my_ph__" > out.txt\necho done\n',
      "sql/V2__bad.sh": "echo out of luck\nexit 3\n",
    },
    args: ["-placeholders.my_ph=mine"],
    steps: [run("info"), run("migrate"), text("migrate"), file("out.txt"), run("info"), run("validate")],
  },
];
