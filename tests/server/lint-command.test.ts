// lint, rules and add as a user runs them: files, git, exit codes, fixes, the baseline, what is pending.

import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ownJson } from "../../src/cli/own-reports.ts";
import type { CommandResult } from "../../src/commands/command.ts";
import type { AddOutcome, LintOutcome } from "../../src/commands/lint.ts";
import type { Settings } from "../../src/config/settings.ts";
import { lintDocument } from "../../src/reports/lint-machine.ts";
import { renderLintText } from "../../src/reports/lint-text.ts";
import { PLAIN } from "../../src/reports/style.ts";
import { testDatabase } from "../support/database.ts";
import { failureOf } from "../support/failure.ts";
import { type Project, project, runCommand } from "../support/project.ts";
import { git, repository } from "../support/repository.ts";
import { testSettings } from "../support/settings.ts";

const run = (
  p: Project,
  verb: string,
  words: readonly string[] = [],
  options: Readonly<Record<string, string>> = {},
  more: Partial<Settings> = {},
): Promise<CommandResult> =>
  runCommand(p, verb, { words, options, settings: { defaultSchema: "app", ...more } });

const lintOf = ({ outcome }: CommandResult): LintOutcome => {
  if (outcome.operation !== "lint") throw new Error(outcome.operation);
  return outcome as LintOutcome;
};
const brief = (ran: CommandResult): readonly string[] =>
  lintOf(ran).findings.map((f) => `${f.file.slice(4)}:${f.line} ${f.rule}`);

const HEAD = "-- Migration V1: a\n-- Description: a\n";
const TABLE = `${HEAD}CREATE TABLE IF NOT EXISTS app.a (\n  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),\n  created_at timestamptz,\n  updated_at timestamptz\n);\nCOMMENT ON TABLE app.a IS 'a';\n`;
const CHECK =
  "-- Migration V2: b\n-- Description: b\nSET LOCAL lock_timeout = '3s';\nALTER TABLE app.a\n  ADD CONSTRAINT c CHECK (id IS NOT NULL);\n";

describe("lint", () => {
  it("exits with 0 for a clean folder and with 1 for a finding at the threshold", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__Create_a.sql": TABLE });
    expect(await run(p, "lint")).toMatchObject({ exitCode: 0, outcome: { findings: [] } });
    p.write({ "V2__Check_a.sql": CHECK });
    const ran = await run(p, "lint");
    expect(brief(ran)).toEqual(["V2__Check_a.sql:5 check-not-valid"]);
    expect(ran.exitCode).toBe(1);
    const asInfo = testSettings({ extra: { "lint.check-not-valid": "info" } }).extra;
    expect((await run(p, "lint", [], {}, { extra: asInfo })).exitCode).toBe(0);
    expect((await run(p, "lint", [], { "fail-on": "info" }, { extra: asInfo })).exitCode).toBe(1);
  });

  it("gives JSON of exactly the published keys", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__Create_a.sql": TABLE, "V2__Check_a.sql": CHECK });
    expect(JSON.parse((await ownJson((await run(p, "lint")).outcome)) ?? "")).toEqual({
      findings: [
        {
          rule: "check-not-valid",
          family: "lock",
          severity: "error",
          file: "sql/V2__Check_a.sql",
          line: 5,
          column: 3,
          endLine: 5,
          message: "ADD CHECK reads all of app.a while it holds ACCESS EXCLUSIVE: all reads and writes wait.",
          clause: null,
          fixable: true,
        },
      ],
      summary: {
        files: 2,
        statements: 4,
        errors: 1,
        warnings: 0,
        infos: 0,
        fixable: 1,
        fixed: 0,
        suppressed: 0,
        baselined: 0,
      },
    });
  });

  it("tells findings in the forms of other tools", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__Create_a.sql": TABLE, "V2__Check_a.sql": CHECK });
    const outcome = lintOf(await run(p, "lint"));
    expect(lintDocument(outcome, "line")).toBe(
      "sql/V2__Check_a.sql:5:3: error: check-not-valid: ADD CHECK reads all of app.a while it holds ACCESS EXCLUSIVE: all reads and writes wait.\n",
    );
    expect(lintDocument(outcome, "github")).toMatch(
      /^::error file=sql\/V2__Check_a\.sql,line=5,endLine=5,col=3,title=check-not-valid::ADD CHECK/,
    );
    expect(JSON.parse(lintDocument(outcome, "gitlab"))).toMatchObject([
      {
        check_name: "check-not-valid",
        severity: "critical",
        location: { path: "sql/V2__Check_a.sql", lines: { begin: 5 } },
      },
    ]);
    expect(JSON.parse(lintDocument(outcome, "sarif"))).toMatchObject({
      version: "2.1.0",
      runs: [{ results: [{ ruleId: "check-not-valid", ruleIndex: 0, level: "error" }] }],
    });
    expect(lintDocument(outcome, "junit")).toContain(
      '<testsuites name="godwit lint" tests="2" failures="1" errors="0" time="0">',
    );
    expect(
      renderLintText(outcome, PLAIN)
        .map((l) => l.text)
        .join("\n"),
    ).toBe(
      [
        "sql/V2__Check_a.sql:5:3 error check-not-valid",
        "ADD CHECK reads all of app.a while it holds ACCESS EXCLUSIVE: all reads and writes wait.",
        "  3 | SET LOCAL lock_timeout = '3s';",
        "  4 | ALTER TABLE app.a",
        "> 5 |   ADD CONSTRAINT c CHECK (id IS NOT NULL);",
        "    |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        "instead: ADD CONSTRAINT ... CHECK (...) NOT VALID now, VALIDATE CONSTRAINT in the next file.",
        "",
        "Found 1 error in 2 files, 4 statements. 1 can be mended with --fix.",
      ].join("\n"),
    );
  });

  it("judges what a branch changes, and mends only what the main branch does not have", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__Create_a.sql": TABLE.replace("IF NOT EXISTS ", "") });
    repository(p);
    git(p, "checkout", "-qb", "branch");
    p.write({ "V2__Check_a.sql": CHECK });
    expect(brief(await run(p, "lint", [], { since: "main" }))).toEqual(["V2__Check_a.sql:5 check-not-valid"]);
    const fixed = await run(p, "lint", [], { fix: "true" });
    expect(brief(fixed)).toEqual(["V1__Create_a.sql:3 create-table-if-not-exists"]);
    expect(lintOf(fixed).notes).toEqual([
      "One file is on the main branch or applied already and was not mended: a committed migration must not change.",
      "Mended sql/V2__Check_a.sql: check-not-valid.",
    ]);
    expect(readFileSync(join(p.dir, "sql/V2__Check_a.sql"), "utf8")).toBe(
      CHECK.replace("NULL);", "NULL) NOT VALID;"),
    );
    p.write({ "V1__Create_a.sql": TABLE });
    expect(brief(await run(p, "lint"))).toEqual(["V1__Create_a.sql:1 applied-file-unchanged"]);
  });

  it("mends files in their own encoding, with their line ends, byte order mark and rights", async () => {
    await using db = await testDatabase();
    const bytes = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from("-- Größe\r\nCREATE TABLE app.a (id uuid);\r\n", "utf16le"),
    ]);
    using p = project(db, { "V1__Create_a.sql": bytes, "V1__Create_a.sql.conf": "encoding=UTF-16" });
    const path = join(p.dir, "sql/V1__Create_a.sql");
    chmodSync(path, 0o640);
    const only = { fix: "true", rule: "create-table-if-not-exists,header-description" };
    const { summary, notes } = lintOf(await run(p, "lint", [], only));
    expect(summary.fixed).toBe(2);
    expect(notes).toEqual([
      "Neither git nor a database says which files are applied: look before you commit.",
      "Mended sql/V1__Create_a.sql: create-table-if-not-exists, header-description.",
    ]);
    const mended =
      "\ufeff-- Größe\r\n-- Description: Create a\r\nCREATE TABLE IF NOT EXISTS app.a (id uuid);\r\n";
    expect(readFileSync(path, "utf16le")).toBe(mended);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(p.dir, "sql")).length).toBe(2);
  });

  it("does not write a file that its encoding cannot hold any more", async () => {
    await using db = await testDatabase();
    const text = Buffer.from("CREATE TABLE app.a (id uuid);\n\ufeff-- end\n");
    using p = project(db, { "V1__Create_a.sql": text });
    const failure = await failureOf(run(p, "lint", [], { fix: "true", rule: "create-table-if-not-exists" }));
    expect(failure.message).toBe(
      "sql/V1__Create_a.sql was not written: it cannot be put back as UTF-8 without a loss.",
    );
    expect(readFileSync(join(p.dir, "sql/V1__Create_a.sql"))).toEqual(text);
  });

  it("mends beside placeholders, never what they stand for", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__Create_a.sql":
        "CREATE TABLE ${name} (id uuid);\nCREATE TABLE b (c json);\n${all}\nCREATE TABLE d (e int);",
    });
    const more = { placeholders: { name: "a", all: "CREATE TABLE x (y json);" } };
    const only = { fix: "true", rule: "create-table-if-not-exists,schema-qualified-names,jsonb-over-json" };
    const { findings, summary } = lintOf(await run(p, "lint", [], only, more));
    expect(readFileSync(join(p.dir, "sql/V1__Create_a.sql"), "utf8")).toBe(
      "CREATE TABLE IF NOT EXISTS ${name} (id uuid);\nCREATE TABLE IF NOT EXISTS app.b (c jsonb);\n${all}\nCREATE TABLE IF NOT EXISTS app.d (e int);",
    );
    expect([summary.fixed, summary.fixable]).toEqual([6, 0]);
    expect(findings.map((f) => `${f.line} ${f.rule}`).sort()).toEqual([
      "1 schema-qualified-names",
      "3 create-table-if-not-exists",
      "3 jsonb-over-json",
      "3 schema-qualified-names",
    ]);
  });

  it("finds a password that is in the file, and not one that a placeholder brings", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__Create_a.sql": "CREATE ROLE a LOGIN PASSWORD '${pw}';\nCREATE ROLE ${name} LOGIN PASSWORD 'x';",
    });
    const ran = await run(
      p,
      "lint",
      [],
      { rule: "no-password" },
      { placeholders: { name: "b", pw: "secret" } },
    );
    expect(brief(ran)).toEqual(["V1__Create_a.sql:2 no-password"]);
  });

  it("cannot run where no file has the name of a migration, unless a rule tells them", async () => {
    await using db = await testDatabase();
    using p = project(db, { "20250101__a.sql": "SELECT 1;" });
    expect((await failureOf(run(p, "lint", [], { preset: "recommended" }))).message).toBe(
      "There is no migration in filesystem:sql.",
    );
    expect(brief(await run(p, "lint"))).toEqual(["20250101__a.sql:1 no-stray-file"]);
  });

  it("knows the lock_timeout that initSql gives to every session", async () => {
    await using db = await testDatabase();
    using p = project(db, {
      "V1__Create_a.sql": "CREATE TABLE app.a (b int);",
      "V2__Add_c.sql": "ALTER TABLE app.a ADD COLUMN c int;",
    });
    const found = async (initSql: string): Promise<readonly string[]> =>
      brief(await run(p, "lint", ["sql/V2__Add_c.sql"], { rule: "lock-timeout-set" }, { initSql }));
    expect(await found("SET lock_timeout = '5s'")).toEqual([]);
    expect(await found("SET lock_timeout = 0")).toEqual(["V2__Add_c.sql:1 lock-timeout-set"]);
  });

  it("shows what it would mend as a patch, and writes nothing", async () => {
    await using db = await testDatabase();
    const before = "CREATE TABLE a (b json);\r\nALTER TABLE a\r\n  ADD c int";
    using p = project(db, { "V1__Create_a.sql": before });
    const path = join(p.dir, "sql/V1__Create_a.sql");
    const ran = await run(p, "lint", [], { diff: "true" });
    expect(ran.exitCode).toBe(1);
    expect(readFileSync(path, "utf8")).toBe(before);
    const { patch = "", summary } = lintOf(ran);
    expect(summary.fixed).toBe(0);
    expect(lintOf(await run(p, "lint", [], { "dry-run": "true" })).patch).toBe(patch);
    execFileSync("git", ["apply"], { cwd: p.dir, input: patch });
    const byPatch = readFileSync(path, "utf8");
    expect(byPatch).toContain("CREATE TABLE IF NOT EXISTS app.a (b jsonb,");
    p.write({ "V1__Create_a.sql": before });
    await run(p, "lint", [], { fix: "true" });
    expect(readFileSync(path, "utf8")).toBe(byPatch);
    expect(lintOf(await run(p, "lint", [], { fix: "true" })).summary.fixed).toBe(0);
  });

  it("leaves what the database has applied, unless it is told to mend it", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__Create_a.sql": "CREATE TABLE app.a (id uuid);" });
    await db.run("CREATE SCHEMA app");
    await p.run("migrate", { defaultSchema: "app", schemas: ["app"] });
    p.write({ "V2__Create_b.sql": "CREATE TABLE app.b (id uuid);" });
    const options = { fix: "true", rule: "create-table-if-not-exists" };
    const more = { connection: db.target, schemas: ["app"] };
    expect(lintOf(await run(p, "lint", [], options, more)).notes).toEqual([
      "One file is on the main branch or applied already and was not mended: a committed migration must not change.",
      "Mended sql/V2__Create_b.sql: create-table-if-not-exists.",
    ]);
    const told = await run(p, "lint", [], { ...options, "fix-applied": "true" }, more);
    expect(lintOf(told).notes).toEqual(["Mended sql/V1__Create_a.sql: create-table-if-not-exists."]);
  });

  it("keeps quiet about what the baseline knows, until its last day", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__Create_a.sql": TABLE, "V2__Check_a.sql": CHECK });
    expect((await run(p, "lint", [], { "update-baseline": "true" })).exitCode).toBe(0);
    p.write({
      "V2__Check_a.sql": `${CHECK.replace("SET", "\n\nSET")}ALTER TABLE app.a ADD CONSTRAINT d CHECK (true);\n`,
    });
    expect(brief(await run(p, "lint"))).toEqual(["V2__Check_a.sql:8 check-not-valid"]);
    await run(p, "lint", [], { "update-baseline": "true", until: "2020-01-01" });
    expect((await run(p, "lint")).exitCode).toBe(1);
  });

  it("judges what is pending by the database's own history", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__Create_a.sql": TABLE });
    await db.run("CREATE SCHEMA app");
    await p.run("migrate", { defaultSchema: "app", schemas: ["app"] });
    p.write({ "V2__Check_a.sql": CHECK });
    const ran = await run(p, "lint", ["pending"], {}, { connection: db.target, schemas: ["app"] });
    expect(lintOf(ran).summary.files).toBe(1);
    expect(brief(ran)).toEqual(["V2__Check_a.sql:5 check-not-valid"]);
  });

  it("says what is wrong with a word, a rule, a preset or a format", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__Create_a.sql": TABLE });
    const messageOf = async (
      ...args: Parameters<typeof run> extends [Project, string, ...infer Rest] ? Rest : never
    ) => (await failureOf(run(p, "lint", ...args))).message;
    expect(await messageOf(["nosuch.sql"])).toBe("There is no file nosuch.sql.");
    expect(await messageOf([], { rule: "fk-notvalid" })).toBe('There is no lint rule "fk-notvalid".');
    expect(await messageOf([], { preset: "guid" })).toBe('There is no preset "guid" of lint rules.');
    expect(await messageOf([], { format: "xml" })).toBe('--format has the value "xml".');
    expect(await messageOf([], { since: "main" })).toBe(
      "--since needs a git repository with a commit, and finds none here.",
    );
  });
});

describe("add", () => {
  const pathOf = ({ outcome }: CommandResult): string => (outcome as AddOutcome).path;

  it("writes templates that the guide has nothing against", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    const templates = [
      "create-table",
      "add-column",
      "foreign-key",
      "index",
      "enum",
      "seed",
      "function",
      "policy",
      "reverse",
      "empty",
    ];
    const paths: string[] = [];
    const extra = { ...testSettings().extra };
    for (const template of templates) {
      paths.push(
        pathOf(
          await run(
            p,
            "add",
            ["Do", template.replace("-", " ")],
            { template, table: template.replace("-", "_"), column: "c" },
            { extra },
          ),
        ),
      );
    }
    paths.push(
      pathOf(await run(p, "add", ["Views"], { template: "repeatable" })),
      pathOf(await run(p, "add", [], { template: "undo" })),
    );
    expect(paths.slice(0, 2)).toEqual(["sql/V001__Do_create_table.sql", "sql/V002__Do_add_column.sql"]);
    expect(paths.slice(-2)).toEqual(["sql/R__Views.sql", "sql/U010__Do_empty.sql"]);
    expect(brief(await run(p, "lint", [], { preset: "guide" }))).toEqual([]);
  });

  it("numbers as the folder and the main branch do, and refuses a version that is taken", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1.9__a.sql": "SELECT 1;" });
    const settings = testSettings();
    const add = (extra: Readonly<Record<string, string>>) =>
      run(p, "add", [], {}, { extra: { ...settings.extra, "add.description": "b c", ...extra } });
    expect(pathOf(await add({ "add.nameOnly": "true" }))).toBe("sql/V1.10__b_c.sql");
    repository(p);
    git(p, "checkout", "-qb", "branch");
    p.write({ "V1.9__a.sql": undefined });
    expect(pathOf(await add({ "add.nameOnly": "true" }))).toBe("sql/V1.10__b_c.sql");
    expect((await failureOf(add({ "add.version": "1.9" }))).message).toBe(
      "Version 1.9 is taken by V1.9__a.sql.",
    );
  });
});
