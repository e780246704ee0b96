// Ten turns on one database, by tools that take turns: what they leave must be what one of them leaves alone.
import { edit, move, remove, run, type Scenario, write } from "./scenario.ts";

const table = (name: string) =>
  `create table ${name}(id int primary key);\ninsert into ${name} values (1), (2);\n`;
const view = (column: string) => `create or replace view seen as select 1 as ${column};\n`;

export const ALTERNATION: Scenario = {
  id: "alternation",
  title: "takes ten turns on one database",
  files: {
    "sql/V1__one.sql": table("one"),
    "sql/R__seen.sql": view("a"),
    "sql/beforeMigrate.sql":
      "create table if not exists turns(n serial);\ninsert into turns default values;\n",
  },
  args: ["-schemas=app,more"],
  steps: [
    run("migrate"),
    write({ "sql/V2__two.sql": `${table("two")}do $$ begin perform 1; end $$;\n` }),
    run("migrate"),
    edit({
      write: {
        "sql/R__seen.sql": "create or replace view seen as select 1 as a, 2 as b;\n",
        "sql/V4__four.sql": "",
      },
    }),
    run("migrate"),
    write({ "sql/V3__three.sql": table("three") }),
    run("migrate -outOfOrder=true"),
    move("sql/V2__two.sql", "sql/V2__zwei.sql"),
    run("repair"),
    write({ "sql/V5__five.sql": "vacuum;\n", "sql/V6.0__six.sql": `${table("six")}select 1/0;\n` }),
    run("migrate"),
    edit({ write: { "sql/V6.0__six.sql": table("six") }, remove: ["sql/V4__four.sql"] }),
    run("repair"),
    run("migrate"),
    remove("sql/R__seen.sql"),
    run("repair"),
    write({ "sql/R__seen.sql": view("a, 2 as b, 3 as c"), "sql/V7__seven.sql": table("seven") }),
    run("migrate"),
    run("info"),
    run("info"),
    run("validate"),
    run("validate"),
  ],
};
