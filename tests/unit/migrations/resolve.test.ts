import { describe, expect, it } from "vitest";
import type { ResolvedFolder, ResolvedMigration } from "../../../src/migrations/migration.ts";
import { readFolder } from "../../../src/migrations/resolve.ts";
import { failure, plain, project, resolve, resolveInput } from "./project.ts";

const A = "create table a(id int);\n";
const A_SUM = -1193849269;
const B = "create table b(id int);\n";
const B_SUM = 1407251784;

const scripts = (migrations: readonly ResolvedMigration[]) => migrations.map(({ script }) => script);
const lines = ({ migrations, undos }: ResolvedFolder) =>
  [...migrations, ...undos].map(
    ({ kind, type, version, description, script }) =>
      `${kind} ${type} ${version?.text ?? "-"} "${description}" ${script}`,
  );

describe("a folder", () => {
  it("becomes migrations with everything the history will hold of them", () => {
    const folder = project({ "sql/sub/V1_2__first_one.sql": A });
    const found = resolve(folder);
    expect({ ...found, migrations: found.migrations.map((m) => ({ ...m, file: plain(m.file) })) }).toEqual({
      migrations: [
        {
          kind: "versioned",
          type: "SQL",
          version: { text: "1.2", raw: "1_2", parts: [1, 2], special: undefined },
          description: "first one",
          script: "sub/V1_2__first_one.sql",
          checksum: A_SUM,
          equivalentChecksum: undefined,
          language: "sql",
          file: {
            path: `${folder}/sql/sub/V1_2__first_one.sql`,
            configuredPath: "sql/sub/V1_2__first_one.sql",
            name: "V1_2__first_one.sql",
            script: "sub/V1_2__first_one.sql",
          },
          encoding: "UTF-8",
          config: {
            executeInTransaction: undefined,
            placeholderReplacement: undefined,
            encoding: undefined,
            shouldExecute: undefined,
          },
        },
      ],
      undos: [],
      callbacks: [],
      invalidNames: [],
      remarks: [],
    });
  });

  it("is put in order: versions by number, then repeatables by description in UTF-16 order", () => {
    const names = [
      "V20240101120000__a.sql",
      "V2__a.sql",
      "V10__a.sql",
      "V1.10__a.sql",
      "V1.9__a.sql",
      "V1.0.1__a.sql",
      "V1_2__a.sql",
      "V003__a.sql",
      "V99999999999999999999999__a.sql",
      "V-1__a.sql",
      "Vlatest__a.sql",
      "R__b_view.sql",
      "R__a_view.sql",
      "R__Zed.sql",
      "R__.sql",
    ];
    const folder = project(Object.fromEntries(names.map((name) => [`sql/${name}`, ""])));
    expect(scripts(resolve(folder).migrations)).toEqual([
      "V-1__a.sql",
      "V1.0.1__a.sql",
      "V1_2__a.sql",
      "V1.9__a.sql",
      "V1.10__a.sql",
      "V2__a.sql",
      "V003__a.sql",
      "V10__a.sql",
      "V20240101120000__a.sql",
      "V99999999999999999999999__a.sql",
      "Vlatest__a.sql",
      "R__.sql",
      "R__Zed.sql",
      "R__a_view.sql",
      "R__b_view.sql",
    ]);
  });

  it("holds SQL, scripts and modules of every kind, each with its type", () => {
    const folder = project({
      "sql/V1__a.sql": "",
      "sql/V2__b.sh": "",
      "sql/V3__c.ts": "",
      "sql/V4__d": "",
      "sql/B2__base.sql": "",
      "sql/B3__base.py": "",
      "sql/R__r.sql": "",
      "sql/R__s.PS1": "",
      "sql/R__t.mjs": "",
      "sql/U1__a.sql": "",
      "sql/U2__b.sh": "",
      "sql/U3__c.ts": "",
      "sql/README": "",
      "sql/V8.js": "",
      "sql/V5__x.txt": "",
    });
    expect(lines(resolve(folder))).toEqual([
      'versioned SQL 1 "a" V1__a.sql',
      'versioned SCRIPT 2 "b" V2__b.sh',
      'baseline SQL_BASELINE 2 "base" B2__base.sql',
      'versioned CUSTOM 3 "c" V3__c.ts',
      'baseline SQL_BASELINE 3 "base" B3__base.py',
      'versioned SCRIPT 4 "d" V4__d',
      'repeatable SQL - "r" R__r.sql',
      'repeatable SCRIPT - "s" R__s.PS1',
      'repeatable CUSTOM - "t" R__t.mjs',
      'undo UNDO_SQL 1 "a" U1__a.sql',
      'undo UNDO_SCRIPT 2 "b" U2__b.sh',
      'undo UNDO_SCRIPT 3 "c" U3__c.ts',
    ]);
    expect(lines(resolve(folder, {}, { modules: false })).some((line) => /\.m?[tj]s$/.test(line))).toBe(
      false,
    );
    expect(lines(resolve(folder, { skipDefaultResolvers: true }))).toEqual([
      'versioned CUSTOM 3 "c" V3__c.ts',
      'repeatable CUSTOM - "t" R__t.mjs',
      'undo UNDO_SCRIPT 3 "c" U3__c.ts',
    ]);
    const all = resolve(folder);
    const languages = new Map([...all.migrations, ...all.undos].map((m) => [m.script, m.language]));
    expect(["B3__base.py", "U3__c.ts", "V4__d"].map((name) => languages.get(name))).toEqual([
      "script",
      "module",
      "script",
    ]);
  });

  it("may name its files in its own way, with no prefix at all", () => {
    const folder = project({
      "db/0001-init.up.sql": A,
      "db/0001-init.down.sql": B,
      "db/0002-more.up.sql": B,
    });
    const settings = {
      locations: ["filesystem:db"],
      sqlMigrationPrefix: "",
      sqlMigrationSeparator: "-",
      sqlMigrationSuffixes: [".up.sql"],
    };
    expect(lines(resolve(folder, settings))).toEqual([
      'versioned SQL 0001 "init" 0001-init.up.sql',
      'versioned SQL 0002 "more" 0002-more.up.sql',
    ]);
  });

  it("of five thousand files is resolved whole", () => {
    const numbers = Array.from({ length: 5_000 }, (_, i) => i + 1);
    const folder = project(Object.fromEntries(numbers.map((n) => [`sql/V${n}__m.sql`, `select ${n};\n`])));
    const { migrations } = resolve(folder);
    expect(migrations.map(({ version }) => Number(version?.text))).toEqual(numbers);
    expect(migrations.slice(0, 2).map(({ checksum }) => checksum)).toEqual([-690524359, -33932038]);
  });
});

describe("checksums in a folder", () => {
  it("of repeatables are of the text with placeholders replaced, and the plain text's counts too", () => {
    const folder = project({
      "sql/V1__a.sql": "select '${abc}';\n",
      "sql/R__none.sql": A,
      "sql/R__some.sql": "create table ${abc}(id int);\n",
      "sql/R__file_name.sql": "-- ${flyway:filename}\n",
      "sql/R__script.sh": "echo FP__abc__ ${abc}\n",
    });
    const plain = project({
      "sql/V1__a.sql": "select '${abc}';\n",
      "sql/V2__some.sql": "create table ${abc}(id int);\n",
      "sql/V3__some_replaced.sql": "create table value(id int);\n",
      "sql/V4__file_name.sql": "-- R__file_name.sql\n",
      "sql/V5__script.sh": "echo value ${abc}\n",
    });
    const [a, some, replaced, fileName, script] = resolve(plain).migrations.map(({ checksum }) => checksum);
    const sums = (settings = {}) =>
      Object.fromEntries(
        resolve(folder, settings).migrations.map((m) => [m.script, [m.checksum, m.equivalentChecksum]]),
      );
    const on = sums();
    expect(on["V1__a.sql"]).toEqual([a, undefined]);
    expect(on["R__none.sql"]).toEqual([A_SUM, A_SUM]);
    expect(on["R__some.sql"]).toEqual([replaced, some]);
    expect(on["R__file_name.sql"]?.[0]).toBe(fileName);
    expect(on["R__script.sh"]?.[0]).toBe(script);
    expect(sums({ placeholderReplacement: false })["R__some.sql"]).toEqual([some, some]);
  });

  it("of a repeatable follow its own .conf", () => {
    const folder = project({
      "sql/R__some.sql": "create table ${abc}(id int);\n",
      "sql/R__some.sql.conf": "placeholderReplacement=false\n",
    });
    const [migration] = resolve(folder).migrations;
    expect(migration?.checksum).toBe(migration?.equivalentChecksum);
    expect(migration?.config.placeholderReplacement).toBe(false);
  });

  it("of undo files are computed when they are asked for", () => {
    const bad = Buffer.from([0xe9]);
    const folder = project({ "sql/V1__a.sql": A, "sql/U1__a.sql": B, "sql/U2__b.sql": bad });
    const { undos } = resolve(folder);
    expect(undos[0]?.checksum).toBe(B_SUM);
    expect(failure(() => undos[1]?.checksum).code).toBe("ERROR");
  });

  it("are refused for bytes that are not in the encoding, until that is named or detected", () => {
    const text = Buffer.from("select 'café';\n", "latin1");
    const folder = project({ "sql/V1__a.sql": text });
    const same = project({ "sql/V1__a.sql": "select 'café';\n" });
    const sum = resolve(same).migrations[0]?.checksum;
    expect(failure(() => resolve(folder)).message).toBe(
      "sql/V1__a.sql is not UTF-8: byte 0xE9 at offset 11 (line 1) is not part of any character.",
    );
    const [byConf, bySetting, byDetection] = [
      resolve(project({ "sql/V1__a.sql": text, "sql/V1__a.sql.conf": "encoding=ISO-8859-1\n" })),
      resolve(folder, { encoding: "windows-1252" }),
      resolve(folder, { detectEncoding: true }),
    ];
    expect([byConf, bySetting, byDetection].map(({ migrations: [m] }) => [m?.checksum, m?.encoding])).toEqual(
      [
        [sum, "ISO-8859-1"],
        [sum, "windows-1252"],
        [sum, "ISO-8859-1"],
      ],
    );
  });
});

describe("a .conf beside a script", () => {
  it("is found in any case, even in another location, but the one beside comes first", () => {
    const conf = "executeInTransaction=false\n";
    const folder = project({
      "a/V1__a.sql": A,
      "a/V2__b.sql": B,
      "a/V2__b.sql.conf": "\ufeffexecuteInTransaction=true\n",
      "b/v1__A.SQL.CONF": conf,
      "b/V2__b.sql.conf": conf,
    });
    const { migrations } = resolve(folder, { locations: ["filesystem:b", "filesystem:a"] });
    expect(migrations.map(({ config }) => config.executeInTransaction)).toEqual([false, true]);
  });
});

describe("duplicates", () => {
  const advice =
    "Keep the version for the file that has been applied anywhere; give the other the next free version.";

  it("of a version are refused with all their paths", () => {
    const folder = project({
      "sql/V1__a.sql": A,
      "sql/sub/V01.0__b.sql": B,
      "sql/V2__c.sql": A,
      "sql/V2__c.sh": "",
    });
    expect(failure(() => resolve(folder))).toMatchObject({
      code: "DUPLICATE_VERSIONED_MIGRATION",
      message:
        "2 migrations have version 1: sql/V1__a.sql (SQL), sql/sub/V01.0__b.sql (SQL).\n" +
        "2 migrations have version 2: sql/V2__c.sh (SCRIPT), sql/V2__c.sql (SQL).",
      advice,
      details: {
        duplicates: [
          {
            kind: "versioned",
            version: "1",
            description: "a",
            files: [`${folder}/sql/V1__a.sql`, `${folder}/sql/sub/V01.0__b.sql`],
          },
          {
            kind: "versioned",
            version: "2",
            description: "c",
            files: [`${folder}/sql/V2__c.sh`, `${folder}/sql/V2__c.sql`],
          },
        ],
      },
    });
    const { duplicates, folder: all } = readFolder(resolveInput(folder));
    expect(duplicates.map(({ migrations }) => scripts(migrations))).toEqual([
      ["V1__a.sql", "sub/V01.0__b.sql"],
      ["V2__c.sh", "V2__c.sql"],
    ]);
    expect(all.migrations.length).toBe(4);
  });

  it.each([
    [
      { "sql/a/R__a.sql": A, "sql/b/R__a.sql": A },
      "DUPLICATE_REPEATABLE_MIGRATION",
      '2 repeatable migrations have the description "a": sql/a/R__a.sql (SQL), sql/b/R__a.sql (SQL).',
      "Rename one of them, or delete it.",
    ],
    [
      { "sql/B2__a.sql": A, "sql/B2__b.sql": A },
      "DUPLICATE_VERSIONED_MIGRATION",
      "2 baseline migrations have version 2: sql/B2__a.sql (SQL_BASELINE), sql/B2__b.sql (SQL_BASELINE).",
      advice,
    ],
    [
      { "sql/U2__a.sql": A, "sql/U2__b.sql": A },
      "DUPLICATE_UNDO_MIGRATION",
      "2 undo migrations have version 2: sql/U2__a.sql (UNDO_SQL), sql/U2__b.sql (UNDO_SQL).",
      advice,
    ],
  ])("of other kinds are refused by a code of their own: %j", (files, code, message, expected) => {
    expect(failure(() => resolve(project(files)))).toMatchObject({ code, message, advice: expected });
  });

  it("are not a version with its baseline and its undo", () => {
    const folder = project({ "sql/V2__a.sql": A, "sql/B2__a.sql": A, "sql/U2__a.sql": A });
    expect(lines(resolve(folder))).toEqual([
      'versioned SQL 2 "a" V2__a.sql',
      'baseline SQL_BASELINE 2 "a" B2__a.sql',
      'undo UNDO_SQL 2 "a" U2__a.sql',
    ]);
  });

  it("are not the same script with the same content in two locations; with another content they are", () => {
    const locations = ["filesystem:one", "filesystem:two"];
    const same = project({
      "one/V1__a.sql": A,
      "two/V1__a.sql": `\ufeff${A}`,
      "one/R__r.sql": B,
      "two/R__r.sql": B,
    });
    expect(resolve(same, { locations }).migrations.map(({ file }) => file.configuredPath)).toEqual([
      "one/V1__a.sql",
      "one/R__r.sql",
    ]);
    const other = project({ "one/V1__a.sql": A, "two/V1__a.sql": B });
    expect(failure(() => resolve(other, { locations }))).toMatchObject({
      code: "DUPLICATE_VERSIONED_MIGRATION",
      message: "2 migrations have version 1: one/V1__a.sql (SQL), two/V1__a.sql (SQL).",
      advice:
        "The locations hold files of one name with different content: make them equal, or keep only one.",
    });
  });
});

describe("names that no migration can have", () => {
  const NAMES = [
    "V1__ok.sql",
    "V1.0.0.11__z.sql",
    "V9__with space.sql",
    "V5__UP.SQL",
    "V3.sql",
    "V7__.sql",
    "V-1__neg.sql",
    "Vlatest__x.sql",
    "V__nover.sql",
    "V1a__x.sql",
    "V2_x.sql",
    "V.8__x.sql",
    "V13.__x.sql",
    "V_12__x.sql",
    "R1__x.sql",
    "beforeMigrate1__x.sql",
    "foo.sql",
    "U1__undo.sql",
    "v4__lower.sql",
    "V6__x.txt",
    ".sql",
  ];
  const WRONG = [
    "R1__x.sql",
    "V.8__x.sql",
    "V13.__x.sql",
    "V1a__x.sql",
    "V2_x.sql",
    "V_12__x.sql",
    "V__nover.sql",
    "beforeMigrate1__x.sql",
    "foo.sql",
    "v4__lower.sql",
  ];
  const folder = project(Object.fromEntries(NAMES.map((name) => [`sql/${name}`, ""])));

  it("are counted, in order of path; undo files are not among them, unlike in Flyway's open-source edition", () => {
    const { invalidNames, remarks, migrations, undos } = resolve(folder);
    expect(invalidNames.map(({ file }) => file.name)).toEqual(WRONG);
    expect(invalidNames[0]?.message).toBe(
      'R1__x.sql reads as a repeatable migration with "1" where nothing may stand. Wanted: R__x.sql.',
    );
    expect(remarks).toEqual([
      {
        level: "info",
        message:
          "10 SQL files have no name that a migration or callback can have, and will not run. " +
          "Set validateMigrationNaming=true to see which, and to have such names refused.",
      },
    ]);
    expect([migrations.length, undos.length]).toEqual([8, 1]);
  });

  it("are refused all at once with validateMigrationNaming", () => {
    const error = failure(() => resolve(folder, { validateMigrationNaming: true }));
    const [first, second, ...others] = error.message.split("\n");
    expect(error.code).toBe("ERROR");
    expect(first).toBe("10 SQL files have a name that no migration or callback can have:");
    expect(second).toBe(
      'sql/R1__x.sql: R1__x.sql reads as a repeatable migration with "1" where nothing may stand. Wanted: R__x.sql.',
    );
    expect(others.length).toBe(9);
    expect(error.details["files"]).toEqual(WRONG.map((name) => `${folder}/sql/${name}`));
  });

  it("are remarked for scripts that were meant as migrations", () => {
    const scripts = project({
      "sql/V1x__a.sh": "",
      "sql/setup.sh": "",
      "sql/README": "",
      "sql/Vagrantfile": "",
    });
    expect(resolve(scripts).remarks).toEqual([
      {
        level: "info",
        message: 'sql/V1x__a.sh was passed over. V1x__a.sh: "1x" is not a version. Wanted: V1.2__a.sh.',
      },
    ]);
  });
});
