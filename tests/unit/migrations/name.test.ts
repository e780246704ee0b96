import { describe, expect, it } from "vitest";
import { CALLBACK_EVENTS } from "../../../src/migrations/events.ts";
import { type NameSettings, nameGrammar } from "../../../src/migrations/name.ts";
import { DEFAULTS } from "./project.ts";

/** One line for what a name is read as. */
function read(name: string, settings: Partial<NameSettings> = {}): string {
  const parsed = nameGrammar({ ...DEFAULTS, ...settings }).sql(name);
  if (parsed === undefined) return "not looked at";
  if (!parsed.valid) return parsed.reason;
  return [parsed.kind, parsed.prefix, parsed.version?.text ?? "-", JSON.stringify(parsed.description)].join(
    " ",
  );
}

describe("file names with the default settings", () => {
  it.each([
    ["V1__ok.sql", 'versioned V 1 "ok"'],
    ["V1.0.0.11__z.sql", 'versioned V 1.0.0.11 "z"'],
    ["V9__with space.sql", 'versioned V 9 "with space"'],
    ["V5__UP.SQL", 'versioned V 5 "UP"'],
    ["V3.sql", 'versioned V 3 ""'],
    ["V7__.sql", 'versioned V 7 ""'],
    ["V10____four.sql", 'versioned V 10 "  four"'],
    ["V-1__neg.sql", 'versioned V -1 "neg"'],
    ["V1_2__x__y.sql", 'versioned V 1.2 "x  y"'],
    ["Vlatest__x.sql", 'versioned V << Latest Version >> "x"'],
    ["V__nover.sql", "V__nover.sql has no version. Wanted: V1.2__nover.sql."],
    ["V.sql", "V.sql has no version. Wanted: V1.2__description.sql."],
    ["V1a__x.sql", 'V1a__x.sql: "1a" is not a version. Wanted: V1.2__x.sql.'],
    ["V2_x.sql", 'V2_x.sql: "2_x" is not a version. Wanted: V2__x.sql.'],
    ["V1.2_add_x.sql", 'V1.2_add_x.sql: "1.2_add_x" is not a version. Wanted: V1.2__add_x.sql.'],
    ["V.8__x.sql", 'V.8__x.sql: ".8" is not a version. Wanted: V1.2__x.sql.'],
    ["V13.__x.sql", 'V13.__x.sql: "13." is not a version. Wanted: V1.2__x.sql.'],
    ["V_12__x.sql", 'V_12__x.sql: "_12" is not a version. Wanted: V1.2__x.sql.'],
    ["R__a_view.sql", 'repeatable R - "a view"'],
    ["R__.sql", 'repeatable R - ""'],
    [
      "R1__x.sql",
      'R1__x.sql reads as a repeatable migration with "1" where nothing may stand. Wanted: R__x.sql.',
    ],
    ["B2__base.sql", 'baseline B 2 "base"'],
    ["U1__undo.sql", 'undo U 1 "undo"'],
    ["beforeMigrate.sql", 'callback beforeMigrate - ""'],
    ["beforeMigrate__a_one.sql", 'callback beforeMigrate - "a one"'],
    ["afterMigrateOperationFinish.sql", 'callback afterMigrateOperationFinish - ""'],
    [
      "beforeMigrate1__x.sql",
      'beforeMigrate1__x.sql reads as the callback beforeMigrate with "1" where nothing may stand. Wanted: beforeMigrate__x.sql.',
    ],
    ["foo.sql", "foo.sql begins with none of V, R, B, U and with no callback event. Wanted: V1.2__foo.sql."],
    [
      "v4__lower.sql",
      "v4__lower.sql differs from a valid name only in case, and case counts. Wanted: V4__lower.sql.",
    ],
    [
      "aftermigrate.sql",
      "aftermigrate.sql differs from a valid name only in case, and case counts. Wanted: afterMigrate.sql.",
    ],
    [
      "rename.sql",
      "rename.sql begins with none of V, R, B, U and with no callback event. Wanted: V1.2__rename.sql.",
    ],
    ...["beforMigrate", "beeforeMigrate", "beforeMigrade", "beforeMirgate"].map(
      (word) =>
        [
          `${word}__x.sql`,
          `${word}__x.sql is named for no callback event, but nearly for beforeMigrate. Wanted: beforeMigrate__x.sql.`,
        ] as [string, string],
    ),
    ["V6__x.txt", "not looked at"],
    ["V6__x.sql.conf", "not looked at"],
    [".sql", "not looked at"],
    ["R.sql", "not looked at"],
  ])("reads %s", (name, expected) => {
    expect(read(name)).toBe(expected);
  });

  it.each(CALLBACK_EVENTS)("knows the event %s by itself and with a description", (event) => {
    expect(read(`${event}.sql`)).toBe(`callback ${event} - ""`);
    expect(read(`${event}__why_not.sql`)).toBe(`callback ${event} - "why not"`);
  });

  it("gives flyway:filename its value: no separator where there is no description", () => {
    const rebuilt = (name: string) => {
      const parsed = nameGrammar(DEFAULTS).sql(name);
      return parsed?.valid === true ? parsed.rebuilt : undefined;
    };
    expect(rebuilt("V7__.sql")).toBe("V7.sql");
    expect(rebuilt("R__.SQL")).toBe("R.SQL");
    expect(rebuilt("V1_0__a_b.sql")).toBe("V1_0__a_b.sql");
  });
});

describe("file names with other settings", () => {
  it("may have no versioned prefix", () => {
    const settings = { sqlMigrationPrefix: "" };
    expect(read("1__a.sql", settings)).toBe('versioned  1 "a"');
    expect(read("2024_01_31__a.sql", settings)).toBe('versioned  2024.01.31 "a"');
    expect(read("R__a.sql", settings)).toBe('repeatable R - "a"');
    expect(read("B1__a.sql", settings)).toBe('baseline B 1 "a"');
    expect(read("U1__a.sql", settings)).toBe('undo U 1 "a"');
    expect(read("beforeMigrate.sql", settings)).toBe('callback beforeMigrate - ""');
    expect(read("foo.sql", settings)).toBe('foo.sql: "foo" is not a version. Wanted: 1.2__description.sql.');
    expect(read("__a.sql", settings)).toBe("__a.sql has no version. Wanted: 1.2__a.sql.");
  });

  it("may have no repeatable prefix", () => {
    const settings = { repeatableSqlMigrationPrefix: "" };
    expect(read("__a.sql", settings)).toBe('repeatable  - "a"');
    expect(read("V1__a.sql", settings)).toBe('versioned V 1 "a"');
    expect(read("x__a.sql", settings)).toBe(
      'x__a.sql reads as a repeatable migration with "x" where nothing may stand. Wanted: __a.sql.',
    );
  });

  it("try the longest prefix first, and of equal ones versioned, repeatable, baseline, undo", () => {
    const long = {
      sqlMigrationPrefix: "M",
      repeatableSqlMigrationPrefix: "MR",
      baselineMigrationPrefix: "MRB",
    };
    expect(read("MRB1__x.sql", long)).toBe('baseline MRB 1 "x"');
    expect(read("MR__x.sql", long)).toBe('repeatable MR - "x"');
    expect(read("M1__x.sql", long)).toBe('versioned M 1 "x"');
    expect(read("X1__x.sql", { sqlMigrationPrefix: "X", undoSqlMigrationPrefix: "X" })).toBe(
      'versioned X 1 "x"',
    );
    expect(read("B1__x.sql", { undoSqlMigrationPrefix: "B" })).toBe('baseline B 1 "x"');
  });

  it("may have a separator and suffixes of their own, the first that fits being cut off", () => {
    const settings = { sqlMigrationSeparator: "-", sqlMigrationSuffixes: [".Up.sql", ".ddl", ".sql"] };
    expect(read("V1-add_x.up.SQL", settings)).toBe('versioned V 1 "add x"');
    expect(read("V1-a.up.sql", settings)).toBe('versioned V 1 "a"');
    expect(read("V1-a-b.ddl", settings)).toBe('versioned V 1 "a-b"');
    expect(read("V1-a.sql", settings)).toBe('versioned V 1 "a"');
    expect(read("V1__a.sql", settings)).toBe('V1__a.sql: "1__a" is not a version. Wanted: V1-a.sql.');
  });

  it("may have regular expression characters in them", () => {
    const settings = {
      sqlMigrationPrefix: "$(",
      sqlMigrationSeparator: ".*",
      sqlMigrationSuffixes: ["+.sql"],
    };
    expect(read("$(1.*a+.sql", settings)).toBe('versioned $( 1 "a"');
  });
});

describe("names of scripts and modules", () => {
  const grammar = nameGrammar(DEFAULTS);
  const kind = (parsed: ReturnType<typeof grammar.sql>) =>
    parsed === undefined
      ? undefined
      : parsed.valid
        ? `${parsed.kind} ${parsed.version?.text ?? "-"}`
        : "wrong";

  it("counts six endings as scripts, in any case, and no ending where such files can run", () => {
    for (const end of ["cmd", "bat", "ps1", "py", "sh", "bash", "SH"]) {
      expect(kind(grammar.script(`V2__x.${end}`, false))).toBe("versioned 2");
    }
    expect(kind(grammar.script("V2__x", true))).toBe("versioned 2");
    expect(kind(grammar.script("V2__x", false))).toBeUndefined();
    expect(kind(grammar.script("V2.1__x", true))).toBeUndefined();
    expect(kind(grammar.script("afterMigrate__tell.sh", true))).toBe("callback -");
    expect(kind(grammar.script("V2__x.rb", true))).toBeUndefined();
  });

  it("counts TypeScript and JavaScript with a description, but neither declarations nor tests", () => {
    for (const end of ["ts", "mts", "js", "mjs"])
      expect(kind(grammar.module(`V2__x.${end}`))).toBe("versioned 2");
    expect(kind(grammar.module("R__x.ts"))).toBe("repeatable -");
    expect(kind(grammar.module("V8.js"))).toBeUndefined();
    expect(kind(grammar.module("V2__x.d.ts"))).toBeUndefined();
    expect(kind(grammar.module("V2__x.test.ts"))).toBeUndefined();
  });
});
