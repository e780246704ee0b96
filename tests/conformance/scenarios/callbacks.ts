// Scenarios 120 to 128: callbacks, licences, several verbs, connections, taking turns.
import { A, B, remove, run, S1, S2, type Scenario, sql, text, write } from "../scenario.ts";

const EVENTS = [
  ..."beforeClean afterClean afterCleanError beforeMigrate beforeEachMigrate beforeEachMigrateStatement".split(
    " ",
  ),
  ..."afterEachMigrateStatement afterEachMigrateStatementError afterEachMigrate afterEachMigrateError".split(
    " ",
  ),
  ..."beforeRepeatables afterVersioned afterMigrateApplied afterMigrate afterMigrateError".split(" "),
  ..."beforeValidate afterValidate afterValidateError beforeBaseline afterBaseline afterBaselineError".split(
    " ",
  ),
  ..."beforeRepair afterRepair afterRepairError beforeInfo afterInfo afterInfoError".split(" "),
  ..."createSchema beforeCreateSchema afterConnect afterMigrateOperationFinish".split(" "),
];

/** Where callbacks leave their mark, outside the schema that is migrated. */
const LOG = "create schema log; create table log.events(n serial, event text);";
const mark = (event: string) => `insert into log.events(event) values ('${event}');\n`;
const marks = (names: readonly string[], folder = "sql") =>
  Object.fromEntries(names.map((name) => [`${folder}/${name}.sql`, mark(name)]));

const FINISH = ["Migrate", "Info", "Clean", "Validate", "Repair", "Baseline"].map(
  (verb) => `after${verb}OperationFinish`,
);

export const callbacks: readonly Scenario[] = [
  {
    id: "120",
    title: "runs the callbacks of each event in order",
    setup: LOG,
    files: {
      ...marks(EVENTS),
      ...marks(["beforeMigrate__b", "beforeMigrate__a_one"]),
      "sql/V1__two.sql": `${A}${mark("V1")}`,
      "sql/V2__b.sql": B,
      "sql/R__r.sql": S1,
      "sql/R__s.sql": S2,
    },
    steps: [
      run("migrate"),
      sql("insert into log.events(event) values ('-- next: info')"),
      run("info"),
      sql("insert into log.events(event) values ('-- next: validate')"),
      run("validate"),
      sql("insert into log.events(event) values ('-- next: repair')"),
      run("repair"),
      sql("insert into log.events(event) values ('-- next: clean')"),
      run("clean -cleanDisabled=false"),
      sql("insert into log.events(event) values ('-- next: baseline')"),
      run("baseline"),
    ],
  },
  {
    id: "121",
    title: "stops where a callback fails",
    files: { "sql/V1__a.sql": A, "sql/beforeMigrate.sql": "select 1/0;\n" },
    steps: [
      run("migrate"),
      text("migrate"),
      remove("sql/beforeMigrate.sql"),
      write({ "sql/afterEachMigrate.sql": "select 1/0;\n" }),
      run("migrate"),
      run("info"),
      remove("sql/afterEachMigrate.sql"),
      write({ "sql/afterMigrate.sql": "select 1/0;\n" }),
      run("migrate"),
      text("migrate"),
      run("info"),
    ],
  },
  {
    id: "122",
    title: "runs the finishing callback of each verb, and no SQL before connecting",
    setup: LOG,
    files: { ...marks([...FINISH, "beforeConnect"]), "sql/V1__a.sql": A },
    steps: [
      run("info"),
      run("validate"),
      run("migrate"),
      run("repair"),
      run("clean -cleanDisabled=false"),
      run("baseline"),
    ],
  },
  {
    id: "123",
    title: "looks for callbacks in their own locations when these are given",
    setup: LOG,
    files: { ...marks(["beforeMigrate__sql"]), ...marks(["beforeMigrate__cb"], "cb"), "sql/V1__a.sql": A },
    steps: [run("migrate -callbackLocations=filesystem:cb"), run("info -callbackLocations=filesystem:nope")],
  },
  {
    id: "124",
    title: "runs the callbacks around a migrate that has nothing to do",
    setup: LOG,
    files: { "sql/V1__a.sql": A },
    steps: [text("migrate"), write(marks(EVENTS)), run("migrate")],
  },
  {
    id: "125",
    title: "answers undo with exit code 35",
    files: { "sql/V1__a.sql": A },
    steps: [text("migrate"), text("undo"), run("undo"), run("info")],
  },
  {
    id: "126",
    title: "answers several verbs in one document",
    files: { "sql/V1__a.sql": A },
    steps: [run("info validate"), run("migrate info validate"), text("info validate")],
  },
  {
    id: "127",
    title: "fails when nobody listens, after the retries it was given",
    files: { "sql/V1__a.sql": A },
    steps: [
      run("info", { url: "jdbc:postgresql://127.0.0.1:1/nobody" }),
      text("info", { url: "jdbc:postgresql://127.0.0.1:1/nobody" }),
      text("info -connectRetries=1", { url: "jdbc:postgresql://127.0.0.1:1/nobody" }),
    ],
  },
  {
    id: "128",
    title: "continues what another tool began",
    files: { "sql/V1__a.sql": A },
    steps: [run("migrate"), write({ "sql/V2__b.sql": B }), run("migrate"), run("info"), run("validate")],
  },
];
