import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scanLocations } from "../../../src/migrations/files.ts";
import { failure, plain, project } from "./project.ts";

const scan = (
  folder: string,
  locations: readonly string[],
  rest: { fail?: boolean; forCallbacks?: boolean } = {},
) =>
  scanLocations({
    locations,
    workingDirectory: folder,
    failOnMissingLocations: rest.fail ?? false,
    forCallbacks: rest.forCallbacks ?? false,
  });

const plainScan = (folder: string, locations: readonly string[]) => {
  const { files, remarks } = scan(folder, locations);
  return { files: files.map(plain), remarks };
};

/** "script <- path" of every file that is found. */
const found = (folder: string, ...locations: string[]) =>
  scan(folder, locations).files.map(({ script, configuredPath }) => `${script} <- ${configuredPath}`);

describe("a location", () => {
  const folder = project({
    "sql/V1__a.sql": "",
    "sql/.hidden/V2__b.sql": "",
    "sql/.V9__hidden.sql": "",
    "sql/deep/er/V3__d.sql": "",
    "sql/deep-er.sql": "",
    "sql/Z.sql": "",
  });

  it("gives every file below it in order of path, with the script relative to it; hidden folders are left out", () => {
    expect(plainScan(folder, ["filesystem:sql"])).toEqual({
      files: [".V9__hidden.sql", "V1__a.sql", "Z.sql", "deep-er.sql", "deep/er/V3__d.sql"].map((script) => ({
        path: join(folder, "sql", script),
        configuredPath: `sql/${script}`,
        name: script.slice(script.lastIndexOf("/") + 1),
        script,
      })),
      remarks: [],
    });
  });

  it("may be written in several ways", () => {
    const scripts = (location: string) => found(folder, location).map((line) => line.split(" ")[0]);
    const expected = scripts("filesystem:sql");
    for (const spelling of [
      "filesystem:./sql/",
      "filesystem:sql/../sql",
      "filesystem:sql//",
      " FileSystem:sql ",
      `filesystem:${folder}/sql`,
      `file://${folder}/sql`,
    ]) {
      expect([spelling, scripts(spelling)]).toEqual([spelling, expected]);
    }
    expect(scan(folder, ["filesystem:./sql/"]).files[1]?.configuredPath).toBe("./sql/V1__a.sql");
    expect(scan(folder, [`filesystem:${folder}/sql/`]).files[1]?.configuredPath).toBe(
      `${folder}/sql/V1__a.sql`,
    );
  });

  it("counts once when it is listed twice or lies below another, and says so", () => {
    const { files, remarks } = scan(folder, [
      "filesystem:sql/deep",
      "filesystem:sql",
      "filesystem:sql",
      "filesystem:./sql/",
    ]);
    expect(files.length).toBe(5);
    expect(remarks).toEqual([
      { level: "warn", message: "Location filesystem:sql is listed twice; once counts." },
      { level: "warn", message: "Location filesystem:sql is listed twice; once counts." },
      {
        level: "warn",
        message: "Location filesystem:sql/deep lies below filesystem:./sql and is scanned as part of that.",
      },
    ]);
  });

  it("is not taken to lie below another whose name it only begins with", () => {
    const names = project({ "sql/V1__a.sql": "", "sql2/V2__b.sql": "" });
    expect(scan(names, ["filesystem:sql", "filesystem:sql2"])).toMatchObject({
      files: [{ script: "V1__a.sql" }, { script: "V2__b.sql" }],
      remarks: [],
    });
  });

  it("that is missing is told as an error, and refused with failOnMissingLocations", () => {
    const message = `Looked for ${folder}/nope.`;
    const advice = `Correct the location, or set the working directory that it is relative to (now ${folder}).`;
    expect(scan(folder, ["filesystem:nope", "filesystem:sql/deep/er"])).toMatchObject({
      files: [{ script: "V3__d.sql" }],
      remarks: [
        { level: "error", message: `Location filesystem:nope was skipped: not found. ${message} ${advice}` },
      ],
    });
    const refused = failure(() => scan(folder, ["filesystem:nope"], { fail: true }));
    expect({ code: refused.code, message: refused.message, advice: refused.advice }).toEqual({
      code: "ERROR",
      message: `Location filesystem:nope: not found. ${message}`,
      advice,
    });
    expect(failure(() => scan(folder, ["filesystem:sql/Z.sql"], { fail: true })).message).toBe(
      `Location filesystem:sql/Z.sql: not a directory. Looked for ${folder}/sql/Z.sql.`,
    );
    expect(failure(() => scan(folder, ["filesystem:sql/Z.sql/x"], { fail: true })).message).toBe(
      `Location filesystem:sql/Z.sql/x: not found. Looked for ${folder}/sql/Z.sql/x.`,
    );
  });

  it("of callbacks that is missing is an information only", () => {
    expect(scan(folder, ["filesystem:nope"], { fail: true, forCallbacks: true })).toEqual({
      files: [],
      remarks: [{ level: "info", message: "Callback location filesystem:nope was skipped: not found." }],
    });
  });

  it.each([
    [
      "s3:bucket/sql",
      "s3",
      "Copy the files to a folder first and name that folder: filesystem:db/migration.",
    ],
    [
      "gcs:bucket/sql",
      "gcs",
      "Copy the files to a folder first and name that folder: filesystem:db/migration.",
    ],
    [
      "ftp:host/sql",
      "ftp",
      "Begin it with filesystem: and the path of a folder, such as filesystem:db/migration.",
    ],
  ])("elsewhere than on disk is refused: %s", (location, scheme, advice) => {
    const error = failure(() => scan(folder, [location]));
    expect({ code: error.code, message: error.message, advice: error.advice }).toEqual({
      code: "CONFIGURATION",
      message: `The location "${location}" begins with "${scheme}:", which godwit does not read.`,
      advice,
    });
  });
});

describe("a class path location", () => {
  it("is a folder of the project, or else one below src/main/resources, resources or dist", () => {
    const folder = project({
      "src/main/resources/db/migration/V1__a.sql": "",
      "dist/db/migration/V9__x.sql": "",
      "resources/other/V2__b.sql": "",
    });
    for (const location of ["classpath:db/migration", "db/migration", "classpath:/db/migration"]) {
      expect(plainScan(folder, [location])).toEqual({
        files: [
          {
            path: join(folder, "src/main/resources/db/migration/V1__a.sql"),
            configuredPath: "src/main/resources/db/migration/V1__a.sql",
            name: "V1__a.sql",
            script: "V1__a.sql",
          },
        ],
        remarks: [
          {
            level: "debug",
            message: "Location classpath:db/migration is the folder src/main/resources/db/migration.",
          },
        ],
      });
    }
    expect(found(folder, "other")).toEqual(["V2__b.sql <- resources/other/V2__b.sql"]);
    expect(found(folder, `${folder}/resources/other`)).toEqual([
      `V2__b.sql <- ${folder}/resources/other/V2__b.sql`,
    ]);
    expect(found(folder, "classpath:db/mig*")).toEqual([
      "V1__a.sql <- src/main/resources/db/migration/V1__a.sql",
    ]);
  });

  it("names all the places when it is in none", () => {
    const folder = project({});
    expect(failure(() => scan(folder, ["classpath:db"], { fail: true })).message).toBe(
      `Location classpath:db: not found. Looked for ${[
        "db",
        "src/main/resources/db",
        "resources/db",
        "dist/db",
      ]
        .map((path) => join(folder, path))
        .join(", ")}.`,
    );
  });
});

describe("wildcards in a location", () => {
  const folder = project({
    "sql/V0__top.sql": "",
    "sql/relics.sql": "",
    "sql/rel1/V1__a.sql": "",
    "sql/rel2/deep/V2__b.sql": "",
    "sql/rel2/mig/V5__e.sql": "",
    "sql/rel2/mig/sub/V6__f.sql": "",
    "sql/mig/V7__g.sql": "",
    "sql/rel/V8__h.sql": "",
    "sql/other/V9__i.sql": "",
  });

  it("in the last part denote folders, to which scripts are relative; * is at least one character", () => {
    expect(found(folder, "filesystem:sql/rel*")).toEqual([
      "V1__a.sql <- sql/rel1/V1__a.sql",
      "deep/V2__b.sql <- sql/rel2/deep/V2__b.sql",
      "mig/V5__e.sql <- sql/rel2/mig/V5__e.sql",
      "mig/sub/V6__f.sql <- sql/rel2/mig/sub/V6__f.sql",
    ]);
    expect(found(folder, "filesystem:sql/rel?")).toEqual(found(folder, "filesystem:sql/rel*"));
    expect(found(folder, "filesystem:sql/rel??")).toEqual([]);
  });

  it("stand for any number of folders when doubled", () => {
    expect(found(folder, "filesystem:sql/**/mig")).toEqual([
      "V7__g.sql <- sql/mig/V7__g.sql",
      "V5__e.sql <- sql/rel2/mig/V5__e.sql",
      "sub/V6__f.sql <- sql/rel2/mig/sub/V6__f.sql",
    ]);
    expect(found(folder, "filesystem:sql/**").length).toBe(9);
    expect(found(folder, "filesystem:sql/rel2/**")).toEqual([
      "deep/V2__b.sql <- sql/rel2/deep/V2__b.sql",
      "mig/V5__e.sql <- sql/rel2/mig/V5__e.sql",
      "mig/sub/V6__f.sql <- sql/rel2/mig/sub/V6__f.sql",
    ]);
  });

  it("with a dot in the last part denote files, whose scripts are relative to the folder before the wildcards", () => {
    expect(found(folder, "filesystem:sql/**/V*.sql")).toEqual([
      "V0__top.sql <- sql/V0__top.sql",
      "mig/V7__g.sql <- sql/mig/V7__g.sql",
      "other/V9__i.sql <- sql/other/V9__i.sql",
      "rel/V8__h.sql <- sql/rel/V8__h.sql",
      "rel1/V1__a.sql <- sql/rel1/V1__a.sql",
      "rel2/deep/V2__b.sql <- sql/rel2/deep/V2__b.sql",
      "rel2/mig/V5__e.sql <- sql/rel2/mig/V5__e.sql",
      "rel2/mig/sub/V6__f.sql <- sql/rel2/mig/sub/V6__f.sql",
    ]);
    expect(found(folder, "filesystem:sql/rel?/V?__*.sql")).toEqual(["rel1/V1__a.sql <- sql/rel1/V1__a.sql"]);
  });

  it("need a folder before them, as in Flyway", () => {
    expect(failure(() => scan(folder, ["filesystem:sql*"], { fail: true }))).toMatchObject({
      message: "Location filesystem:sql*: not found.",
      advice: "Begin the path with a folder that has no wildcard in its name, such as filesystem:sql/*.",
    });
    expect(found(folder, `filesystem:${folder}/*/rel1`)).toEqual([
      `V1__a.sql <- ${folder}/sql/rel1/V1__a.sql`,
    ]);
  });

  it("may find a file twice without making it its own duplicate", () => {
    expect(found(folder, "filesystem:sql/rel1", "filesystem:sql/rel*").length).toBe(4);
  });

  it("take the other characters of a path as they are", () => {
    const odd = project({ "s(q)l/a+1/V1__a.sql": "", "s(q)l/aa1/V2__b.sql": "" });
    expect(found(odd, "filesystem:s(q)l/a+*")).toEqual(["V1__a.sql <- s(q)l/a+1/V1__a.sql"]);
  });
});

describe("links", () => {
  it("are followed to files and folders, but not in circles or into nothing", () => {
    const folder = project({ "elsewhere/V2__b.sql": "", "one.sql": "", "sql/V1__a.sql": "" });
    mkdirSync(join(folder, "sql/sub"));
    symlinkSync(join(folder, "elsewhere"), join(folder, "sql/linked"));
    symlinkSync(join(folder, "one.sql"), join(folder, "sql/V3__c.sql"));
    symlinkSync("..", join(folder, "sql/sub/up"));
    symlinkSync("nowhere", join(folder, "sql/broken"));
    symlinkSync("self", join(folder, "sql/self"));
    symlinkSync(join(folder, "sql"), join(folder, "elsewhere/back"));
    const { files, remarks } = scan(folder, ["filesystem:sql"]);
    expect(files.map(({ script }) => script)).toEqual(["V1__a.sql", "V3__c.sql", "linked/V2__b.sql"]);
    expect([...remarks].sort((a, b) => (a.message < b.message ? -1 : 1))).toEqual([
      { level: "warn", message: `The link ${folder}/sql/broken leads to nothing and was skipped.` },
      {
        level: "warn",
        message: `The link ${folder}/sql/linked/back leads back to a folder above it and was skipped.`,
      },
      { level: "warn", message: `The link ${folder}/sql/self leads to nothing and was skipped.` },
      {
        level: "warn",
        message: `The link ${folder}/sql/sub/up leads back to a folder above it and was skipped.`,
      },
    ]);
  });

  it("may be the location itself", () => {
    const folder = project({ "real/V1__a.sql": "" });
    symlinkSync("real", join(folder, "sql"));
    expect(found(folder, "filesystem:sql")).toEqual(["V1__a.sql <- sql/V1__a.sql"]);
  });
});
