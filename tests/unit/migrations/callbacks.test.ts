import { describe, expect, it } from "vitest";
import type { ResolvedFolder } from "../../../src/migrations/migration.ts";
import { failure, project, resolve } from "./project.ts";

const lines = ({ callbacks }: ResolvedFolder) =>
  callbacks.map(
    ({ event, description, language, file }) =>
      `${event} "${description}" ${language} ${file.configuredPath}`,
  );

describe("callbacks", () => {
  it("are found in the locations, below them too, in order of event and description", () => {
    const folder = project({
      "sql/beforeMigrate__b.sql": "",
      "sql/sub/beforeMigrate__a_one.sql": "",
      "sql/beforeMigrate.sql": "",
      "sql/beforeMigrate__B.sh": "",
      "sql/afterMigrate.sql": "",
      "sql/afterMigrate.sh": "",
      "sql/afterMigrate__tell.ts": "",
      "sql/beforeClean.sql": "",
      "sql/V1__a.sql": "",
    });
    expect(lines(resolve(folder))).toEqual([
      'beforeClean "" sql sql/beforeClean.sql',
      'beforeMigrate "" sql sql/beforeMigrate.sql',
      'beforeMigrate "B" script sql/beforeMigrate__B.sh',
      'beforeMigrate "a one" sql sql/sub/beforeMigrate__a_one.sql',
      'beforeMigrate "b" sql sql/beforeMigrate__b.sql',
      'afterMigrate "" sql sql/afterMigrate.sql',
      'afterMigrate "" script sql/afterMigrate.sh',
      'afterMigrate "tell" script sql/afterMigrate__tell.ts',
    ]);
  });

  it("are found in callbackLocations only, where there are any; migrations there do not count", () => {
    const folder = project({
      "sql/beforeMigrate.sql": "",
      "sql/V1__a.sql": "",
      "cb/afterMigrate.sql": "",
      "cb/V2__b.sql": "",
      "cb/afterMigrat.sql": "",
      "cb/beforeDeploy.sql": "",
    });
    const resolved = resolve(folder, { callbackLocations: ["filesystem:cb", "filesystem:nope"] });
    expect(lines(resolved)).toEqual([
      'afterMigrate "" sql cb/afterMigrate.sql',
      'beforeDeploy "" sql cb/beforeDeploy.sql',
    ]);
    expect(resolved.migrations.map(({ script }) => script)).toEqual(["V1__a.sql"]);
    expect(resolved.invalidNames).toEqual([]);
    expect(resolved.remarks).toEqual([
      { level: "info", message: "Callback location filesystem:nope was skipped: not found." },
      {
        level: "info",
        message:
          "cb/afterMigrat.sql is no callback. afterMigrat.sql is named for no callback event, but nearly for afterMigrate. Wanted: afterMigrate.sql.",
      },
    ]);
  });

  it("in SQL are left out with skipDefaultCallbacks, scripts are not", () => {
    const folder = project({ "sql/beforeMigrate.sql": "", "sql/beforeMigrate__x.sh": "" });
    expect(lines(resolve(folder, { skipDefaultCallbacks: true }))).toEqual([
      'beforeMigrate "x" script sql/beforeMigrate__x.sh',
    ]);
  });

  it("before the connection are scripts only, and those of deploy need callbackLocations", () => {
    const folder = project({
      "sql/beforeConnect.sql": "",
      "sql/beforeConnect.sh": "",
      "sql/afterDeploy.sql": "",
    });
    const resolved = resolve(folder);
    expect(lines(resolved)).toEqual(['beforeConnect "" script sql/beforeConnect.sh']);
    expect(resolved.remarks).toEqual([
      {
        level: "debug",
        message:
          "sql/afterDeploy.sql never runs: callbacks of deploy are looked for in callbackLocations only.",
      },
      {
        level: "warn",
        message:
          "sql/beforeConnect.sql never runs: before the connection there is nothing to run SQL on. Write a script, such as beforeConnect.sh.",
      },
    ]);
  });

  it("of one event and description in two folders are refused, unless they are scripts", () => {
    const folder = project({ "sql/a/afterMigrate__x.sql": "", "sql/b/afterMigrate__x.sql": "" });
    expect(failure(() => resolve(folder))).toMatchObject({
      code: "ERROR",
      message:
        'Two files are the callback afterMigrate "x": sql/a/afterMigrate__x.sql and sql/b/afterMigrate__x.sql.',
      advice:
        "Delete one, or give each its own description: afterMigrate__first.sql, afterMigrate__second.sql.",
      details: { files: [`${folder}/sql/a/afterMigrate__x.sql`, `${folder}/sql/b/afterMigrate__x.sql`] },
    });
    const scripts = project({ "sql/a/afterMigrate__x.sh": "", "sql/b/afterMigrate__x.sh": "" });
    expect(lines(resolve(scripts)).length).toBe(2);
  });

  it("have a .conf and an encoding of their own", () => {
    const folder = project({
      "sql/afterMigrate.sql": Buffer.from("select 'é';", "latin1"),
      "sql/afterMigrate.sql.conf": "executeInTransaction=false\nencoding=ISO-8859-1\n",
    });
    const [callback] = resolve(folder).callbacks;
    expect(callback).toMatchObject({ encoding: "ISO-8859-1", config: { executeInTransaction: false } });
  });
});
