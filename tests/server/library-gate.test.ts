// The library's verbs about files: lint, rules, add and rebase.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import { createGodwit, type Godwit, type GodwitOptions } from "../../src/index.ts";
import { RULES } from "../../src/lint/rules/index.ts";
import { testDatabase } from "../support/database.ts";
import { failureOf } from "../support/failure.ts";
import { ROOT } from "../support/package.ts";
import { commit, git, repository } from "../support/repository.ts";

/** Nobody listens there: what connects fails. */
const NOWHERE = "postgresql://nobody@127.0.0.1:1/none";

interface Folder extends Disposable {
  readonly dir: string;
  read(file: string): string;
  write(files: Readonly<Record<string, string>>): void;
  godwit(options?: GodwitOptions): Promise<Godwit>;
}

function folder(files: Readonly<Record<string, string>>): Folder {
  const dir = mkdtempSync(join(tmpdir(), "godwit-library-"));
  mkdirSync(join(dir, "sql"));
  const write = (more: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(more)) writeFileSync(join(dir, name), text);
  };
  write(files);
  const own = { workingDirectory: dir, locations: ["filesystem:sql"], defaultSchema: "app", env: {} };
  return {
    dir,
    write,
    read: (file) => readFileSync(join(dir, file), "utf8"),
    godwit: (options = { url: NOWHERE }) => createGodwit({ ...own, ...options }),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

const A = "CREATE TABLE app.a (id int);\n";
const CHECK = "ALTER TABLE app.a\n  ADD CONSTRAINT c CHECK (id > 0);\n";
const rules = ["check-not-valid"];

describe("lint of the library", () => {
  it("gives findings with the keys of the JSON, and connects to nothing", async () => {
    using files = folder({ "sql/V1__a.sql": A, "sql/V2__check.sql": CHECK });
    const godwit = await files.godwit();
    const report = await godwit.lint({ rules });
    expect(report.findings).toEqual([
      {
        rule: "check-not-valid",
        family: "lock",
        severity: "error",
        file: "sql/V2__check.sql",
        line: 2,
        column: 3,
        endLine: 2,
        endColumn: 34,
        message: "ADD CHECK reads all of app.a while it holds ACCESS EXCLUSIVE: all reads and writes wait.",
        clause: null,
        fixable: true,
        help: "ADD CONSTRAINT ... CHECK (...) NOT VALID now, VALIDATE CONSTRAINT in the next file.",
        fix: [{ start: 51, end: 51, text: " NOT VALID" }],
      },
    ]);
    expect(report.summary).toMatchObject({ files: 2, statements: 2, errors: 1, fixable: 1, fixed: 0 });
    const schema: object = JSON.parse(readFileSync(join(ROOT, "schemas/lint.json"), "utf8"));
    const validate = new Ajv2020({ allErrors: true }).compile(schema);
    expect(validate(JSON.parse(JSON.stringify(report))), JSON.stringify(validate.errors)).toBe(true);
  });

  it("judges the files that are named, together or not, for a version of PostgreSQL", async () => {
    using files = folder({ "sql/V1__a.sql": A, "sql/V2__check.sql": CHECK });
    const godwit = await files.godwit();
    const count = async (options: Parameters<Godwit["lint"]>[0]): Promise<number> =>
      (await godwit.lint({ rules, ...options })).findings.length;
    expect(await count({ files: ["sql/V1__a.sql"] })).toBe(0);
    expect(await count({ files: ["sql/V2__check.sql"] })).toBe(1);
    expect(await count({ together: "set" })).toBe(0);
    const detach = { "sql/V3__d.sql": "ALTER TABLE app.p DETACH PARTITION app.q;\n" };
    files.write(detach);
    expect(await count({ rules: ["detach-concurrently"], pg: 13 })).toBe(0);
    expect(await count({ rules: ["detach-concurrently"], pg: 14 })).toBe(1);
    expect((await godwit.lint({ presets: ["strict"] })).findings.length).toBeGreaterThan(
      (await godwit.lint({ presets: ["recommended"] })).findings.length,
    );
  });

  it("shows what it would mend, and mends it", async () => {
    using files = folder({ "sql/V1__a.sql": A, "sql/V2__check.sql": CHECK });
    // A project without a server: what it has applied is asked of nobody.
    const godwit = await files.godwit({});
    const { patch, notes } = await godwit.lint({ rules, diff: true });
    expect(patch).toContain("+  ADD CONSTRAINT c CHECK (id > 0) NOT VALID;\n");
    expect(files.read("sql/V2__check.sql")).toBe(CHECK);
    expect(notes).toContain(
      "Neither git nor a database says which files are applied: look before you commit.",
    );
    const { summary } = await godwit.lint({ rules, fix: true });
    expect(summary).toMatchObject({ errors: 0, fixed: 1 });
    expect(files.read("sql/V2__check.sql")).toBe(
      "ALTER TABLE app.a\n  ADD CONSTRAINT c CHECK (id > 0) NOT VALID;\n",
    );
  });

  it("asks a connection that was lent what is applied, and what is in its tables", async () => {
    await using db = await testDatabase();
    await db.run("CREATE SCHEMA app");
    using files = folder({ "sql/V1__a.sql": A, "sql/V2__check.sql": CHECK });
    const pool = new pg.Pool({ host: inject("socketDir"), user: "postgres", database: db.name, max: 1 });
    await using godwit = await files.godwit({ client: pool });
    await godwit.migrate({ settings: { target: "1" } });
    expect((await godwit.lint({ rules, pending: true })).summary).toMatchObject({ files: 1, errors: 1 });
    // A table without a row is read at once.
    expect((await godwit.lint({ rules, database: true })).findings).toEqual([]);
    await db.run("INSERT INTO app.a SELECT generate_series(1, 200)");
    expect((await godwit.lint({ rules, database: true })).findings).toHaveLength(1);
    await godwit.migrate();
    const { notes } = await godwit.lint({ rules, fix: true });
    expect(files.read("sql/V2__check.sql")).toBe(CHECK);
    expect(notes).toContain(
      "One file is on the main branch or applied already and was not mended: a committed migration must not change.",
    );
    await pool.end();
  });

  it("rejects with what is wrong, and with ABORTED before it began", async () => {
    using files = folder({ "sql/V1__a.sql": A });
    const godwit = await files.godwit();
    expect((await failureOf(godwit.lint({ rules: ["no-such-rule"] }))).message).toContain("no-such-rule");
    expect((await failureOf(godwit.lint({ database: true, scratch: true }))).message).toBe(
      "--database and --scratch are both given.",
    );
    expect((await failureOf(godwit.lint({ signal: AbortSignal.abort() }))).code).toBe("ABORTED");
    expect((await failureOf(godwit.lint({ pending: true }))).code).toBe("DB_CONNECTION");
    await godwit.close();
    expect((await failureOf(godwit.lint())).message).toBe("This godwit is closed.");
  });
});

describe("rules of the library", () => {
  it("lists every rule, with what is in force", async () => {
    using files = folder({});
    const godwit = await files.godwit();
    const { rules: all } = await godwit.rules({ presets: ["recommended"] });
    expect(all.map((r) => r.id).sort()).toEqual(RULES.map((r) => r.id).sort());
    expect(all.find((r) => r.id === "check-not-valid")).toMatchObject({
      inForce: "error",
      lock: "ACCESS EXCLUSIVE",
      fixable: true,
    });
    expect(all.find((r) => r.id === "timestamptz")?.inForce).not.toBe(
      (await godwit.rules({ presets: ["guide"] })).rules.find((r) => r.id === "timestamptz")?.inForce,
    );
  });
});

describe("add of the library", () => {
  it("writes the next file, from a template of godwit's or of the team's", async () => {
    using files = folder({ "sql/V007__a.sql": A });
    const godwit = await files.godwit();
    const wish = { description: "Create invoices", template: "create-table", table: "invoices" };
    expect(await godwit.add({ ...wish, nameOnly: true })).toEqual({
      operation: "add",
      path: "sql/V008__Create_invoices.sql",
      created: false,
    });
    const { path, created } = await godwit.add(wish);
    expect([path, created]).toEqual(["sql/V008__Create_invoices.sql", true]);
    expect(files.read(path)).toContain("CREATE TABLE IF NOT EXISTS app.invoices (");
    mkdirSync(join(files.dir, "tpl"));
    files.write({ "tpl/note.sql": "-- {{text}}\n" });
    const note = await godwit.add({
      description: "Note",
      templates: "tpl",
      template: "note",
      set: { text: "one, two" },
    });
    expect(files.read(note.path)).toBe("-- one, two\n");
    expect((await failureOf(godwit.add({ description: "x", version: "8" }))).message).toContain("taken");
    expect((await failureOf(godwit.add({}))).message).toBe("add needs a description.");
  });
});

describe("rebase of the library", () => {
  it("moves what collides with the main branch, and asks the database first unless told not to", async () => {
    using files = folder({ "sql/V1__a.sql": A });
    const p = { dir: files.dir };
    repository(p);
    git(p, "checkout", "-qb", "branch");
    git(p, "checkout", "-q", "main");
    files.write({ "sql/V2__theirs.sql": "CREATE TABLE app.b (id int);\n" });
    commit(p, "main");
    git(p, "checkout", "-q", "branch");
    files.write({ "sql/V2__own.sql": "CREATE TABLE app.c (id int);\n" });
    commit(p, "own");
    const godwit = await files.godwit();
    expect((await failureOf(godwit.rebase())).code).toBe("DB_CONNECTION");
    const tried = await godwit.rebase({ offline: true, dryRun: true });
    expect([tried.moved, tried.moves.map((m) => `${m.from} > ${m.to}`)]).toEqual([
      false,
      ["sql/V2__own.sql > sql/V3__own.sql"],
    ]);
    expect((await godwit.rebase({ offline: true })).moved).toBe(true);
    expect(files.read("sql/V3__own.sql")).toContain("app.c");
  });
});
