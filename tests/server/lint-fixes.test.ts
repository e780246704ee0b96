// Fixes are proven: the example of a rule, as it was and as --fix leaves it, migrated by godwit into two databases; the
// catalogs are the same, or differ as the example says.
import { describe, expect, inject, it } from "vitest";
import { messageOf } from "../../src/base/errors.ts";
import { exampleProject, fixedExample } from "../../src/lint/example.ts";
import type { Example, Rule } from "../../src/lint/rule.ts";
import { RULES } from "../../src/lint/rules/index.ts";
import { catalogLines } from "../conformance/catalog.ts";
import { schemaDump, type TestDatabase, testDatabase } from "../support/database.ts";
import { project } from "../support/project.ts";

/** What examples name without making it. */
const FIXTURE =
  "CREATE SCHEMA other; CREATE TABLE app.unknown (b int); CREATE FUNCTION app.noop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;";

/** Rules whose examples change what all databases of the server share. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "no-admin-option": "memberships belong to the server, which the other tests use too",
};

interface Made {
  readonly lines: readonly string[];
  readonly dump: string | undefined;
  /** Why migrate stopped, if it did. */
  readonly refused: string | undefined;
}

async function migrated(example: Example): Promise<Made> {
  await using db = await testDatabase();
  const { files } = exampleProject(example);
  using p = project(db, {
    "V0__Fixture.sql": FIXTURE,
    ...Object.fromEntries(files.map((f) => [f.path, f.text ?? ""])),
  });
  const settings = { defaultSchema: "app", schemas: ["app"] };
  let refused: string | undefined;
  try {
    await p.run("migrate", settings);
  } catch (error) {
    refused = messageOf(error);
  }
  return { lines: await linesOf(db), dump: schemaDump(db.name), refused };
}

/** What the digest leaves out: settings of functions, checks of domains, row level security. */
const MORE: readonly string[] = [
  "select format('settings of %s: %s', p.oid::regprocedure, array_to_string(p.proconfig, '; ')) as line from pg_proc p " +
    "where p.proconfig is not null and p.pronamespace = 'app'::regnamespace",
  "select format('check of %s: %s', c.contypid::regtype, pg_get_constraintdef(c.oid)) as line from pg_constraint c " +
    "where c.contypid <> 0 and c.connamespace = 'app'::regnamespace",
  "select format('row security of %s', c.oid::regclass) as line from pg_class c where c.relrowsecurity",
];

async function linesOf(db: TestDatabase): Promise<readonly string[]> {
  const more: string[] = [];
  for (const sql of MORE) more.push(...(await db.session.query(sql)).map((row) => row["line"] ?? ""));
  const lines = await catalogLines((sql) => db.session.query(sql));
  return [...lines.map((line) => line.replace(/(?<=^function .*) [0-9a-f]{32}$/, "")), ...more];
}

const difference = (before: readonly string[], after: readonly string[]): readonly string[] => [
  ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
  ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
];

/** What a server before 14 does not know; the examples are for 15, or say for what else. */
function isKnown(fixed: Example): boolean {
  const { files, pg } = exampleProject(fixed);
  if (pg > 15 && inject("serverMajor") < pg) return false;
  return (
    inject("serverMajor") >= 14 ||
    !/\bor replace trigger\b|\bdetach\b.*\bconcurrently\b/i.test(files.at(-1)?.text ?? "")
  );
}

function prove(rule: Rule, example: Example, fixed: Example): void {
  it.skipIf(!isKnown(fixed))(
    `gives ${rule.fix?.gives === "same" ? "the same catalog" : "the catalog it says"}: ${JSON.stringify(example)}`,
    async () => {
      const [before, after] = [await migrated(example), await migrated(fixed)];
      expect(after.refused).toBeUndefined();
      const differs = typeof example === "string" ? undefined : example.differs;
      expect(difference(before.lines, after.lines)).toEqual(differs ?? []);
      if (differs === undefined && before.refused === undefined) expect(after.dump).toBe(before.dump);
    },
  );
}

describe("fixes", () => {
  for (const rule of RULES.filter((r) => r.fix !== undefined)) {
    const why = NOT_RUN[rule.id];
    describe.skipIf(why !== undefined)(`${rule.id}${why === undefined ? "" : ` (not run: ${why})`}`, () => {
      for (const example of rule.bad) {
        const fixed = fixedExample(example);
        if (fixed !== undefined) prove(rule, example, fixed);
      }
    });
  }
});
