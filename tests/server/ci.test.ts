// What docs/ci.md offers, run as a service or git would: the action's script, GitLab's job, the hook, lint by file names.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { XMLValidator } from "fast-xml-parser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ran, ROOT, stagePackage } from "../support/package.ts";
import { sarifFaults } from "../support/sarif.ts";

let home = "";

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "godwit-ci-"));
  stagePackage(join(home, "godwit"), ["--no-types"]);
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

const CONF = "flyway.locations=filesystem:sql\nflyway.defaultSchema=app\ngodwit.lint.preset=recommended\n";
const GOOD = "CREATE TABLE app.a (id uuid PRIMARY KEY);\n";
const BAD = "-- 100%: yes\nDELETE FROM app.a;\n";

function shell(cwd: string, command: readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
  const [program = "", ...args] = command;
  const { status, stderr, stdout } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      NODE_NO_WARNINGS: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      ...env,
    },
  });
  return { exitCode: status, stdout, stderr };
}

/** A repository with godwit installed, whose main branch has V1. */
function repository(folder = ".") {
  const top = mkdtempSync(join(home, "repository-"));
  const dir = join(top, folder);
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  };
  const git = (...args: readonly string[]): Ran =>
    shell(top, ["git", "-c", "user.name=n", "-c", "user.email=n@example.org", ...args]);
  write("flyway.conf", CONF);
  write("sql/V1__a.sql", GOOD);
  mkdirSync(join(dir, "node_modules/.bin"), { recursive: true });
  symlinkSync(join(home, "godwit"), join(dir, "node_modules/godwit"));
  symlinkSync("../godwit/dist/cli.cjs", join(dir, "node_modules/.bin/godwit"));
  write(".gitignore", "node_modules\n");
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-qm", "one");
  return { top, dir, write, git };
}

describe("the action", () => {
  function action(folder: string, inputs: Readonly<Record<string, string>>) {
    const { top, dir, write } = repository(folder);
    write("sql/V2__b.sql", BAD);
    const variables = Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [
        `INPUT_${name.toUpperCase().replaceAll("-", "_")}`,
        value,
      ]),
    );
    const ran = shell(top, ["bash", join(ROOT, "script/action")], {
      GITHUB_WORKSPACE: top,
      GITHUB_OUTPUT: join(top, "output"),
      GITHUB_STEP_SUMMARY: join(top, "summary"),
      RUNNER_TEMP: join(top, "temp"),
      ACTION_PATH: ROOT,
      INPUT_WORKING_DIRECTORY: folder,
      ...variables,
    });
    const read = (name: string): string => readFileSync(join(top, name), "utf8");
    return { ...ran, top, dir, read };
  }

  it("annotates, writes outputs and the summary, and exits as lint does", () => {
    const { exitCode, read, stderr, stdout } = action(".", {
      preset: "recommended",
      files: "sql/V2__b.sql\n",
    });
    expect([exitCode, stderr]).toEqual([1, ""]);
    expect(stdout).toMatch(
      /^::error file=sql\/V2__b\.sql,line=2,endLine=2,col=1,title=delete-with-where::DELETE without WHERE[^\n]*\n$/,
    );
    expect(read("output")).toBe("exit-code=1\nsarif=\n");
    expect(read("summary")).toMatch(
      /^### godwit lint\n\n1 findings\n\n~~~~~~\nsql\/V2__b\.sql:2:1: error: delete-with-where: [^\n]*\n~~~~~~\n$/,
    );
  });

  it("names files from the top of the repository, and writes SARIF", () => {
    const { exitCode, read, stdout } = action("services/db", {
      sarif: "out/godwit.sarif",
      "fail-on": "error",
    });
    expect(exitCode).toBe(1);
    expect(stdout).toContain("file=services/db/sql/V2__b.sql,line=2,");
    expect(read("output")).toBe("exit-code=1\nsarif=services/db/out/godwit.sarif\n");
    const sarif = read("services/db/out/godwit.sarif");
    expect(sarifFaults(sarif)).toEqual([]);
    expect(sarif).toContain('"uri": "services/db/sql/V2__b.sql"');
  });

  it("passes a clean run, takes arguments with blanks, and fails when lint cannot run", () => {
    const clean = action(".", { args: "--rule\nno-truncate" });
    expect([clean.exitCode, clean.stdout, clean.read("summary")]).toEqual([
      0,
      "",
      "### godwit lint\n\nNothing found.\n",
    ]);
    const broken = action(".", { preset: "no such", sarif: "godwit.sarif" });
    expect([broken.exitCode, broken.read("output")]).toEqual([2, "exit-code=2\nsarif=\n"]);
    expect(broken.stderr).toContain('There is no preset "no such" of lint rules.');
  });

  it("installs a godwit where the project has none", () => {
    const { exitCode, stdout } = (() => {
      const { top, write } = repository();
      write("sql/V2__b.sql", BAD);
      rmSync(join(top, "node_modules"), { recursive: true });
      const archive = shell(join(home, "godwit"), [
        "npm",
        "pack",
        "--ignore-scripts",
        "--silent",
      ]).stdout.trim();
      return shell(top, ["bash", join(ROOT, "script/action")], {
        RUNNER_TEMP: join(top, "temp"),
        npm_config_cache: join(home, "cache"),
        npm_config_offline: "true",
        INPUT_PACKAGE: join(home, "godwit", archive),
      });
    })();
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining("::error file=sql/V2__b.sql,line=2,")]);
  });

  it("is declared with every input that its script reads", () => {
    const yaml = readFileSync(join(ROOT, "action.yml"), "utf8");
    const script = readFileSync(join(ROOT, "script/action"), "utf8");
    const declared = yaml.slice(0, yaml.indexOf("outputs:"));
    const inputs = [...declared.matchAll(/^ {2}([\w-]+):$/gm)].map((m) => m[1] ?? "");
    const variables = inputs.map((name) => `INPUT_${name.toUpperCase().replaceAll("-", "_")}`);
    expect(
      variables.filter((name) => !yaml.includes(`${name}: \${{ inputs.`) || !script.includes(name)),
    ).toEqual([]);
    const read = [...script.matchAll(/INPUT_[A-Z_]+/g)].map(([name]) => name);
    expect(read.filter((name) => name !== "INPUT_" && !variables.includes(name))).toEqual([]);
  });
});

describe("the job of GitLab", () => {
  const yaml = readFileSync(join(ROOT, "templates/gitlab-ci.yml"), "utf8");
  const script = (/^ {4}- \|\n((?: {6}.*\n)+)/m.exec(yaml)?.[1] ?? "").replace(/^ {6}/gm, "");

  it("writes both reports and exits as lint does", () => {
    const { dir, write } = repository("db");
    write("sql/V2__b.sql", BAD);
    // GitLab runs the lines of a script with these.
    const ran = shell(dir, ["bash", "-eo", "pipefail", "-c", script], {
      GODWIT_ARGS: "--preset recommended",
      CI_PROJECT_DIR: dirname(dir),
    });
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toContain("sql/V2__b.sql:2:1 error delete-with-where");
    const quality = JSON.parse(readFileSync(join(dir, "gl-code-quality-report.json"), "utf8"));
    expect(quality).toMatchObject([
      { check_name: "delete-with-where", location: { path: "db/sql/V2__b.sql" } },
    ]);
    expect(XMLValidator.validate(readFileSync(join(dir, "godwit-junit.xml"), "utf8"))).toBe(true);
    const broken = shell(dir, ["bash", "-eo", "pipefail", "-c", script], { GODWIT_ARGS: "--nosuch" });
    expect(broken.exitCode).toBe(2);
  });
});

describe("the hook", () => {
  it("stops a commit with findings, and judges only what is staged", () => {
    const { dir, git, write } = repository();
    cpSync(join(home, "godwit/templates/pre-commit"), join(dir, ".git/hooks/pre-commit"));
    chmodSync(join(dir, ".git/hooks/pre-commit"), 0o755);
    write("sql/V2__b b.sql", BAD);
    write("README.md", "one\n");
    git("add", "README.md");
    expect(git("commit", "-qm", "readme").exitCode).toBe(0);
    git("add", ".");
    const stopped = git("commit", "-qm", "bad");
    expect([stopped.exitCode, stopped.stdout + stopped.stderr]).toEqual([
      1,
      expect.stringContaining("sql/V2__b b.sql:2:1 error delete-with-where"),
    ]);
    write("sql/V2__b b.sql", "DELETE FROM app.a WHERE id IS NULL;\n");
    git("add", ".");
    expect(git("commit", "-qm", "good").exitCode).toBe(0);
    write("sql/V3__c.sql", BAD);
    git("add", "--intent-to-add", ".");
    expect(git("commit", "-qam", "all").exitCode).toBe(1);
  });
});

describe("the hook of pre-commit", () => {
  it("names an entry that godwit has", () => {
    const yaml = readFileSync(join(ROOT, ".pre-commit-hooks.yaml"), "utf8");
    const entry = /^ {2}entry: godwit (\w+)$/m.exec(yaml)?.[1] ?? "";
    const { dir, write } = repository();
    write("sql/V2__b.sql", BAD);
    const ran = (...files: readonly string[]): number | null =>
      shell(dir, ["node_modules/.bin/godwit", entry, ...files]).exitCode;
    expect([ran("sql/V1__a.sql"), ran("sql/V1__a.sql", "sql/V2__b.sql")]).toEqual([0, 1]);
    // lint-staged gives absolute paths.
    expect(ran(join(dir, "sql/V2__b.sql"))).toBe(1);
  });
});

const SHELLCHECK = spawnSync("shellcheck", ["--version"]).status === 0;

describe.runIf(SHELLCHECK)("shellcheck", () => {
  it("has nothing against the scripts of CI", () => {
    const { stdout } = shell(ROOT, ["shellcheck", "script/action", "templates/pre-commit"]);
    expect(stdout).toBe("");
  });
});
