// Scenarios 90 to 96: configured schemas, made or missing.
import { A, B, run, type Scenario, text, write } from "../scenario.ts";

export const schemas: readonly Scenario[] = [
  {
    id: "90",
    title: "makes the configured schemas and notes them in the first row",
    files: { "sql/V1__a.sql": A },
    args: ["-schemas=s1,s2"],
    steps: [run("info"), run("migrate"), run("info"), run("validate"), run("migrate")],
  },
  {
    id: "91",
    title: "puts the default schema first and makes further ones later",
    files: { "sql/V1__a.sql": A },
    args: ["-defaultSchema=dd"],
    steps: [
      run("migrate -schemas=s1,s2"),
      write({ "sql/V2__b.sql": B }),
      run("migrate -schemas=s1,s2,s3,dd"),
      run("info -schemas=s1,s2,s3,dd"),
      run("repair -schemas=s1,s2,s3,dd"),
    ],
  },
  {
    id: "92",
    title: "baselines a schema that it has to make",
    files: { "sql/V1__a.sql": A },
    args: ["-schemas=ns"],
    steps: [run("baseline"), run("info"), run("validate"), text("baseline")],
  },
  {
    id: "93",
    title: "fails to migrate into a missing schema that it may not make",
    files: { "sql/V1__a.sql": A },
    args: ["-createSchemas=false", "-schemas=nope"],
    steps: [run("migrate"), text("migrate"), run("info")],
  },
  {
    id: "94",
    title: "fails to validate in a missing schema",
    files: { "sql/V1__a.sql": A },
    args: ["-schemas=nope"],
    steps: [text("validate"), run("validate"), run("info"), run("repair")],
  },
  {
    id: "95",
    title: "keeps the case of schema and table names",
    files: { "sql/V1__a.sql": A },
    args: ["-schemas=MySchema", "-table=Hist"],
    steps: [run("migrate"), run("info"), run("validate")],
  },
  {
    id: "96",
    title: "makes a schema named like the search path when there is no current schema",
    setup: "drop schema public",
    files: { "sql/V1__a.sql": A },
    steps: [run("migrate"), run("info"), run("validate")],
  },
];
