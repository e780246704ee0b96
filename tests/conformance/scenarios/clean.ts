// Scenarios 86 to 89: clean.
import { A, ask, run, type Scenario, sql, text } from "../scenario.ts";

/** One object of every kind a schema can hold, those that clean leaves behind included. */
const EVERY_KIND = `
create table t(id serial primary key, at timestamptz default now());
create table child() inherits (t);
create table p(id int) partition by range (id);
create table p1 partition of p for values from (0) to (10);
create view v as select * from t;
create materialized view m as select * from t;
create sequence s;
create type mood as enum ('sad', 'glad');
create domain positive as int check (value > 0);
create type pair as (x int, y int);
create type span as range (subtype = float8);
create function f(mood) returns int language sql as 'select 1';
create procedure pr(x int) language sql as 'select 1';
create function two_out(x int, out y int, out z text) language sql as 'select 1, ''a''';
create aggregate total(int) (sfunc = int4pl, stype = int, initcond = '0');
create function on_t() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before insert on t for each row execute function on_t();
create rule r as on delete to t do instead nothing;
create collation c from "C";
create table uses(m mood, d positive, p pair, s span);
create foreign data wrapper w;
create server remote foreign data wrapper w;
create foreign table far(id int) server remote;
create operator === (leftarg = box, rightarg = box, function = box_same);
create text search configuration plain (copy = simple);
create text search dictionary small (template = simple);
create table "Odd "" name"("Col" int);
create function "Odd f"("Some Arg" text default 'x') returns text language sql as 'select $1';
`;

export const clean: readonly Scenario[] = [
  {
    id: "86",
    title: "refuses to clean unless it is allowed",
    files: { "sql/V1__a.sql": A },
    steps: [text("migrate"), run("clean"), text("clean"), run("info")],
  },
  {
    id: "87",
    title: "empties the schema and keeps it",
    files: { "sql/V1__a.sql": A },
    steps: [
      text("migrate"),
      run("clean -cleanDisabled=false"),
      run("info"),
      text("clean -cleanDisabled=false"),
    ],
  },
  {
    id: "88",
    title: "drops the schemas it made and warns of those it does not know",
    files: { "sql/V1__a.sql": A },
    steps: [text("migrate -schemas=s1,s2"), run("clean -schemas=s1,s2,s3 -cleanDisabled=false")],
  },
  {
    id: "89",
    title: "drops objects of every kind but a few",
    files: { "sql/V1__every_kind.sql": EVERY_KIND },
    steps: [
      text("migrate"),
      run("clean -cleanDisabled=false"),
      ask(
        "select c.relkind, c.relname from pg_class c where relnamespace = 'public'::regnamespace order by 1, 2",
      ),
      sql(
        "drop foreign table if exists far; drop server if exists remote; drop foreign data wrapper if exists w; drop operator if exists === (box, box); drop text search configuration if exists plain; drop text search dictionary if exists small;",
      ),
      run("migrate"),
      run("info"),
    ],
  },
];
