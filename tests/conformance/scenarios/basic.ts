// Scenarios 1 to 20: migrate, info and validate on sound files; checksums; versions; lengths.
import { A, ask, B, move, run, S1, S2, type Scenario, sql, text, write } from "../scenario.ts";

const THREE_LINES = "CREATE TABLE a (\n  id INT\n);\n";
const BOM = "\uFEFF";
const LONG_DIRS = ["a", "b", "c", "d", "e", "f"].map((letter) => letter.repeat(190)).join("/");

export const basic: readonly Scenario[] = [
  {
    id: "1",
    title: "applies versioned files in order, then repeatables",
    files: {
      "sql/V1__init.sql": A,
      "sql/R__va.sql": "create view va as select 1 as x;\n",
      "sql/V2__second_one.sql": B,
    },
    steps: [run("info"), run("validate"), run("migrate"), run("info"), run("validate")],
  },
  {
    id: "2",
    title: "does nothing when all is applied",
    files: { "sql/V1__init.sql": A, "sql/R__r.sql": S1, "sql/V2__second_one.sql": B },
    steps: [text("migrate"), run("migrate"), text("migrate"), run("info")],
  },
  {
    id: "3",
    title: "makes the history table with the same columns, key and index",
    files: {},
    steps: [
      text("migrate"),
      ask(
        "select column_name, data_type, character_maximum_length, is_nullable, column_default from information_schema.columns where table_name = 'flyway_schema_history' order by ordinal_position",
      ),
      ask("select indexname, indexdef from pg_indexes where tablename = 'flyway_schema_history' order by 1"),
    ],
  },
  {
    id: "4",
    title: "computes checksums from lines, whatever ends them",
    files: {
      "sql/V1__empty.sql": "",
      "sql/V2__newline.sql": "\n",
      "sql/V3__lf.sql": THREE_LINES,
      "sql/V4__crlf.sql": THREE_LINES.replaceAll("\n", "\r\n"),
      "sql/V5__cr.sql": THREE_LINES.replaceAll("\n", "\r"),
      "sql/V6__no_end.sql": THREE_LINES.trimEnd(),
      "sql/V7__one_line.sql": "CREATE TABLE a (  id INT);",
      "sql/V8__blank_lines.sql": `\n${THREE_LINES.replaceAll("\n", "\n\n")}\n`,
      "sql/V9__bom.sql": BOM + THREE_LINES,
      "sql/V10__space.sql": THREE_LINES.replace("\n", " \n"),
      "sql/V11__unicode.sql": "INSERT INTO t VALUES ('caf\u00E9 \u2603 \u{1F600}');\n",
      "sql/V12__odd_ends.sql": "select 'a\u2028b\u0085c\u000Bd\u000Ce';\n",
      "sql/V13__two_boms.sql": `${BOM}${BOM}select 1;\n`,
      "sql/V14__bom_only.sql": BOM,
      "sql/V15__digits.sql": "123456789",
      "sql/V16__select.sql": S1,
    },
    steps: [run("migrate -skipExecutingMigrations=true"), run("info"), run("validate")],
  },
  {
    id: "5",
    title: "accepts an applied file whose line ends, mark or last newline changed",
    files: { "sql/V1__a.sql": THREE_LINES },
    steps: [
      text("migrate"),
      write({ "sql/V1__a.sql": THREE_LINES.replaceAll("\n", "\r\n") }),
      run("validate"),
      write({ "sql/V1__a.sql": BOM + THREE_LINES }),
      run("validate"),
      write({ "sql/V1__a.sql": THREE_LINES.trimEnd() }),
      text("validate"),
      run("info"),
    ],
  },
  {
    id: "6",
    title: "refuses an applied file with a space more",
    files: { "sql/V1__a.sql": A },
    steps: [
      text("migrate"),
      write({ "sql/V1__a.sql": "create table a(id int); \n" }),
      text("validate"),
      run("validate"),
      run("info"),
    ],
  },
  {
    id: "7",
    title: "refuses an applied file with another description",
    files: { "sql/V1.1__b.sql": B },
    steps: [
      text("migrate"),
      move("sql/V1.1__b.sql", "sql/V1.1__b_renamed.sql"),
      text("validate"),
      run("validate"),
      run("info"),
    ],
  },
  {
    id: "8",
    title: "migrates nothing over a changed file, unless told not to validate",
    files: { "sql/V1__a.sql": A },
    steps: [
      text("migrate"),
      write({ "sql/V1__a.sql": "create table a(id int); \n", "sql/V2__b.sql": B }),
      text("migrate"),
      run("migrate"),
      run("migrate -validateOnMigrate=false"),
      run("info"),
    ],
  },
  {
    id: "9",
    title: "answers a failing validate in JSON with exit code 0",
    files: { "sql/V1__a.sql": A, "sql/V2__b.sql": B },
    steps: [
      text("migrate"),
      write({ "sql/V1__a.sql": "create table a(id int); \n", "sql/V2__b.sql": `${B}-- more\n` }),
      run("validate"),
    ],
  },
  {
    id: "10",
    title: "accepts an applied file in another folder",
    files: { "sql/V1__a.sql": A },
    steps: [
      text("migrate"),
      move("sql/V1__a.sql", "sql/sub/V1__a.sql"),
      run("validate"),
      run("info"),
      run("repair"),
      run("info"),
    ],
  },
  {
    id: "11",
    title: "accepts a NULL checksum and fills it in with repair",
    files: { "sql/V1__a.sql": A },
    steps: [
      text("migrate"),
      sql("update flyway_schema_history set checksum = null"),
      run("validate"),
      run("info"),
      run("repair"),
      run("validate"),
    ],
  },
  {
    id: "12",
    title: "migrates an empty folder",
    files: {},
    steps: [run("migrate"), text("migrate"), run("info"), run("validate")],
  },
  {
    id: "13",
    title: "tells of an empty folder and an empty database",
    files: {},
    steps: [text("info"), run("info"), run("validate")],
  },
  {
    id: "14",
    title: "writes nothing for info",
    files: { "sql/V1__a.sql": A },
    steps: [text("info"), run("info"), run("info -schemas=elsewhere")],
  },
  {
    id: "15",
    title: "applies files without a description",
    files: { "sql/V3.sql": A, "sql/V7__.sql": B },
    steps: [run("migrate"), run("info"), run("validate"), run("repair")],
  },
  {
    id: "16",
    title: "orders versions by number and stores them as they are written",
    files: Object.fromEntries(
      ["20240101120000", "2", "10", "1.10", "1.9", "1.0.1", "1_2", "003", "99999999999999999999999"].map(
        (version) => [`sql/V${version}__v.sql`, S1],
      ),
    ),
    steps: [run("info"), run("migrate"), run("info"), run("validate")],
  },
  {
    id: "17",
    title: "orders repeatables by the code units of their descriptions",
    files: { "sql/R__b_view.sql": S1, "sql/R__a_view.sql": S2, "sql/R__Zed.sql": S1 },
    steps: [run("info"), run("migrate"), run("info"), run("validate")],
  },
  {
    id: "18",
    title: "shortens a long description, which repair can not store",
    files: { [`sql/V1__${"d".repeat(210)}.sql`]: A },
    steps: [run("migrate"), run("info"), run("validate"), run("repair"), text("repair")],
  },
  {
    id: "19",
    title: "rolls a migration back whose version does not fit the table",
    files: { [`sql/V${"9".repeat(60)}__x.sql`]: A },
    steps: [run("migrate"), text("migrate"), run("info")],
  },
  {
    id: "20",
    title: "shortens a script path of more than 1000 characters",
    files: { [`sql/${LONG_DIRS}/V1__a.sql`]: A },
    steps: [run("migrate"), run("info"), run("validate"), run("repair")],
  },
];
