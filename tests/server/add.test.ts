// What add writes, run on a server as it is; and what it asks.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { GodwitError } from "../../src/base/errors.ts";
import type { Asker } from "../../src/commands/asker.ts";
import type { CommandResult } from "../../src/commands/command.ts";
import type { AddOutcome, LintOutcome } from "../../src/commands/lint.ts";
import { testDatabase } from "../support/database.ts";
import { failureOf } from "../support/failure.ts";
import { type CommandWish, type Project, project, runCommand } from "../support/project.ts";
import { commit, git, repository } from "../support/repository.ts";
import { testSettings } from "../support/settings.ts";

async function run(p: Project, verb: string, wish: CommandWish): Promise<CommandResult["outcome"]> {
  const settings = { defaultSchema: "app", ...wish.settings };
  return (await runCommand(p, verb, { ...wish, settings })).outcome;
}

const add = async (p: Project, wish: CommandWish): Promise<string> =>
  ((await run(p, "add", wish)) as AddOutcome).path;

const text = (p: Project, path: string): string => readFileSync(join(p.dir, path), "utf8");

/** Answers in turn; says what was asked, and what was offered. */
function answering(...answers: readonly string[]): Asker & { readonly asked: string[] } {
  const left = [...answers];
  const asked: string[] = [];
  const next = (fallback?: string): string => left.shift() || fallback || "";
  return {
    asked,
    text: ({ message, fallback, check }) => {
      asked.push(fallback === undefined ? message : `${message} [${fallback}]`);
      const answer = next(fallback);
      const problem = check?.(answer);
      return problem === undefined
        ? Promise.resolve(answer)
        : Promise.reject(new GodwitError("ERROR", problem));
    },
    choose: (message, choices) => {
      asked.push(`${message} ${choices.map((c) => c.value).join(" ")}`);
      const answer = next();
      if (choices.some((c) => c.value === answer)) return Promise.resolve(answer);
      return Promise.reject(new Error(`no choice ${answer}`));
    },
  };
}

describe("add", () => {
  it("writes files that the guide has nothing against and that a server runs, one behind the other", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    await db.run("CREATE SCHEMA app");
    const invoices = { table: "invoices" };
    const chain: readonly (readonly [template: string, options: Readonly<Record<string, string>>])[] = [
      ["create-table", { table: "customers" }],
      ["create-table", invoices],
      ["add-column", { ...invoices, column: "note" }],
      ["add-column", { ...invoices, column: "customer_id", columnType: "UUID" }],
      ["foreign-key", { ...invoices, column: "customer_id", references: "customers" }],
      ["index", { ...invoices, column: "note" }],
      ["enum", invoices],
      ["seed", invoices],
      ["function", invoices],
      ["add-column", { ...invoices, column: "tenant_id", columnType: "UUID" }],
      ["policy", invoices],
      ["reverse", { ...invoices, column: "note" }],
      ["empty", {}],
      ["undo", {}],
      ["repeatable", {}],
    ];
    for (const [i, [template, options]] of chain.entries()) {
      await add(p, { words: [`Step ${i} it's`], options: { ...options, template } });
    }
    const lint = (await run(p, "lint", { options: { preset: "guide" } })) as LintOutcome;
    expect(lint.findings.map((f) => `${f.file}:${f.line} ${f.rule}`)).toEqual([]);
    expect(lint.summary.files).toBe(chain.length);
    const more = { defaultSchema: "app", schemas: ["app"] };
    expect(await p.run("migrate", more)).toMatchObject({ success: true, migrationsExecuted: 14 });
    expect(await p.run("undo", more)).toMatchObject({ success: true });
    expect(
      await db.rows(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'invoices' ORDER BY 1",
      ),
    ).toEqual([
      "created_at|timestamp with time zone",
      "customer_id|uuid",
      "id|uuid",
      "name|character varying",
      "status|USER-DEFINED",
      "tenant_id|uuid",
      "updated_at|timestamp with time zone",
    ]);
    expect(await db.rows("SELECT count(*) FROM app.invoices")).toEqual(["2"]);
    expect(await db.rows("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid")).toEqual([]);
  });

  it("asks what it was not told, and offers a description", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    const ask = answering("foreign-key", "invoices", "customer_id", "customers", "");
    expect(await add(p, { ask })).toBe("sql/V001__Add_foreign_key_from_invoices_to_customers.sql");
    expect(ask.asked).toEqual([
      "What shall the file do? empty create-table add-column foreign-key index enum seed function policy repeatable undo reverse",
      "Table",
      "Column",
      "Table that the key points at",
      "Description, for the name of the file [Add foreign key from invoices to customers]",
    ]);
    const more = { locations: ["filesystem:sql", "filesystem:other"] };
    const second = answering("Own words", "filesystem:other");
    expect(
      await add(p, {
        ask: second,
        settings: more,
        options: { template: "create-table", table: "billing.notes" },
      }),
    ).toBe("other/V002__Own_words.sql");
    expect(second.asked).toEqual([
      "Description, for the name of the file [Create billing.notes table]",
      "Where shall it go? filesystem:sql filesystem:other",
    ]);
    expect(text(p, "other/V002__Own_words.sql")).toContain("CREATE TABLE IF NOT EXISTS billing.notes (");
    const unasked = answering("add-column", "billing.notes", "body", "TEXT", "", "filesystem:other");
    expect(await add(p, { ask: unasked, settings: more })).toBe("other/V003__Add_body_to_billing_notes.sql");
    const bad = answering("index", 'My "table"');
    expect((await failureOf(add(p, { ask: bad }))).message).toMatch(/^A name has lower-case letters/);
  });

  it("has the team's templates, with names of their own", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    p.write({
      "/db/templates/grant.sql":
        "-- {{label}}: {{title}}\nGRANT SELECT ON {{schema}}.{{table}} TO {{role}};\n",
    });
    const ask = answering("grant", "a", "reader", "Let readers in");
    const path = await add(p, { ask });
    expect(ask.asked[0]).toMatch(/ grant$/);
    expect(text(p, path)).toBe("-- Migration V001: Let readers in\nGRANT SELECT ON app.a TO reader;\n");
    const options = { template: "grant", table: "b", set: "role=writer" };
    expect(text(p, await add(p, { words: ["More"], options }))).toContain("GRANT SELECT ON app.b TO writer;");
    expect((await failureOf(add(p, { words: ["x"], options: { template: "nosuch" } }))).advice).toMatch(
      /, grant\.$/,
    );
  });

  it("names its arguments where nobody can be asked, and refuses names that need quotes", async () => {
    await using db = await testDatabase();
    using p = project(db, {});
    const failure = await failureOf(add(p, {}));
    expect(failure.message).toBe("add needs a description.");
    expect(failure.advice).toMatch(/--template create-table --table invoices/);
    expect((await failureOf(add(p, { words: ["x"], options: { table: "My table" } }))).message).toBe(
      '--table has the value "My table".',
    );
  });

  it("refuses versions of the main branch in all locations", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "" });
    const more = { locations: ["filesystem:sql", "filesystem:other"] };
    repository(p);
    git(p, "checkout", "-qb", "branch");
    git(p, "checkout", "-q", "main");
    p.write({ "/other/V2__theirs.sql": "" });
    commit(p);
    git(p, "checkout", "-q", "branch");
    const extra = { ...testSettings().extra, "add.version": "2" };
    expect((await failureOf(add(p, { words: ["x"], settings: { ...more, extra } }))).message).toBe(
      "Version 2 is taken by V2__theirs.sql.",
    );
    expect(await add(p, { words: ["x"], settings: more })).toBe("sql/V3__x.sql");
  });
});
