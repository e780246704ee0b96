// rebase in real repositories, with branches that collide, and with a database that has applied some of it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RebaseOutcome } from "../../src/commands/rebase.ts";
import type { Settings } from "../../src/config/settings.ts";
import { outcomesJson } from "../../src/reports/json.ts";
import { renderRebase } from "../../src/reports/rebase.ts";
import { PLAIN } from "../../src/reports/style.ts";
import { testDatabase } from "../support/database.ts";
import { failureOf } from "../support/failure.ts";
import { type Project, project, runCommand } from "../support/project.ts";
import { commit, git, repository } from "../support/repository.ts";
import { testSettings } from "../support/settings.ts";

interface Ran {
  readonly outcome: RebaseOutcome;
  readonly exitCode: number;
}

async function rebase(
  p: Project,
  options: Readonly<Record<string, string>> = {},
  words: readonly string[] = [],
  more: Partial<Settings> = {},
): Promise<Ran> {
  const settings = { defaultSchema: "app", ...more };
  const { outcome, exitCode } = await runCommand(p, "rebase", { words, options, settings });
  return { outcome: outcome as RebaseOutcome, exitCode };
}

/** A repository on a branch: `base` is on both sides, `main` came to main since, `own` is committed on the branch. */
async function branched(
  base: Readonly<Record<string, string>>,
  main: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Promise<Project> {
  await using db = await testDatabase();
  const p = project(db, base);
  repository(p);
  git(p, "checkout", "-qb", "branch");
  git(p, "checkout", "-q", "main");
  p.write(main);
  commit(p, "main");
  git(p, "checkout", "-q", "branch");
  p.write(own);
  commit(p, "own");
  return p;
}

const files = (p: Project): readonly string[] => readdirSync(join(p.dir, "sql")).sort();
const text = (p: Project, name: string): string => readFileSync(join(p.dir, "sql", name), "utf8");
const moves = ({ outcome }: Ran): readonly string[] =>
  outcome.moves.map((m) => `${m.from.slice(4)} > ${m.to.slice(4)} (${m.reason}: ${m.because})`);
const obstacles = ({ outcome }: Ran): readonly string[] => outcome.obstacles.map((o) => o.message);
const status = (p: Project): readonly string[] =>
  git(p, "status", "--porcelain").split("\n").filter(Boolean).sort();

const BASE = { "V1__a.sql": "CREATE TABLE app.a (id int);\n" };

describe("rebase", () => {
  it("gives a file whose version main has taken the next one, with its undo, its .conf and its header", async () => {
    using p = await branched(
      BASE,
      { "V2__theirs.sql": "CREATE TABLE app.b (id int);\n" },
      {
        "V2__mine.sql": "-- App - Migration V2: mine\nCREATE TABLE app.c (id int); -- V2\n",
        "V2__mine.sql.conf": "executeInTransaction=false\n",
        "U2__mine.sql": `-- Migration U2: mine\n${"-- so that git sees the likeness\n".repeat(3)}DROP TABLE app.c;\n`,
        "R__views.sql": "-- needs V2__mine.sql\nSELECT 1;\n",
      },
    );
    const ran = await rebase(p);
    expect(moves(ran)).toEqual([
      "V2__mine.sql > V3__mine.sql (version-taken: sql/V2__theirs.sql (main))",
      "V2__mine.sql.conf > V3__mine.sql.conf (belongs: sql/V2__mine.sql)",
      "U2__mine.sql > U3__mine.sql (belongs: sql/V2__mine.sql)",
    ]);
    expect(ran).toMatchObject({ exitCode: 0, outcome: { moved: true, blocked: false, onto: ["main"] } });
    expect(files(p)).toEqual([
      "R__views.sql",
      "U3__mine.sql",
      "V1__a.sql",
      "V3__mine.sql",
      "V3__mine.sql.conf",
    ]);
    expect(text(p, "V3__mine.sql")).toBe("-- App - Migration V3: mine\nCREATE TABLE app.c (id int); -- V2\n");
    expect(text(p, "U3__mine.sql")).toMatch(/^-- Migration U3: mine\n-- so/);
    expect(ran.outcome.mentions).toEqual([
      { file: "sql/R__views.sql", line: 1, text: "-- needs V2__mine.sql" },
    ]);
    expect(status(p)).toEqual([
      "R  sql/U2__mine.sql -> sql/U3__mine.sql",
      "R  sql/V2__mine.sql -> sql/V3__mine.sql",
      "R  sql/V2__mine.sql.conf -> sql/V3__mine.sql.conf",
    ]);
    commit(p, "renumbered");
    git(p, "merge", "-q", "main");
    expect(moves(await rebase(p))).toEqual([]);
  });

  it("mends a folder in which the branches are merged already", async () => {
    using p = await branched(BASE, { "V2__theirs.sql": "SELECT 1;" }, { "V2__mine.sql": "SELECT 2;" });
    git(p, "merge", "-q", "main");
    await rebase(p);
    expect(files(p)).toEqual(["V1__a.sql", "V2__theirs.sql", "V3__mine.sql"]);
  });

  it("keeps the order of what it moves, where new names are old names of others", async () => {
    using p = await branched(
      BASE,
      { "V3__theirs.sql": "SELECT 1;" },
      {
        "V2__step.sql": "SELECT 2;",
        "V4__step.sql": "SELECT 4;",
        "V5__step.sql": "SELECT 5;",
        "V9__far.sql": "",
      },
    );
    expect(moves(await rebase(p))).toEqual([
      "V2__step.sql > V4__step.sql (out-of-order: sql/V3__theirs.sql (main))",
      "V4__step.sql > V5__step.sql (keeps-order: sql/V2__step.sql)",
      "V5__step.sql > V6__step.sql (keeps-order: sql/V4__step.sql)",
    ]);
    expect(["V4", "V5", "V6"].map((v) => text(p, `${v}__step.sql`))).toEqual([
      "SELECT 2;",
      "SELECT 4;",
      "SELECT 5;",
    ]);
    expect(git(p, "diff", "--name-only")).toBe("");
    expect(git(p, "show", ":sql/V4__step.sql")).toBe("SELECT 2;");
  });

  it("leaves lower numbers alone where outOfOrder lets them run", async () => {
    using p = await branched(BASE, { "V3__theirs.sql": "" }, { "V2__mine.sql": "" });
    expect(moves(await rebase(p, {}, [], { outOfOrder: true }))).toEqual([]);
  });

  it("moves a file that main has under the same name with another text", async () => {
    using p = await branched(BASE, { "V2__b.sql": "SELECT 1;" }, { "V2__b.sql": "SELECT 2;" });
    await rebase(p);
    expect(files(p)).toEqual(["V1__a.sql", "V3__b.sql"]);
    commit(p);
    git(p, "merge", "-q", "main");
    expect(files(p)).toEqual(["V1__a.sql", "V2__b.sql", "V3__b.sql"]);
  });

  it("keeps unstaged changes unstaged, and untracked files untracked", async () => {
    using p = await branched(BASE, { "V2__b.sql": "SELECT 1;" }, { "V2__c.sql": "SELECT 2;\n" });
    writeFileSync(join(p.dir, "sql/V2__c.sql"), "SELECT 2;\nSELECT 3;\n");
    writeFileSync(join(p.dir, "sql/V3__d.sql"), "SELECT 4;\n");
    await rebase(p);
    expect(status(p)).toEqual(["?? sql/V4__d.sql", "RM sql/V2__c.sql -> sql/V3__c.sql"]);
    expect(git(p, "show", ":sql/V3__c.sql")).toBe("SELECT 2;\n");
  });

  it("tells with --dry-run and changes nothing", async () => {
    using p = await branched(BASE, { "V2__b.sql": "" }, { "V2__c.sql": "SELECT 2;" });
    const ran = await rebase(p, { "dry-run": "true" });
    expect(ran).toMatchObject({ exitCode: 0, outcome: { moved: false, dryRun: true } });
    expect(files(p)).toEqual(["V1__a.sql", "V2__c.sql"]);
    expect(Object.keys(JSON.parse(outcomesJson([ran.outcome])))).toEqual([
      "blocked",
      "dryRun",
      "mentions",
      "moved",
      "moves",
      "notes",
      "obstacles",
      "onto",
      "operation",
    ]);
    expect(renderRebase(ran.outcome, PLAIN).map((l) => l.text)).toEqual([
      "sql/V2__c.sql -> sql/V3__c.sql  the version of sql/V2__b.sql (main)",
      "No database is configured, so none was asked what it has applied.",
      "Would rename 1 file. Nothing was changed.",
    ]);
  });

  it("refuses when a file of main uses what the moved one makes, unless it is forced", async () => {
    using p = await branched(
      BASE,
      {
        "V2__theirs.sql": "SELECT 1;",
        "V3__use.sql":
          "-- theirs\nALTER TABLE app.a\n  ADD COLUMN s app.state;\nINSERT INTO app.made VALUES (1);\n",
      },
      { "V2__mine.sql": "CREATE TYPE app.state AS ENUM ('a');\nCREATE TABLE app.made (id int);\n" },
    );
    const ran = await rebase(p);
    expect(ran).toMatchObject({ exitCode: 1, outcome: { moved: false, blocked: true } });
    expect(ran.outcome.obstacles.map((o) => [o.kind, o.line, o.object, o.other])).toEqual([
      ["made-later", 3, "type app.state", "sql/V2__mine.sql"],
      ["made-later", 4, "table app.made", "sql/V2__mine.sql"],
    ]);
    expect(obstacles(ran)[1]).toBe(
      "sql/V3__use.sql (main) uses table app.made, which sql/V2__mine.sql makes: with the new numbers that runs only behind it.",
    );
    expect(files(p)).toEqual(["V1__a.sql", "V2__mine.sql"]);
    expect(await rebase(p, { force: "true", "dry-run": "true" })).toMatchObject({ exitCode: 0 });
    expect(await rebase(p, { force: "true" })).toMatchObject({ exitCode: 0, outcome: { moved: true } });
    expect(files(p)).toEqual(["V1__a.sql", "V4__mine.sql"]);
  });

  it("refuses when the moved file would run behind what takes away what it uses", async () => {
    using p = await branched(
      BASE,
      { "V2__theirs.sql": "DROP TABLE app.a;" },
      { "V2__mine.sql": "SELECT 1;\nINSERT INTO app.a VALUES (1);" },
    );
    const ran = await rebase(p);
    expect(obstacles(ran)).toEqual([
      "sql/V2__mine.sql uses table app.a, which sql/V2__theirs.sql (main) takes away: with the new numbers that runs before it.",
    ]);
    expect(ran).toMatchObject({ exitCode: 1, outcome: { obstacles: [{ kind: "dropped-before", line: 2 }] } });
  });

  it("refuses when a file that stays uses what a named one makes", async () => {
    using p = await branched(
      BASE,
      { "V2__theirs.sql": "SELECT 1;" },
      {
        "V2__mine.sql": "CREATE TABLE app.made (id int);",
        "V3__use.sql": "INSERT INTO app.made VALUES (1);",
      },
    );
    expect(obstacles(await rebase(p, {}, ["V2__mine.sql"]))).toEqual([
      "sql/V3__use.sql uses table app.made, which sql/V2__mine.sql makes: with the new numbers that runs only behind it.",
    ]);
    await rebase(p);
    expect(files(p)).toEqual(["V1__a.sql", "V3__mine.sql", "V4__use.sql"]);
  });

  it("sees no inversion in what others make too, in what is guarded, and in bodies of functions", async () => {
    using p = await branched(
      BASE,
      {
        "V2__theirs.sql":
          "CREATE TABLE IF NOT EXISTS app.both (id int);\nDROP TABLE IF EXISTS app.made;\n" +
          "CREATE FUNCTION app.f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM app.made; END $$;",
        "V3__theirs.sql": "INSERT INTO app.both VALUES (1);",
      },
      { "V2__mine.sql": "CREATE TABLE IF NOT EXISTS app.both (id int);\nCREATE TABLE app.made (id int);" },
    );
    expect(await rebase(p)).toMatchObject({ exitCode: 0, outcome: { obstacles: [], moved: true } });
  });

  it("never moves what the database has applied, and moves it again once it is undone", async () => {
    await using db = await testDatabase();
    using p = await branched(
      BASE,
      { "V2__theirs.sql": "SELECT 1;" },
      { "V2__mine.sql": "CREATE TABLE app.c (id int);", "U2__mine.sql": "DROP TABLE app.c;" },
    );
    const more = { connection: db.target, defaultSchema: "app", schemas: ["app"] };
    await p.run("migrate", more);
    const refused = await rebase(p, { force: "true" }, [], more);
    expect(obstacles(refused)).toEqual([
      "sql/V2__mine.sql was applied in the database: its number is in the history.",
    ]);
    expect(refused.exitCode).toBe(1);
    expect(files(p)).toEqual(["U2__mine.sql", "V1__a.sql", "V2__mine.sql"]);
    await p.run("undo", more);
    git(p, "merge", "-q", "main");
    expect((await rebase(p, {}, [], more)).exitCode).toBe(0);
    expect(files(p)).toEqual(["U3__mine.sql", "V1__a.sql", "V2__theirs.sql", "V3__mine.sql"]);
    await p.run("migrate", more);
    expect(
      await db.rows(
        "SELECT version, description, type FROM app.flyway_schema_history WHERE version IS NOT NULL ORDER BY installed_rank",
      ),
    ).toEqual(["1|a|SQL", "2|mine|SQL", "2|mine|UNDO_SQL", "2|theirs|SQL", "3|mine|SQL"]);
  });

  it("moves nothing when the database cannot be asked, unless that is wished", async () => {
    await using db = await testDatabase();
    using p = await branched(BASE, { "V2__b.sql": "" }, { "V2__c.sql": "SELECT 2;" });
    const connection = { ...db.target, database: "nosuch" };
    const failure = await failureOf(rebase(p, {}, [], { connection }));
    expect(failure.message).toMatch(/^What the database has applied is not known, so no file was moved\. /);
    expect(files(p)).toEqual(["V1__a.sql", "V2__c.sql"]);
    await rebase(p, { offline: "true" }, [], { connection });
    expect(files(p)).toEqual(["V1__a.sql", "V3__c.sql"]);
  });

  it("leaves all as it was when a name is taken or git refuses", async () => {
    using p = await branched(
      BASE,
      { "V2__b.sql": "" },
      { "V2__c.sql": "-- Migration V2: c\n", "V2__c.sql.conf": "", "V3__d.sql": "" },
    );
    writeFileSync(join(p.dir, "sql/V3__c.sql.conf"), "encoding=UTF-8\n");
    const before = files(p);
    expect((await failureOf(rebase(p))).message).toMatch(/V3__c\.sql\.conf is there already/);
    expect(files(p)).toEqual(before);
    p.write({ "V3__c.sql.conf": undefined });
    writeFileSync(join(p.dir, ".git/index.lock"), "");
    expect((await failureOf(rebase(p))).message).toMatch(/^git could not take the new names/);
    expect(files(p)).toEqual(before.filter((f) => f !== "V3__c.sql.conf"));
    expect(text(p, "V2__c.sql")).toBe("-- Migration V2: c\n");
  });

  it("does not move files of the main branch, unless they are named and it is forced", async () => {
    using p = await branched({ ...BASE, "V1__twin.sql": "SELECT 1;" }, {}, {});
    git(p, "checkout", "-q", "main");
    expect(moves(await rebase(p))).toEqual([]);
    expect((await failureOf(rebase(p, {}, ["sql/V1__twin.sql"]))).message).toBe(
      "sql/V1__twin.sql is on the main branch: it may have been applied anywhere.",
    );
    await rebase(p, { force: "true" }, ["sql/V1__twin.sql"]);
    expect(files(p)).toEqual(["V1__a.sql", "V2__twin.sql"]);
  });

  it("asks a branch of another name by option or setting", async () => {
    using p = await branched(BASE, { "V2__b.sql": "" }, { "V2__c.sql": "SELECT 2;" });
    git(p, "branch", "-m", "main", "trunk");
    expect((await failureOf(rebase(p))).message).toBe(
      "git has none of the branches origin/HEAD, origin/main, origin/master, main, master.",
    );
    expect(moves(await rebase(p, { "dry-run": "true", onto: "trunk" }))).toHaveLength(1);
    const { extra } = testSettings({ extra: { mainBranch: "trunk" } });
    expect(moves(await rebase(p, { "dry-run": "true" }, [], { extra }))).toHaveLength(1);
    expect((await failureOf(rebase(p, { onto: "nosuch" }))).message).toBe(
      'git knows no branch "nosuch", which is to be the main branch.',
    );
  });

  it("says what is wrong outside a repository, in a conflict, and of a file that is none", async () => {
    await using db = await testDatabase();
    using plain = project(db, BASE);
    expect((await failureOf(rebase(plain))).message).toBe(
      "rebase needs a git repository with a commit, and finds none here.",
    );
    expect((await failureOf(rebase(plain, { format: "xml" }))).message).toBe('--format has the value "xml".');
    using p = await branched(BASE, { "V2__b.sql": "SELECT 1;" }, { "V2__b.sql": "SELECT 2;" });
    expect(() => git(p, "merge", "-q", "main")).toThrow();
    expect((await failureOf(rebase(p))).message).toBe("sql/V2__b.sql is in the middle of a merge conflict.");
    expect((await failureOf(rebase(p, {}, ["nosuch.sql"]))).message).toBe(
      "nosuch.sql is no versioned migration of this project.",
    );
  });
});
