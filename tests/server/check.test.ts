// check -code as a user runs it: the built package, files on disk, exit codes, and what Flyway's readers look for.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../support/database.ts";
import { type Ran, runStaged, stagePackage } from "../support/package.ts";

let home = "";

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "godwit-check-"));
  stagePackage(join(home, "godwit"), ["--no-types"]);
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

function project(files: Readonly<Record<string, string>>) {
  const dir = mkdtempSync(join(home, "project-"));
  for (const [name, text] of Object.entries({ "flyway.toml": TOML, ...files })) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  const read = (name: string): string => readFileSync(join(dir, name), "utf8");
  const godwit = (...args: readonly string[]): Ran =>
    runStaged(join(home, "godwit"), dir, args, { NODE_NO_WARNINGS: "1" });
  const json = (...args: readonly string[]): unknown =>
    JSON.parse(godwit(...args, "-outputType=json").stdout);
  return { dir, read, godwit, json };
}

const TOML = `[flyway]
locations = ["filesystem:sql"]
defaultSchema = "app"
[godwit.lint]
preset = "flyway"
`;
const TABLE = "CREATE TABLE app.a (id uuid PRIMARY KEY);\nCOMMENT ON TABLE app.a IS 'A';\n";
/** 🐦 is one character to people and two to JavaScript. */
const DELETE = "-- 🐦 <b>&amp;\nDELETE FROM app.a; TRUNCATE app.a;\n";
const FILES = { "sql/V1__a.sql": TABLE, "sql/V2__b.sql": DELETE };

describe("check -code", () => {
  it("prints Flyway's table and writes three reports", () => {
    const { dir, godwit } = project(FILES);
    expect(godwit("check", "-code")).toEqual({
      exitCode: 0,
      stdout: `
+--------+-----------+------------------+----------+
| Engine | Rule Code | Violations Count | Severity |
+--------+-----------+------------------+----------+
| godwit | RG06      | 1                | Error    |
| godwit | RG13      | 1                | Error    |
+--------+-----------+------------------+----------+
2 findings in 2 files. godwit lint shows each in its file.
Report: ${join(dir, "report.html")}
`.slice(1),
      stderr: "",
    });
    expect(
      ["report.html", "report.json", "report-code-review.sarif"].map((f) => existsSync(join(dir, f))),
    ).toEqual([true, true, true]);
  });

  it("gives Flyway's JSON, places in characters", () => {
    const { dir, json } = project(FILES);
    const file = join(dir, "sql/V2__b.sql");
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)$/);
    expect(json("check", "-code")).toEqual({
      individualResults: [
        {
          operation: "code",
          timestamp,
          exception: null,
          licenseFailed: false,
          results: [
            {
              filepath: file,
              violations: [
                {
                  line_no: 2,
                  line_pos: 1,
                  line_no_end: 2,
                  line_pos_end: 18,
                  file_pos: 14,
                  file_pos_end: 31,
                  description: "DELETE without WHERE removes every row of app.a. Give it a WHERE.",
                  code: "RG06",
                  warning: false,
                  engine: "godwit",
                  help: null,
                  fixes: null,
                },
                expect.objectContaining({ code: "RG13", warning: false, line_pos: 29, file_pos: 42 }),
              ],
            },
          ],
          summary: expect.objectContaining({ files: 2, errors: 2, warnings: 0 }),
        },
      ],
      schemaVersion: 1,
      htmlReport: join(dir, "report.html"),
      jsonReport: join(dir, "report.json"),
      sarifReport: join(dir, "report-code-review.sarif"),
    });
  });

  it("tells fixes as deletions, insertions and replacements", () => {
    const files = { "sql/V1__a.sql": `-- 🐦\n${TABLE}` };
    const { dir, json } = project(files);
    writeFileSync(join(dir, "flyway.toml"), TOML.replace('preset = "flyway"', 'preset = "guide"'));
    const { individualResults } = json("check", "-code") as {
      individualResults: readonly {
        results: readonly { violations: readonly { code: string; fixes: unknown }[] }[];
      }[];
    };
    const violations = individualResults.flatMap((r) => r.results).flatMap((r) => r.violations);
    expect(violations.find((v) => v.code === "create-table-if-not-exists")?.fixes).toEqual([
      { type: "insert", file_pos: 18, content: "IF NOT EXISTS " },
    ]);
  });

  it("fails on errors when it is told to, and not otherwise", () => {
    const { dir, godwit, json } = project(FILES);
    const failed = godwit("check", "-code", "-check.code.failOnError=true");
    expect([failed.exitCode, failed.stderr]).toEqual([
      1,
      "ERROR: The code review found 2 errors, and check.code.failOnError is on.\n",
    ]);
    expect(json("check", "-code", "-failOnError=true")).toEqual({
      error: {
        errorCode: "CHECK_CODE_REVIEW_VIOLATION",
        message: "The code review found 2 errors, and check.code.failOnError is on.",
        cause: null,
        results: [
          { filepath: join(dir, "sql/V2__b.sql"), violations: [expect.anything(), expect.anything()] },
        ],
        htmlReport: join(dir, "report.html"),
        jsonReport: join(dir, "report.json"),
        sarifReport: join(dir, "report-code-review.sarif"),
      },
    });
    expect(godwit("check", "-code", "-failOnError=true", "-outputType=json").exitCode).toBe(1);
    const warnings = ["-lint.delete-with-where=warning", "-lint.RG13=warning"];
    expect(godwit("check", "-code", "-failOnError=true", ...warnings).exitCode).toBe(0);
  });

  it("names engines and rules: ours, Flyway's names with its preset, regular expressions, the team's", () => {
    const regex = { "rules/T1__No_truncate.toml": 'rules = ["TRUNCATE"]\nseverity = "warning"\n' };
    const rule = `export default { id: "acme-rule", severity: "info", summary: "s", why: "w", instead: "i",
      bad: ["select 1"], good: ["select 2"], on: { truncate: (a, c) => c.report(a, "m") } };`;
    const { godwit } = project({ ...FILES, ...regex, "team/a.mjs": rule });
    const rows = (...args: readonly string[]): readonly string[] =>
      godwit("check", "-code", "-check.rulesLocation=rules", "-lint.rules=team", ...args)
        .stdout.split("\n")
        .filter((line) => /^\| (?:godwit|Regex)/.test(line))
        .map((line) => line.replace(/\s*\|\s*/g, " ").trim());
    expect(rows()).toEqual([
      "Regex T1 1 Warning",
      "godwit RG06 1 Error",
      "godwit RG13 1 Error",
      "godwit acme-rule 1 Warning",
    ]);
    expect(rows("-lint.preset=recommended", "-regexEnabled=false")).toEqual(
      expect.arrayContaining(["godwit delete-with-where 1 Error", "godwit acme-rule 1 Warning"]),
    );
  });

  it("reviews what is pending when there is a URL, all files, or one script, as scope says", async () => {
    await using db = await testDatabase();
    await db.run("CREATE SCHEMA app");
    const { dir, godwit, json } = project({ ...FILES, "other/D.sql": "TRUNCATE app.a;\n" });
    const connected = [`-url=${db.url}`, "-schemas=app"];
    rmSync(join(dir, "sql/V2__b.sql"));
    expect(godwit(...connected, "migrate").exitCode).toBe(0);
    writeFileSync(join(dir, "sql/V2__b.sql"), DELETE);
    const files = (...args: readonly string[]): unknown =>
      (json("check", "-code", ...args) as { individualResults: readonly { summary: { files: number } }[] })
        .individualResults[0]?.summary.files;
    expect(files(...connected)).toBe(1);
    expect(files(...connected, "-scope=ALL")).toBe(2);
    expect(files()).toBe(2);
    expect(json("check", "-code", "-scope=SCRIPT", "-scriptFilename=other/D.sql")).toMatchObject({
      individualResults: [{ results: [{ filepath: join(dir, "other/D.sql") }] }],
    });
  });

  it("stands among the results of other commands, and stops them when it fails", async () => {
    await using db = await testDatabase();
    await db.run("CREATE SCHEMA app");
    const { json } = project(FILES);
    const connected = [`-url=${db.url}`, "-schemas=app"];
    expect(json(...connected, "check", "-code", "info")).toMatchObject({
      individualResults: [{ operation: "code", licenseFailed: false }, { operation: "info" }],
    });
    expect(json(...connected, "info", "check", "-code", "-failOnError=true", "migrate")).toMatchObject({
      error: { errorCode: "CHECK_CODE_REVIEW_VIOLATION" },
    });
    expect(await db.rows("select to_regclass('app.a') is null")).toEqual(["t"]);
  });

  it("says that SQLFluff is not run when it is configured", () => {
    const { exitCode, stderr } = project(FILES).godwit("check", "-code", "-rulesConfig=sqlfluff.cfg");
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringContaining("does not run SQLFluff: check.rulesConfig has no effect."),
    ]);
  });
});

describe("check without -code", () => {
  it("says what comes later, and checks nothing", () => {
    const { dir, godwit } = project(FILES);
    const said = (...flags: readonly string[]): readonly unknown[] => {
      const { exitCode, stderr } = godwit("check", ...flags);
      return [exitCode, stderr.split("\n")[0]];
    };
    expect(said("-drift")).toEqual([
      1,
      "ERROR: check -drift is not built yet: it comes in a later version of godwit.",
    ]);
    expect(said("-changes", "-dryrun", "-code")).toEqual([
      1,
      "ERROR: check -changes and -dryrun is not built yet: they come in a later version of godwit.",
    ]);
    expect(said()).toEqual([1, "ERROR: check was not told what to check."]);
    expect(existsSync(join(dir, "report.html"))).toBe(false);
  });
});

describe("the reports of check -code", () => {
  const INFO = { operation: "info", timestamp: "2026-01-01T00:00:00Z", migrations: [] };

  it("keep the results of other commands and replace an older review", () => {
    const old = { individualResults: [INFO, { operation: "code", results: [] }, { operation: "unheardOf" }] };
    const { godwit, read } = project({ ...FILES, "report.json": JSON.stringify(old) });
    expect(godwit("check", "-code").exitCode).toBe(0);
    expect(JSON.parse(read("report.json"))).toEqual({
      individualResults: [
        INFO,
        { operation: "unheardOf" },
        expect.objectContaining({ operation: "code", results: [expect.anything()] }),
      ],
    });
    expect(read("report.html")).toContain("<code>unheardOf</code>");
  });

  it("keep a file beside that is no report", () => {
    const { exitCode, read, stderr } = ((p) => ({ ...p, ...p.godwit("check", "-code") }))(
      project({ ...FILES, "report.json": "not JSON" }),
    );
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining("report.json.bak now.")]);
    expect(read("report.json.bak")).toBe("not JSON");
    expect(JSON.parse(read("report.json"))).toMatchObject({ individualResults: [{ operation: "code" }] });
  });

  it("go where reportFilename says, and a failure to write them is a warning", () => {
    const { dir, godwit } = project(FILES);
    expect(godwit("check", "-code", "-reportFilename=out/review.htm").exitCode).toBe(0);
    const names = ["review.htm", "review.json", "review-code-review.sarif"];
    expect(names.filter((name) => !existsSync(join(dir, "out", name)))).toEqual([]);
    const { exitCode, stderr } = godwit("check", "-code", "-reportFilename=flyway.toml/x");
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining("The reports could not be written: ")]);
  });

  it("are one page of their own: nothing is fetched, nothing of the files is markup", () => {
    const name = "sql/V3__<img src=x>.sql";
    const { godwit, read } = project({
      ...FILES,
      [name]: "DELETE FROM app.a; -- <script>alert(1)</script>\n",
    });
    godwit("check", "-code");
    const html = read("report.html");
    expect(html).not.toMatch(/<script|<img|<link|<iframe|https?:|@import|url\(/);
    expect(html).toContain("V3__&lt;img src=x&gt;.sql");
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).toContain("-- 🐦 &lt;b&gt;&amp;amp;");
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain("prefers-color-scheme: dark");
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...html.matchAll(/(?:href="#|aria-labelledby=")([^"]+)"/g)].map((m) => m[1]);
    expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
  });
});
