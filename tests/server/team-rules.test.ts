// Rules of a team as a user has them: the built package, a folder of rules, a process of its own.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ran, ROOT, runStaged, stagePackage } from "../support/package.ts";

let home = "";

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "godwit-rules-"));
  stagePackage(join(home, "godwit"));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Setup {
  readonly without?: readonly ("esbuild" | "godwit")[];
}

/** A project with packages installed, and its command line. */
function project(files: Readonly<Record<string, string>>, { without = [] }: Setup = {}) {
  const dir = mkdtempSync(join(home, "project-"));
  mkdirSync(join(dir, "node_modules"));
  if (!without.includes("esbuild"))
    symlinkSync(join(ROOT, "node_modules/esbuild"), join(dir, "node_modules/esbuild"));
  if (!without.includes("godwit")) symlinkSync(join(home, "godwit"), join(dir, "node_modules/godwit"));
  for (const [name, text] of Object.entries({ "flyway.toml": TOML, ...files })) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  const godwit = (...args: readonly string[]): Ran =>
    runStaged(join(home, "godwit"), dir, args, { NODE_NO_WARNINGS: "1" });
  return { dir, godwit };
}

const TOML = `[flyway]
locations = ["filesystem:sql"]
defaultSchema = "app"
[godwit.lint]
rules = ["db/rules"]
preset = "flyway"
table-comment = "off"
`;
/** The rules that the page shows. */
const [MONEY = "", NO_MONEY_TYPE = ""] = [
  ...readFileSync(join(ROOT, "docs/team-rules.md"), "utf8").matchAll(/^```ts\n([\s\S]*?)^```/gm),
].map((m) => m[1] ?? "");
const SQL = `CREATE TABLE app.policy (
  id uuid PRIMARY KEY,
  premium double precision
);
`;

describe("the rules of docs/team-rules.md", () => {
  const files = {
    "db/rules/acme-money-numeric.ts": MONEY,
    "db/rules/acme-no-money-type.ts": NO_MONEY_TYPE,
    "db/rules/shared/names.ts": "export const names = [];\n",
    "db/rules/README.md": "not a rule\n",
    "sql/V1__Policies.sql": SQL,
  };

  it("hold for their own examples", () => {
    expect(project(files).godwit("rules", "test")).toEqual({
      exitCode: 0,
      stdout: "2 rules, 7 examples: all are as they say.\n",
      stderr: "",
    });
  });

  it("find what they are for, at its line", () => {
    const { godwit } = project(files);
    const finding = "premium holds money, but is not numeric with two digits.";
    expect(godwit("lint", "--format", "line")).toEqual({
      exitCode: 1,
      stdout: `sql/V1__Policies.sql:3:3: error: acme-money-numeric: ${finding}\n`,
      stderr: "",
    });
    expect(JSON.parse(godwit("lint", "--format", "json").stdout)).toMatchObject({
      findings: [{ rule: "acme-money-numeric", family: "team", line: 3, column: 3, clause: null }],
    });
  });

  it("obey settings, options, suppressions and the baseline", () => {
    const { dir, godwit } = project(files);
    expect(godwit("lint", "-lint.acme-money-numeric=info").exitCode).toBe(0);
    expect(godwit("lint", "-lint.acme-money-numeric=off", "--format", "line").stdout).toBe("");
    expect(godwit("lint", "-lint.acme-money-numeric.pattern=fee", "--format", "line").stdout).toBe("");
    expect(godwit("lint", "--rule", "acme-no-money-type").exitCode).toBe(0);
    expect(godwit("lint", "--update-baseline").exitCode).toBe(0);
    rmSync(join(dir, "godwit-lint-baseline.json"));
    const ignored = `-- godwit-ignore acme-money-numeric: a rate\n${SQL}`;
    writeFileSync(join(dir, "sql/V1__Policies.sql"), ignored);
    expect(JSON.parse(godwit("lint", "--format", "json").stdout)).toMatchObject({
      findings: [],
      summary: { suppressed: 1 },
    });
  });

  it("are listed and explained", () => {
    const { godwit } = project(files);
    expect(godwit("rules").stdout).toMatch(/^team\n {2}acme-money-numeric +error +Amounts of money/m);
    const { stdout } = godwit("rules", "explain", "acme-money-numeric");
    expect(stdout).toMatch(/^# acme-money-numeric\n/);
    expect(stdout).toContain("a rule of the team, from `db/rules/acme-money-numeric.ts`.");
    expect(stdout).toContain("`lint.acme-money-numeric.pattern`: Names of columns that hold money.");
  });

  it("compile against the published types", () => {
    const { dir } = project(files);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "ES2022",
      module: "node16",
      moduleResolution: "node16",
      types: [],
    };
    writeFileSync(join(dir, "package.json"), '{ "type": "module" }');
    writeFileSync(join(dir, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["db/rules"] }));
    const tsc = (): string =>
      spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", dir], {
        encoding: "utf8",
      }).stdout;
    expect(tsc()).toBe("");
    writeFileSync(
      join(dir, "db/rules/acme-no-money-type.ts"),
      NO_MONEY_TYPE.replace('"add-column"', '"add-colum"'),
    );
    expect(tsc()).toContain("add-colum");
  });
});

describe("regular expressions", () => {
  const files = {
    "db/rules/ACME_1__No_todo.toml": 'rules = ["(?i)\\\\btodo\\\\b"]\n',
    "regex/RX003__No_truncate.toml":
      'description = "No truncate"\nrules = ["(?i)truncate"]\nseverity = "warning"\n',
    "regex/below/RX009__Deep.toml": "broken",
    "regex/RX002__Oracle.toml": 'dialects = ["oracle"]\nrules = ["."]\n',
    "sql/V1__a.sql":
      "-- godwit-ignore-file table-primary-key: a test\nCREATE TABLE app.a (b int); -- TODO\nTRUNCATE app.a;\n",
  };

  it("are read from the folders of lint.rules and check.rulesLocation", () => {
    const { godwit } = project(files);
    const line = (...args: readonly string[]): string =>
      godwit("lint", "--format", "line", ...args).stdout.replace(/.*no-truncate.*\n/, "");
    expect(line()).toBe("sql/V1__a.sql:2:32: error: acme-1: No todo\n");
    expect(line("-check.rulesLocation=regex")).toBe(
      "sql/V1__a.sql:2:32: error: acme-1: No todo\nsql/V1__a.sql:3:1: warning: rx003: No truncate\n",
    );
    expect(line("-check.rulesLocation=regex", "-check.regexEnabled=false")).toBe("");
    expect(godwit("rules", "-check.rulesLocation=regex").stdout).toMatch(/rx003 +warning +No truncate/);
  });

  it("are refused with file and line when they are broken", () => {
    const broken = { "db/rules/A__b.toml": 'code = "A"\nrules = ["(a"]\n', "sql/V1__a.sql": "select 1;\n" };
    const { exitCode, stderr } = project(broken).godwit("lint");
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'db/rules/A__b.toml: "rules" has "(a", which cannot be read: a parenthesis is not closed',
    );
    expect(stderr).toContain("db/rules/A__b.toml:2:1");
    const toml = project({ "db/rules/A__b.toml": "rules = [\n" }).godwit("lint");
    expect([toml.exitCode, toml.stderr]).toEqual([2, expect.stringContaining("this is not valid TOML")]);
    const twice = {
      "db/rules/A__b.toml": 'rules = ["a"]\n',
      "db/rules/B__b.toml": 'code = "A"\nrules = ["a"]\n',
    };
    expect(project(twice).godwit("lint").stderr).toContain(
      "db/rules/B__b.toml: the name a is that of the rule in db/rules/A__b.toml.",
    );
  });
});

describe("a rule in JavaScript", () => {
  it("needs neither esbuild nor godwit in the project", () => {
    const text = NO_MONEY_TYPE.replace(/^import type.*\n/, "").replace(" satisfies TeamRule", "");
    const files = { "db/rules/a.mjs": text, "sql/V1__a.sql": "CREATE TABLE app.fee (due money);\n" };
    const { godwit } = project(files, { without: ["esbuild", "godwit"] });
    expect(godwit("lint", "--rule", "acme-no-money-type", "--format", "line").stdout).toBe(
      "sql/V1__a.sql:1:23: error: acme-no-money-type: due is of type money.\n",
    );
    const common = text.replace("export default", "module.exports =");
    const cjs = project(
      { "db/rules/a.cjs": common, "sql/V1__a.sql": files["sql/V1__a.sql"] },
      { without: ["esbuild", "godwit"] },
    );
    expect(cjs.godwit("lint", "--rule", "acme-no-money-type").exitCode).toBe(1);
  });
});

describe("a broken rule", () => {
  const failure = (rule: string, setup?: Setup, ...more: readonly string[]): Ran =>
    project({ "db/rules/a.ts": rule, "sql/V1__a.sql": "CREATE TABLE app.fee (due money);\n" }, setup).godwit(
      "lint",
      ...more,
    );

  it("is told with its file and line, and ends lint with 2", () => {
    const typo = failure(NO_MONEY_TYPE.replace('severity: "error"', 'severity: "eror"'));
    expect(typo.exitCode).toBe(2);
    expect(typo.stderr).toContain('db/rules/a.ts: "severity" of the rule is none of error, warning, info.');
    expect(typo.stderr).toContain("db/rules/a.ts:5:3");
    expect(failure("export const rule = 1;\n").stderr).toContain("db/rules/a.ts exports no rule.");
    const unknown = failure(NO_MONEY_TYPE.replace("summary:", "sumary:"));
    expect(unknown.stderr).toContain('db/rules/a.ts: "sumary" of the rule is nothing that a rule has.');
    expect(unknown.stderr).toContain("Did you mean summary?");
    const kind = failure(NO_MONEY_TYPE.replace('"add-column"', '"add-colum"'));
    expect(kind.stderr).toContain('has "add-colum", which is no kind of action; did you mean add-column?');
    const bad = failure(NO_MONEY_TYPE.replace(/bad: .*/, "bad: [],"));
    expect(bad.stderr).toContain('"bad" of the rule is empty.');
  });

  it("is told where it throws, and on which file it did", () => {
    const rule = NO_MONEY_TYPE.replace(
      "for (const column of columns)",
      "for (const column of columns.first)",
    );
    const { exitCode, stderr } = failure(rule);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining(
        "The rule acme-no-money-type failed on sql/V1__a.sql: columns.first is not iterable",
      ),
    ]);
    expect(stderr).toMatch(/db\/rules\/a\.ts:16:\d+/);
    expect(stderr).not.toContain("at Object");
  });

  it("is told when it is async, or reports without a place or a message", () => {
    const report = /report\(column, `\$\{column.name\} is of type money\.`\)/g;
    expect(failure(NO_MONEY_TYPE.replaceAll("({ columns }", "async ({ columns }")).stderr).toContain(
      "a function of it is async, which rules must not be",
    );
    expect(failure(NO_MONEY_TYPE.replaceAll(report, "report(column, '')")).stderr).toContain(
      "report() was given no message",
    );
    expect(failure(NO_MONEY_TYPE.replaceAll(report, "report({}, 'x')")).stderr).toContain(
      "report() was given no place",
    );
  });

  it("is told when its SQL, its name or its setting is wrong", () => {
    const taken = failure(NO_MONEY_TYPE.replace("acme-no-money-type", "fk-not-valid"));
    expect(taken.stderr).toContain("db/rules/a.ts: the name fk-not-valid is that of a rule of godwit's own.");
    const twice = project({ "db/rules/a.ts": NO_MONEY_TYPE, "db/rules/b.ts": NO_MONEY_TYPE }).godwit("lint");
    expect(twice.stderr).toContain(
      "db/rules/b.ts: the name acme-no-money-type is that of the rule in db/rules/a.ts.",
    );
    expect(failure(NO_MONEY_TYPE, {}, "-lint.rules=db/ruels").stderr).toContain(
      "lint.rules names db/ruels, which is neither a rule file nor a folder.",
    );
  });

  it("is told with advice when the project has no godwit", () => {
    const { exitCode, stderr } = failure(MONEY, { without: ["godwit"] });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("npm install --save-dev godwit");
    expect(stderr).toContain("satisfies TeamRule");
  });
});

describe("rules test", () => {
  it("exits with 1 and names the line of each example that is not as the rule says", () => {
    const rule = NO_MONEY_TYPE.replace(
      /bad: .*/,
      `bad: [
    "CREATE TABLE app.fee (due numeric);",
    { sql: "CREATE TABLE app.dues (a int,\\n due money);", line: 1 },
    { sql: "CREATE TABLE app.both (a money, b money);", findings: 1 },
    "CREATE TABEL app.fee ();",
  ],`,
    ).replace(/good: .*/, 'good: ["CREATE TABLE app.good (due money);"],');
    const { godwit } = project({ "db/rules/a.ts": rule });
    const { exitCode, stdout } = godwit("rules", "test");
    expect(stdout.split("\n")).toEqual([
      "db/rules/a.ts:10 acme-no-money-type: bad example 1 is not found.",
      "db/rules/a.ts:11 acme-no-money-type: bad example 2 is found on line 2, and says 1.",
      "db/rules/a.ts:12 acme-no-money-type: bad example 3 gives 2 findings, and says 1.",
      expect.stringMatching(
        /^db\/rules\/a\.ts:13 acme-no-money-type: bad example 4 is no SQL that PostgreSQL reads: line 1: /,
      ),
      "db/rules/a.ts:15 acme-no-money-type: good example 1 is found: line 1: due is of type money.",
      "",
      "1 rule, 5 examples: 5 are not as the rule says.",
      "",
    ]);
    expect(exitCode).toBe(1);
    const json = godwit("rules", "test", "-outputType=json");
    expect([json.exitCode, JSON.parse(json.stdout)]).toEqual([
      1,
      expect.objectContaining({ operation: "rulesTest", rules: [expect.objectContaining({ examples: 5 })] }),
    ]);
  });

  it("says when there is none to test", () => {
    const { exitCode, stderr } = project({ "db/rules/none.txt": "" }).godwit("rules", "test");
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining("There is no rule of the team's to test."),
    ]);
  });
});
