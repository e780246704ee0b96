// Scenarios 65 to 77: baseline rows, baselineOnMigrate, non-empty schemas and B files.
import { A, B, remove, run, S1, S2, type Scenario, sql, text, write } from "../scenario.ts";

const HELLO_BASE = "-baselineDescription=hello base";

/** Objects that do not make a schema count as used. */
const HARMLESS: Readonly<Record<string, string>> = {
  k1: "create materialized view k1.m as select 1 as x",
  k2: "create foreign data wrapper w; create server s foreign data wrapper w; create foreign table k2.f(id int) server s",
  k3: "create table k3.p(id int) partition by range (id)",
  k4: "create type k4.c as (x int)",
  k5: 'create collation k5.c from "C"',
};

/** Objects that do. */
const USED: Readonly<Record<string, string>> = {
  u1: "create function u1.f() returns int language sql as 'select 1'",
  u2: "create aggregate u2.a(int) (sfunc = int4pl, stype = int, initcond = '0')",
  u3: "create type u3.e as enum ('a')",
  u4: "create domain u4.d as int",
  u5: "create type u5.r as range (subtype = int4)",
  u6: "create view u6.v as select 1 as x",
  u7: "create sequence u7.s",
};

const makeEach = (objects: Readonly<Record<string, string>>) =>
  Object.entries(objects)
    .map(([schema, statement]) => `create schema ${schema}; ${statement};`)
    .join("\n");

export const baseline: readonly Scenario[] = [
  {
    id: "65",
    title: "writes a baseline row into an empty or a used schema",
    files: {},
    steps: [
      run("baseline"),
      sql("drop table flyway_schema_history; create table used(id int)"),
      text("baseline"),
      run("info"),
      sql("drop table flyway_schema_history"),
      run(["baseline", "-baselineVersion=1_5", HELLO_BASE]),
      run("info"),
    ],
  },
  {
    id: "66",
    title: "repeats the same baseline and refuses another",
    files: {},
    steps: [
      text("baseline"),
      run("baseline"),
      text("baseline"),
      run("baseline -baselineVersion=2"),
      text("baseline -baselineVersion=2"),
    ],
  },
  {
    id: "67",
    title: "migrates what lies above the baseline",
    files: { "sql/V1__a1.sql": A, "sql/V2__a2.sql": B },
    steps: [text("baseline"), run("info"), run("validate"), run("migrate"), run("info"), run("validate")],
  },
  {
    id: "68",
    title: "refuses to baseline over migrations or an empty table",
    files: { "sql/V1__a1.sql": A },
    steps: [
      text("migrate"),
      run("baseline"),
      text("baseline"),
      sql("delete from flyway_schema_history"),
      run("baseline"),
      text("baseline"),
    ],
  },
  {
    id: "69",
    title: "refuses to baseline a table that only tells of made schemas",
    files: {},
    args: ["-schemas=s1"],
    steps: [
      run("migrate"),
      run("baseline"),
      text("baseline"),
      run("baseline -baselineVersion=0"),
      text("baseline -baselineVersion=0"),
      run("info"),
    ],
  },
  {
    id: "70",
    title: "refuses to migrate a used schema without a history table",
    files: { "sql/V1__a1.sql": A },
    setup: "create table used(id int)",
    steps: [run("info"), run("validate"), run("migrate"), text("migrate")],
  },
  {
    id: "71",
    title: "baselines a used schema on migrate when asked",
    files: { "sql/V1__a1.sql": A, "sql/V2__a2.sql": B },
    setup: "create table used(id int)",
    args: ["-baselineOnMigrate=true"],
    steps: [
      run("info"),
      run("validate"),
      run("migrate"),
      run("info"),
      sql("drop table flyway_schema_history, b"),
      run(["info", "-baselineVersion=0", HELLO_BASE]),
      run(["migrate", "-baselineVersion=0", HELLO_BASE]),
      run("info"),
    ],
  },
  {
    id: "72",
    title: "does not baseline an empty schema on migrate",
    files: { "sql/V1__a1.sql": A },
    steps: [run("info -baselineOnMigrate=true"), run("migrate -baselineOnMigrate=true"), run("info")],
  },
  {
    id: "73",
    title: "records without running in a used schema",
    files: { "sql/V1__a1.sql": A, "sql/V2__a2.sql": B, "sql/R__r.sql": S1 },
    setup: "create table used(id int)",
    steps: [run("migrate -skipExecutingMigrations=true"), run("info"), run("validate")],
  },
  {
    id: "74",
    title: "knows which objects make a schema a used one",
    files: { "sql/V1__a1.sql": A },
    setup: `${makeEach(HARMLESS)}\n${makeEach(USED)}`,
    steps: [...Object.keys(HARMLESS), ...Object.keys(USED)].map((schema) =>
      run(`migrate -schemas=${schema}`),
    ),
  },
  {
    id: "74-extension",
    title: "does not count a schema as used for an extension",
    needsExtension: "hstore",
    files: { "sql/V1__a1.sql": A },
    setup: "create schema k6; create extension hstore schema k6;",
    steps: [run("info -schemas=k6"), run("migrate -schemas=k6"), run("info -schemas=k6")],
  },
  {
    id: "75",
    title: "starts an empty database from a baseline file",
    files: { "sql/B2__base.sql": S1, "sql/V1__a1.sql": A, "sql/V2__a2.sql": B, "sql/V3__a3.sql": S2 },
    steps: [run("info"), run("validate"), run("migrate"), run("info"), run("validate"), text("validate")],
  },
  {
    id: "76",
    title: "ignores a baseline file that came after the versions",
    files: { "sql/V1__a1.sql": A, "sql/V2__a2.sql": B, "sql/V3__a3.sql": S2 },
    steps: [
      text("migrate"),
      write({ "sql/B2__base.sql": S1 }),
      run("info"),
      run("validate"),
      text("validate"),
      run("migrate"),
    ],
  },
  {
    id: "77",
    title: "refuses two baseline files of one version",
    files: { "sql/B2__base.sql": S1, "sql/B2.0__other.sql": S2 },
    steps: [run("info"), text("info"), run("migrate"), remove("sql/B2.0__other.sql"), run("info")],
  },
];
