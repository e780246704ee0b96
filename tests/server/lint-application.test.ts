// lint over a repository that holds an application beside its migrations.
import { describe, expect, it } from "vitest";
import type { LintOutcome } from "../../src/commands/lint.ts";
import { testDatabase } from "../support/database.ts";
import { type Project, project, runCommand } from "../support/project.ts";
import { commit, git, repository } from "../support/repository.ts";

async function findings(
  p: Project,
  options: Readonly<Record<string, string>> = {},
  words: readonly string[] = [],
  extra: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const rules = "no-ddl-in-application,ignore-with-reason,no-unused-ignore";
  const { outcome } = await runCommand(p, "lint", {
    words,
    options: { rule: rules, ...options },
    settings: { extra },
  });
  return (outcome as LintOutcome).findings.map((f) => `${f.file}:${f.line}:${f.column} ${f.rule}`);
}

const CREATE = "x = 1\n\n  Base.metadata.create_all(engine)\n";

const FILES = {
  "V1__a.sql": "SELECT 1;\n",
  "V2__module.py": CREATE,
  "/app/main.py": CREATE,
  "/app/big.py": `${CREATE}${"#".repeat(1024 * 1024)}`,
  "/app/quiet.py":
    "# godwit-ignore no-ddl-in-application: the local cache\nBase.metadata.create_all(e)\n" +
    "# godwit-ignore no-ddl-in-application\nBase.metadata.create_all(e)\nx = 1  # godwit-ignore no-ddl-in-application: why\n",
  "/app/ignored.py": CREATE,
  "/app/test_main.py": CREATE,
  "/tests/conftest.py": CREATE,
  "/node_modules/a/index.js": "sequelize.sync();\n",
  "/.hidden/a.py": CREATE,
  "/.gitignore": "ignored.py\n",
};

describe("lint of application code", () => {
  it("looks where git does, leaves out tests and what belongs to others, and minds comments", async () => {
    await using db = await testDatabase();
    using p = project(db, FILES);
    repository(p);
    p.write({ "/app/new.ts": "sequelize.sync();\n" });
    expect(await findings(p)).toEqual([
      "app/main.py:3:3 no-ddl-in-application",
      "app/new.ts:1:1 no-ddl-in-application",
      "app/quiet.py:3:1 ignore-with-reason",
      "app/quiet.py:4:1 no-ddl-in-application",
      "app/quiet.py:5:8 no-unused-ignore",
    ]);
    expect(await findings(p, {}, [], { "lint.no-ddl-in-application.paths": "tests" })).toEqual([]);
    expect(
      await findings(p, {}, [], {
        "lint.no-ddl-in-application.paths": "app",
        "lint.no-ddl-in-application.skip": "app",
      }),
    ).toEqual([]);
  });

  it("judges what a branch changes, and nothing of it when migrations are named", async () => {
    await using db = await testDatabase();
    using p = project(db, FILES);
    repository(p);
    git(p, "checkout", "-qb", "branch");
    p.write({ "/app/more.py": CREATE });
    commit(p);
    expect(await findings(p, { since: "main" })).toEqual(["app/more.py:3:3 no-ddl-in-application"]);
    expect(await findings(p, {}, ["sql/V1__a.sql"])).toEqual([]);
  });

  it("looks into the folders that are set where there is no git", async () => {
    await using db = await testDatabase();
    using p = project(db, FILES);
    expect(await findings(p)).toEqual([]);
    const paths = { "lint.no-ddl-in-application.paths": ".", "lint.no-unused-ignore": "off" };
    expect(
      (await findings(p, { rule: "no-ddl-in-application" }, [], paths)).map((f) => f.split(" ")[0]),
    ).toEqual(["app/ignored.py:3:3", "app/main.py:3:3", "app/quiet.py:4:1"]);
  });
});
