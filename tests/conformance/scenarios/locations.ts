// Scenarios 97 to 104: names, locations and encodings of files.
import { A, B, remove, run, S1, S2, type Scenario, text, write } from "../scenario.ts";

const NAMES = [
  ..."V1__ok V1.0.0.11__z V9__with~space V3 V7__ V-1__neg Vlatest__x".split(" "),
  ..."V__nover V1a__x V2_x V.8__x V13.__x V_12__x R1__x beforeMigrate1__x foo U1__undo v4__lower".split(" "),
].map((name) => `${name.replace("~", " ")}.sql`);

const KNOWN_MESS = Object.fromEntries(
  [...NAMES, "V5__UP.SQL", "V6__x.txt", ".sql"].map((name) => [`sql/${name}`, S1]),
);

export const locations: readonly Scenario[] = [
  {
    id: "97",
    title: "passes by files whose names it can not read, unless they are to be refused",
    files: KNOWN_MESS,
    steps: [
      run("info"),
      run("info -validateMigrationNaming=true"),
      text("info -validateMigrationNaming=true"),
      run("migrate -validateMigrationNaming=true"),
      // Flyway would store a version that it can not read again.
      remove("sql/Vlatest__x.sql"),
      run("migrate"),
      run("info"),
    ],
  },
  {
    id: "98",
    title: "takes the same file in two locations once, and refuses it when the texts differ",
    files: { "sql/V1__a.sql": A, "more/V1__a.sql": A },
    args: ["-locations=filesystem:sql,filesystem:more"],
    steps: [
      run("migrate"),
      run("info"),
      write({ "more/V1__a.sql": B }),
      run("info"),
      text("info"),
      run("migrate"),
    ],
  },
  {
    id: "99",
    title: "refuses two files of one version, and two repeatables of one name",
    files: { "sql/V1__a.sql": A, "sql/sub/V01.0__b.sql": B },
    steps: [
      run("info"),
      run("migrate"),
      text("migrate"),
      remove("sql/sub/V01.0__b.sql"),
      write({ "sql/R__a.sql": S1, "sql/sub/R__a.sql": S2 }),
      run("info"),
      run("validate"),
      text("validate"),
    ],
  },
  {
    id: "100",
    title: "passes by a missing location, unless that is to fail",
    files: { "sql/V1__a.sql": A },
    args: ["-locations=filesystem:sql,filesystem:nope"],
    steps: [
      run("info"),
      text("info"),
      run("info -failOnMissingLocations=true"),
      text("migrate -failOnMissingLocations=true"),
      run("migrate"),
    ],
  },
  {
    id: "101",
    title: "looks once into locations that repeat or contain each other",
    files: { "sql/V1__a.sql": A, "sql/sub/V2__b.sql": B },
    args: ["-locations=filesystem:sql,filesystem:sql,filesystem:sql/sub"],
    steps: [run("info"), run("migrate")],
  },
  {
    id: "102",
    title: "finds files by wildcards and names scripts from the matched folder",
    files: { "sql/rel1/V1__a.sql": A, "sql/rel2/deep/V2__b.sql": B, "sql/other/V3__c.sql": S1 },
    steps: [
      run("info -locations=filesystem:sql*"),
      run("migrate -locations=filesystem:sql/rel*"),
      run("info -locations=filesystem:sql/rel*"),
      run("info -locations=filesystem:sql/**/V*.sql"),
      run("migrate -locations=filesystem:sql/**/V*.sql"),
    ],
  },
  {
    id: "103",
    title: "passes by hidden folders and names scripts by their path",
    files: { "sql/.hidden/V1__a.sql": A, "sql/V2__b.sql": B, "sql/deep/er/V3__d.sql": S1 },
    steps: [run("info"), run("migrate"), run("info")],
  },
  {
    id: "104",
    title: "refuses text that is not in the configured encoding",
    files: {
      "sql/V1__latin.sql": Buffer.from("create table seen as select 'caf\u00E9'::text as word;\n", "latin1"),
    },
    steps: [
      run("info"),
      text("info"),
      run("migrate"),
      run("validate"),
      write({ "sql/V1__latin.sql.conf": "encoding=ISO-8859-1\n" }),
      run("info"),
      run("migrate"),
    ],
  },
];
